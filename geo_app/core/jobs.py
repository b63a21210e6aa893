"""Jobs: what may be late. Enqueued in the caller's transaction, run by `geo_app.worker`.

Only an id or a code goes into a job's arguments, never a person's data. A job may run twice: every job is
written so that the second run changes nothing.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from geo_app.core import clock, db

SQL = db.statements(__file__)
ANSWERS_KEPT = timedelta(days=2)
WORK = "work"
"""The queue of ordinary jobs."""
CLOCKS = "clocks"
"""The queue of timers and deadlines; it has a worker of its own."""


def defer(
    tx: db.Transaction,
    task: str,
    *,
    queue: str = WORK,
    lock: str | None = None,
    at: datetime | None = None,
    **args: int | str,
) -> None:
    """Enqueue the job `task` when this transaction commits, to run at once or not before `at`.

    Jobs with the same `lock` never run side by side.
    """
    tx.value(SQL.defer_job, queue=queue, task=task, lock=lock, at=at, args=json.dumps(args))


def forget_answers(tx: db.Transaction) -> None:
    """Forget the answers kept for idempotency keys older than two days."""
    tx.run(SQL.forget_answers, before=clock.now() - ANSWERS_KEPT)
