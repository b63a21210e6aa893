"""Wait for the database to say that something happened."""

from __future__ import annotations

import select
from types import TracebackType

import psycopg2
import psycopg2.extensions
from sqlalchemy.engine import make_url

from geo_app.core.errors import NotReady


class Listener:
    """One connection that listens for new facts; not for use by two threads at once."""

    def __init__(self, url: str) -> None:
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg2.extensions.connection | None = None

    def wait(self, seconds: float) -> bool:
        """Return whether a fact was recorded within `seconds`; NotReady when the database is away.

        A fresh connection answers at once: what happened before it listened is for the caller to read.
        """
        try:
            if self._connection is None:
                self._connection = psycopg2.connect(self._dsn, application_name="wangge listener")
                self._connection.autocommit = True
                with self._connection.cursor() as cursor:
                    cursor.execute("LISTEN fact")
                return True
            if not self._connection.notifies:
                select.select([self._connection], [], [], seconds)
                self._connection.poll()
            heard = bool(self._connection.notifies)
            self._connection.notifies.clear()
        except psycopg2.OperationalError as error:
            self.close()
            raise NotReady("the database does not answer") from error
        return heard

    def close(self) -> None:
        """Give the connection up; the next wait opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Listener:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the connection up."""
        self.close()
