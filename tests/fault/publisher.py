"""A process that publishes again and again, each time in a child that is killed at a statement it is told.

It reads the number of a statement a line, lets a child publish and die there by SIGKILL, and answers the child's exit
status; a child that was told a number it did not reach has published. Corners of the town move to and fro.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from geo_app.core import clock, db
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.organisation import service as organisation
from geo_app.planning import service
from geo_app.planning.model import Draft
from tests.integration.planning.conftest import bent


def publish(settings: Settings, number: int) -> None:
    """Publish a release and end by SIGKILL before statement `number` of that transaction, counted from 0."""
    database = db.Database(settings.app_database_url, settings)
    with database.transaction(SYSTEM) as tx:
        city = organisation.city(tx, None)
        base = service.release_at(tx, city, clock.now())
        assert base is not None
        whole = service.partition(tx, city, clock.now())
        ready = service.prepare(tx, city, Draft(base.id, bent(whole, 3, 30.0), clock.now(), "fault"))
    with database.transaction(SYSTEM) as tx:
        left = iter(range(number, -1, -1))

        def counted(act: Callable[..., Any]) -> Callable[..., Any]:
            def run(*args: Any, **values: Any) -> Any:
                if next(left) == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return act(*args, **values)

            return run

        for name in ("all", "first", "value", "run", "copy"):
            setattr(tx, name, counted(getattr(tx, name)))
        service.publish(tx, city, ready)


def main() -> None:
    """Answer every line until there are no more."""
    settings = Settings(
        work=os.environ["GEO_WORK"], database_url=os.environ["DATABASE_URL"],
        app_database_url=os.environ["APP_DATABASE_URL"],
    )  # fmt: skip
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            publish(settings, int(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
