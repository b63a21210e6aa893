"""The facts of this process's open pages: read once, handed to all.

One thread listens and reads settled facts into a short memory; streams take from it and go to the database
only when they are further behind than it reaches. A slow transaction's facts settle later without another
notification, so the thread looks again every second.
"""

from __future__ import annotations

import threading
from collections import deque

from geo_app.core import db, facts, log
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import GeoError
from geo_app.core.facts import Fact, Position
from geo_app.core.listen import Listener

MEMORY = 2000
LOOK_AGAIN = 1.0
"""Seconds."""


class Feed:
    """Follows the facts and wakes whoever waits for them."""

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self._changed = threading.Condition()
        self._recent: deque[Fact] = deque(maxlen=MEMORY)
        self._start: Position | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="feed", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """End every stream, then the thread."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()

    @property
    def is_stopped(self) -> bool:
        """Whether streams should end."""
        return self._stopped.is_set()

    def now(self) -> Position:
        """Return the position behind every settled fact."""
        with self._database.transaction(SYSTEM) as tx:
            return facts.end(tx)

    def after(self, position: Position, seconds: float) -> list[Fact]:
        """Return facts of every city after `position`, waiting up to `seconds` for the first."""
        with self._changed:
            if self._reaches(position):
                self._changed.wait_for(lambda: self._fresh(position) or self.is_stopped, seconds)
                if self._reaches(position):  # it may have been pushed out meanwhile
                    return self._fresh(position)
        with self._database.transaction(SYSTEM) as tx:
            found = facts.after(tx, position)
        if not found:  # nothing is missing, the memory has just not begun
            with self._changed:
                self._changed.wait_for(lambda: self._reaches(position) or self.is_stopped, LOOK_AGAIN)
        return found

    def _reaches(self, position: Position) -> bool:
        """Whether every fact after `position` is in memory."""
        return self._start is not None and _key(self._start) <= _key(position)

    def _fresh(self, position: Position) -> list[Fact]:
        key = _key(position)
        return [fact for fact in self._recent if _key(fact.position) > key]

    def _follow(self) -> None:
        with Listener(self._database.url) as listener:
            while not self.is_stopped:
                try:
                    listener.wait(LOOK_AGAIN)
                    while self._read() and not self.is_stopped:
                        pass
                except GeoError as error:
                    log.warn("feed.waiting", reason=str(error))
                    self._stopped.wait(LOOK_AGAIN)

    def _read(self) -> int:
        """Take in the facts that settled meanwhile and return how many there were."""
        with self._database.transaction(SYSTEM) as tx:
            if self._start is None:
                start = facts.end(tx)
                found: list[Fact] = []
            else:
                start = self._start
                found = facts.after(tx, self._recent[-1].position if self._recent else start)
        with self._changed:
            overflow = len(self._recent) + len(found) - MEMORY
            if overflow > 0:
                start = [*self._recent, *found][overflow - 1].position
            self._start = start
            self._recent.extend(found)
            self._changed.notify_all()
        return len(found)


def _key(position: Position) -> tuple[int, int]:
    return int(position.xid), position.id
