"""The facts of this process's open pages: read once with whom they concern, handed to all.

One thread listens and reads settled facts into a short memory; streams take from it and go to the database
only when they are further behind than it reaches. A slow transaction's facts settle later without another
notification, so the thread looks again every second. Streams live on an event loop and are woken there.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from geo_app.core import db, facts, log
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import GeoError
from geo_app.core.facts import Fact, Position
from geo_app.core.listen import Listener
from geo_app.live import store
from geo_app.live.model import About, Audience, about

MEMORY = 2000
LOOK_AGAIN = 1.0
"""Seconds."""
NOBODY = Audience()


@dataclass(frozen=True, slots=True)
class Told(Fact):
    """A fact with whom it concerns, found out once for all pages."""

    audience: Audience


class _Bell:
    """Wakes everybody on one event loop; rung from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._rung: asyncio.Future[None] = loop.create_future()

    def ring(self) -> bool:
        """Wake who waits and return whether the loop still lives."""
        try:
            self._loop.call_soon_threadsafe(self._ring)
        except RuntimeError:  # the loop is closed
            return False
        return True

    def _ring(self) -> None:
        rung, self._rung = self._rung, self._loop.create_future()
        rung.set_result(None)

    async def heard(self, seconds: float) -> bool:
        """Return whether it rings within `seconds`."""
        done, _ = await asyncio.wait({self._rung}, timeout=seconds)
        return bool(done)


class Feed:
    """Follows the facts and wakes whoever waits for them."""

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._recent: deque[Told] = deque(maxlen=MEMORY)
        self._start: Position | None = None
        self._bells: dict[asyncio.AbstractEventLoop, _Bell] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="feed", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """End every stream, then the thread."""
        self._stopped.set()
        with self._lock:
            self._tell()

    @property
    def is_stopped(self) -> bool:
        """Whether streams should end."""
        return self._stopped.is_set()

    def now(self) -> Position:
        """Return the position behind every settled fact."""
        with self._database.transaction(SYSTEM) as tx:
            return facts.end(tx)

    async def after(self, position: Position, seconds: float) -> list[Told]:
        """Return facts of every city after `position`, waiting up to `seconds` for the first."""
        bell = self._bell()
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while True:
            found, patience = self._remembered(position), end - loop.time()
            if found is None:
                found = await asyncio.to_thread(self._settled, position)
                patience = min(patience, LOOK_AGAIN)  # nothing is missing, the memory has just not begun
            if found or patience <= 0 or self.is_stopped:
                return found
            await bell.heard(patience)

    def _settled(self, position: Position) -> list[Told]:
        with self._database.transaction(SYSTEM) as tx:
            return with_audience(tx, facts.after(tx, position))

    def _remembered(self, position: Position) -> list[Told] | None:
        """Return the facts after `position`, None when the memory does not reach so far back."""
        key = _key(position)
        with self._lock:
            if self._start is None or _key(self._start) > key:
                return None
            return list(takewhile(lambda fact: _key(fact.position) > key, reversed(self._recent)))[::-1]

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
                found: list[Told] = []
            else:
                start = self._start
                reached = self._recent[-1].position if self._recent else start
                found = with_audience(tx, facts.after(tx, reached))
        with self._lock:
            overflow = len(self._recent) + len(found) - MEMORY
            if overflow > 0:
                start = [*self._recent, *found][overflow - 1].position
            self._start = start
            self._recent.extend(found)
            self._tell()
        return len(found)

    def _tell(self) -> None:
        """Wake everybody; the caller holds the lock."""
        self._bells = {loop: bell for loop, bell in self._bells.items() if bell.ring()}

    def _bell(self) -> _Bell:
        """Return the bell of the running event loop."""
        loop = asyncio.get_running_loop()
        with self._lock:
            return self._bells.setdefault(loop, _Bell(loop))


def _key(position: Position) -> tuple[int, int]:
    return int(position.xid), position.id


def with_audience(tx: db.Transaction, found: Sequence[Fact]) -> list[Told]:
    """Return facts with whom they concern, as things stand now: two questions for all of them.

    What has moved since concerns also those where it was: the fact names their communities, and the cells before and
    now, whose people hear of it too.
    """
    people = {one for fact in found for one in _responders(fact)}
    homes = store.responders(tx, people) if people else {}
    cases = {one for fact in found for one in _incidents(fact)}
    cases |= {incident for _, sent in homes.values() for incident in sent}
    concern = store.incidents(tx, cases) if cases else {}
    cells = {cell for fact in found for cell in _cells(fact)}
    duties = store.duties(tx, cells) if cells else {}
    return [
        Told(
            fact.position, fact.kind, fact.subject, fact.jurisdiction, fact.at, fact.data,
            _audience(fact, concern, homes) | _on_duty(fact, duties),
        )
        for fact in found
    ]  # fmt: skip


def _audience(
    fact: Fact, concern: dict[int, Audience], homes: dict[int, tuple[Audience, list[int]]]
) -> Audience:
    if about(fact.kind) is About.CITY:
        return Audience(everybody=True)
    whom = Audience(units=frozenset(_ids(fact, "communities")))
    for incident in _incidents(fact):
        whom |= concern.get(incident, NOBODY)
    for responder in _responders(fact):
        home, sent = homes.get(responder, (NOBODY, []))
        whom |= home
        for incident in sent:
            whom |= concern.get(incident, NOBODY)
    return whom


def _on_duty(fact: Fact, duties: dict[int, list[int]]) -> Audience:
    """Return whose cells a thing lay in before it was moved, and whose it lies in now."""
    return Audience(responders=frozenset(one for cell in _cells(fact) for one in duties.get(cell, ())))


def _cells(fact: Fact) -> Sequence[int]:
    """Return the cells in which what a fact tells of lay and lies; other facts may name a number of cells."""
    return _ids(fact, "cells") if about(fact.kind) is About.PLACED else ()


def _ids(fact: Fact, name: str) -> list[int]:
    """Return the ids a fact names; what it names in another way is said in the log and stops nobody's pages."""
    named = fact.data.get(name, [])
    ids = named if isinstance(named, list) else [named]
    if all(type(one) is int for one in ids):
        return ids
    log.warn("feed.unreadable", fact=fact.position.id, kind=fact.kind, field=name)
    return []


def _incidents(fact: Fact) -> list[int]:
    """Return the incident a fact is about, if any."""
    what = about(fact.kind)
    if what is About.ASSIGNMENT:
        return _ids(fact, "incident")
    is_one = what is About.INCIDENT or (what is About.PLACED and fact.data.get("of") == "incident")
    return [fact.subject] if is_one and fact.subject is not None else []


def _responders(fact: Fact) -> list[int]:
    """Return the responder a fact is about, if any; of an assignment they are found with its incident."""
    is_one = about(fact.kind) is About.RESPONDER
    return [fact.subject] if is_one and fact.subject is not None else []
