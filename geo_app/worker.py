"""The job worker: runs jobs and timers, and turns facts into the jobs that follow from them.

Jobs are procrastinate's; it talks to PostgreSQL through psycopg 3. Timers have a queue and a worker of their
own, so a tick never waits behind a backlog. Each job gets one transaction; failing jobs are tried again,
later and later, five times.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from inspect import signature
from typing import Any

import procrastinate
from procrastinate import RetryStrategy
from sqlalchemy.engine import make_url

from geo_app import reactions
from geo_app.audit import jobs as audit
from geo_app.cities import jobs as cities
from geo_app.core import db, facts, jobs, log, settings
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import GeoError
from geo_app.core.listen import Listener
from geo_app.core.settings import Settings
from geo_app.patrols import jobs as patrols
from geo_app.planning import jobs as planning
from geo_app.privacy import jobs as privacy
from geo_app.tls import jobs as tls
from geo_app.tracks import jobs as tracks

TASKS: dict[str, Callable[..., None]] = {
    "patrols.match_routes": patrols.match_routes,
    "planning.take_effect": planning.take_effect,
}
TIMERS: dict[str, tuple[str, Callable[..., None]]] = {
    "audit.anchor": ("* * * * * 30", audit.anchor),
    "audit.make_months": ("37 * * * *", audit.make_months),
    "audit.retire": ("47 3 * * *", audit.retire),
    "audit.seal_facts": ("* * * * *", audit.seal_facts),
    "cities.play": ("* * * * * */5", cities.play),
    "core.forget_answers": ("17 3 * * *", jobs.forget_answers),
    "privacy.retain": ("57 3 * * *", privacy.retain),
    "tls.watch": ("27 3 * * *", tls.watch),
    "tracks.make_days": ("7 * * * *", tracks.make_days),
}
"""Jobs by the clock: cron line (the sixth field counts seconds) and what to do.

A job that has a parameter `here` gets the settings; one that has `database` opens its own transactions.
"""
RETRY = RetryStrategy(max_attempts=5, exponential_wait=3)
READER = "reactions"
LOOK_AGAIN = 1.0
"""Seconds after which facts that settled without a notification are seen."""


def create(here: Settings, database: db.Database) -> procrastinate.App:
    """Return the job application with every task and timer."""
    dsn = make_url(here.app_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=dsn, min_size=1, max_size=6))
    for name, act in TASKS.items():
        app.task(name=name, queue=jobs.WORK, retry=RETRY)(_in_transaction(database, act))
    for name, (cron, act) in TIMERS.items():
        app.periodic(cron=cron)(app.task(name=name, queue=jobs.CLOCKS)(_tick(database, act, here)))
    return app


def react(database: db.Database) -> int:
    """Enqueue what follows from facts not yet reacted to; return how many facts were read.

    One process at a time: the reader's position is locked, and moves on in the same transaction.
    """
    with database.transaction(SYSTEM) as tx:
        position = facts.take(tx, READER)
        if position is None:
            return 0
        found = facts.after(tx, position)
        for fact in found:
            for task in reactions.REACTIONS.get(fact.kind, ()):
                wanted = list(signature(TASKS[task]).parameters)[1:]
                jobs.defer(tx, task, lock=task, **{name: fact.data[name] for name in wanted})
        if found:
            facts.move(tx, READER, found[-1].position)
        return len(found)


def run() -> None:
    """Work until SIGINT or SIGTERM."""
    here = settings.connected()
    log.configure(here.log_level)
    database = db.Database(here.app_database_url, here)
    stopped = threading.Event()
    reader = threading.Thread(target=_react_until, args=(database, stopped), name="reactions")
    reader.start()
    try:
        asyncio.run(_work(create(here, database)))
    finally:
        stopped.set()
        reader.join()
        database.dispose()


async def _work(app: procrastinate.App) -> None:
    async with app.open_async():
        workers = [
            asyncio.create_task(
                app.run_worker_async(
                    queues=[queue],
                    name=queue,
                    concurrency=2,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=10,
                    install_signal_handlers=False,
                )
            )
            for queue in (jobs.WORK, jobs.CLOCKS)
        ]
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, lambda: [worker.cancel() for worker in workers])
        log.write("worker.started")
        await asyncio.gather(*workers, return_exceptions=True)
        log.write("worker.stopped")


def _react_until(database: db.Database, stopped: threading.Event) -> None:
    with Listener(database.url) as listener:
        while not stopped.is_set():
            try:
                listener.wait(LOOK_AGAIN)
                while react(database):
                    pass
            except GeoError as error:
                log.warn("reactions.waiting", reason=str(error))
                stopped.wait(LOOK_AGAIN)


def _in_transaction(database: db.Database, act: Callable[..., None]) -> Callable[..., None]:
    def job(**args: Any) -> None:
        with database.transaction(SYSTEM, patient=True) as tx:
            act(tx, **args)

    return job


def _tick(database: db.Database, act: Callable[..., None], here: Settings) -> Callable[..., None]:
    asked = signature(act).parameters
    wanted: dict[str, Any] = {"here": here} if "here" in asked else {}

    def tick(timestamp: int) -> None:  # noqa: ARG001 - procrastinate says when the tick was due
        if "database" in asked:
            act(database=database, **wanted)
            return
        with database.transaction(SYSTEM) as tx:
            act(tx, **wanted)

    return tick
