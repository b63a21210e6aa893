"""Wait for the database to say that something happened."""

from __future__ import annotations

import select
from types import TracebackType

import psycopg2
import psycopg2.extensions
from psycopg2.sql import SQL, Identifier
from sqlalchemy.engine import make_url

from geo_app.core.errors import NotReady


class Listener:
    """One connection that listens for new facts, or to another channel; not for use by two threads at once."""

    def __init__(self, url: str, channel: str = "fact") -> None:
        self._channel = channel
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg2.extensions.connection | None = None

    def wait(self, seconds: float) -> bool:
        """Return whether a fact was recorded within `seconds`; NotReady when the database is away.

        A fresh connection answers at once: what happened before it listened is for the caller to read.
        """
        said = self.hear(seconds)
        return said is None or bool(said)

    def hear(self, seconds: float) -> list[str] | None:
        """Return what was said within `seconds`, at most until the first; None by a fresh connection, at once."""
        try:
            if self._connection is None:
                self._connection = psycopg2.connect(self._dsn, application_name="wangge listener")
                self._connection.autocommit = True
                with self._connection.cursor() as cursor:
                    cursor.execute(SQL("LISTEN {}").format(Identifier(self._channel)))
                return None
            if not self._connection.notifies:
                select.select([self._connection], [], [], seconds)
                self._connection.poll()
            said = [notification.payload for notification in self._connection.notifies]
            self._connection.notifies.clear()
        except psycopg2.OperationalError as error:
            self.close()
            raise NotReady("the database does not answer") from error
        return said

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
