"""What people do with responders: enlist them, see who is there, who can be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from shapely import Point

from geo_app.core import clock, coords, db, facts, reasons
from geo_app.core.errors import BadInput, Conflict, Forbidden, GeoError, NotFound, OutOfScope
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.responders import opened, store, telling
from geo_app.responders.model import (
    Locked,
    NewPosition,
    NewResponder,
    Part,
    Refusal,
    Responder,
    Status,
    Taken,
    Way,
)
from geo_app.responders.opened import Opened
from geo_app.tracks import service as tracks
from geo_app.tracks.model import CellVisit, Position

MOST_POSITIONS = 100_000
"""Positions of a day that are looked at: more than one a second."""


def enlist(
    tx: db.Transaction, city: City, new: Sequence[NewResponder], cells: Mapping[str, int],
    departments: Mapping[str, int], at: datetime,
) -> dict[str, int]:  # fmt: skip
    """Enlist responders and return their ids by code; cells and departments are given as ids by code."""
    for responder in new:
        for code in responder.cells:
            if code not in cells:
                raise BadInput("cells", code, f"responder {responder.code} names no cell of {city.code}")
        if responder.department is not None and responder.department not in departments:
            raise BadInput(
                "department", responder.department, f"responder {responder.code} names none of them"
            )
    ids = store.add_all(tx, city, new, cells, departments, at)
    facts.record(tx, "responders.enlisted", None, city.jurisdiction, city=city.code, count=len(ids))
    return {responder.code: i for responder, i in zip(new, ids, strict=True)}


def responders(
    tx: db.Transaction, city: City, at: datetime, *, ids: Sequence[int] | None = None
) -> list[Responder]:
    """Return every responder of the city, or only those of some ids, by code."""
    return store.responders(tx, city, at, ids=ids)


def responder(tx: db.Transaction, city: City, responder_id: int, at: datetime) -> Responder:
    """Return one responder of the city; NotFound when it is not one of them."""
    found = store.responders(tx, city, at, ids=[responder_id])
    if not found:
        raise _missing(tx, city.id, responder_id, f"{city.name} has no responder {responder_id}")
    return found[0]


def of_cell(tx: db.Transaction, city: City, code: str, at: datetime) -> list[Responder]:
    """Return who is responsible for a cell, by code."""
    return store.responders(tx, city, at, cell_code=code)


def available(tx: db.Transaction, city: City, skill: str | None, at: datetime) -> list[Responder]:
    """Return who can be sent at `at`: not off, with a place left, on shift, with the skill (None: any).

    There may be thousands, of whom few matter: `with_cells` says which cells those are responsible for.
    """
    return store.available(tx, city, skill, at)


def with_cells(tx: db.Transaction, some: Sequence[Responder], at: datetime) -> list[Responder]:
    """Return these responders with the cells they are responsible for at `at`."""
    cells = store.duties(tx, [one.id for one in some], at) if some else {}
    return [replace(one, cells=cells.get(one.id, ())) for one in some]


def inherit(tx: db.Transaction, heirs: Mapping[int, Sequence[int]]) -> None:
    """Let new cells be answered for by those who answer for the cells their land comes from, given by ids.

    The rule is `planning.lineage.Origins`. It may be written before the new cells stand: nobody counts them till then.
    """
    pairs = [(cell, parent) for cell, parents in heirs.items() for parent in parents]
    if pairs:
        with tx.beyond_scope():  # also people whom the one who publishes does not see
            store.inherit(tx, pairs)


def lock(tx: db.Transaction, responder_id: int) -> Locked:
    """Lock a responder, always after the incident."""
    found = store.lock(tx, responder_id)
    if found is None:
        raise _missing(tx, None, responder_id, f"there is no responder {responder_id}")
    return found


def set_status(tx: db.Transaction, city: City, responder_id: int, status: Status) -> None:
    """Write a responder's status."""
    store.set_status(tx, responder_id, status)
    facts.record(tx, "responder.status", responder_id, city.jurisdiction, status=status)


def switch(tx: db.Transaction, responder_id: int, status: Status) -> Responder:
    """Sign a responder on (`free`) or `off`; Conflict names the incidents of one who is on the way to some."""
    if status not in {Status.FREE, Status.OFF}:
        raise BadInput("status", status, "free or off; the other statuses follow the assignments")
    if not tx.actor.may_for(responder_id, "responder.manage"):
        raise Forbidden("responder.manage")
    locked = lock(tx, responder_id)
    city = organisation.city_by_id(tx, locked.city)
    with tx.beyond_scope():
        sent_to = store.held(tx, responder_id)
    if sent_to:
        named = ", ".join(str(incident) for incident in sent_to)
        raise Conflict(f"{locked.name} is {locked.status}: sent to incident {named}")
    if locked.status is not status:
        set_status(tx, city, responder_id, status)
    return responder(tx, city, responder_id, clock.now())


def move(tx: db.Transaction, city: City, batch: Mapping[int, NewPosition]) -> Taken:
    """Take in positions, given by their number in a batch; what is older than what is known goes into the track only.

    Of several positions of one responder the newest counts, in whatever order they came. Refused, one by one, are
    positions of nobody in the city, of a moment to come, outside the responder's shifts or after they signed off,
    and far outside the city: these are kept nowhere.
    """
    if not all(tx.actor.may_for(one.responder, "responder.manage") for one in batch.values()):
        raise Forbidden("responder.manage")
    at = clock.now()
    known = store.lock_positions(tx, city, (one.responder for one in batch.values()))
    area = planning.bounds(tx, city, at)
    box = None if area is None else area.bounds
    numbers = list(batch)
    off_shift = {numbers[place] for place in store.off_shift(tx, city, list(batch.values()))}
    refused = {
        index: refusal
        for index, one in batch.items()
        if (refusal := _refusal(index, one, one.responder in known, at, box)) is not None
        or (refusal := _off_shift(index, one, is_off=index in off_shift)) is not None
    }
    taken = [one for index, one in batch.items() if index not in refused]
    tracks.keep(tx, city, [Position(one.responder, one.at, one.point, one.accuracy) for one in taken], at)
    stored = 0
    for one in telling.newest(taken).values():
        before = known[one.responder]
        is_news = telling.is_news(before, _metres(city, before.told, one.point), at)
        if store.move(tx, one, at, is_told=is_news):
            stored += 1
            if is_news:
                facts.record(tx, "responder.moved", one.responder, city.jurisdiction)
    return Taken(stored, len(taken) - stored, tuple(refused.values()))


def blur(tx: db.Transaction, before: datetime, *, is_dry: bool) -> int:
    """Make positions older than `before` inexact, about a kilometre, or only count them, and return how many."""
    act = store.count_exact if is_dry else store.blur
    return act(tx, before)


def track(tx: db.Transaction, responder_id: int, part: Part, most: int, reason: str | None) -> Way:
    """Open a part of a responder's track: up to `most` of its positions, oldest first, and the word for its tiles.

    One's own is seen without a word. Who sees somebody else's writes why, and it is recorded, also when there is
    nothing; OutOfScope when they are not of a street the actor answers for.
    """
    city = _seen(tx, responder_id)
    is_own = tx.actor.responder == responder_id
    written = None if is_own else reasons.check(reason or "")
    at = clock.now()
    since, until = part.within(store.midnight(city, at), at)
    found = tracks.track(tx, responder_id, since, until, most)
    if not is_own:
        facts.record(
            tx, "track.read", responder_id, city.jurisdiction, reason=written,
            since=since.isoformat(), until=until.isoformat(), count=len(found),
        )  # fmt: skip
    return Way(found, opened.write(Opened(tx.actor.name, responder_id, since, until, at), tx.safe.digest))


def opened_track(tx: db.Transaction, word: str) -> tuple[City, Opened]:
    """Return what the actor has opened, and its city; BadInput when they did not, or some time ago.

    Whether they still may see it is asked again.
    """
    found = opened.read(word, tx.safe.digest)
    if found is None or found.who != tx.actor.name or clock.now() > found.at + opened.LASTS:
        raise BadInput("opened", "…", "what the track said when you opened it; it lasts half an hour")
    return _seen(tx, found.responder), found


def visits(tx: db.Transaction, responder_id: int, part: Part, reason: str | None) -> list[CellVisit]:
    """Return through which cells a responder went in a part of their track: who may see it, and why, as for `track`."""
    city, found = _seen(tx, responder_id), track(tx, responder_id, part, MOST_POSITIONS, reason)
    return tracks.visits(tx, city, found.positions)


def erase_track(tx: db.Transaction, responder_id: int, reason: str) -> int:
    """Erase what is kept of where a responder was, as they may ask; return how many positions went."""
    written = reasons.check(reason)
    city_id = store.city_of(tx, responder_id)
    if city_id is None:
        raise _missing(tx, None, responder_id, f"there is no responder {responder_id}")
    city = organisation.city_by_id(tx, city_id)
    erased = tracks.erase(tx, responder_id)
    facts.record(tx, "track.erased", responder_id, city.jurisdiction, reason=written, count=erased)
    return erased


def _seen(tx: db.Transaction, responder_id: int) -> City:
    """Return the city of a responder whose track the actor may see; who may not is told why."""
    if not tx.actor.may_for(responder_id, "track.read"):
        raise Forbidden("track.read")
    city_id = store.city_of(tx, responder_id)
    if city_id is None:
        raise _missing(tx, None, responder_id, f"there is no responder {responder_id}")
    city = organisation.city_by_id(tx, city_id)
    if not tracks.is_seen(tx, city, responder_id):
        raise OutOfScope(f"the track of responder {responder_id}")
    return city


def _missing(tx: db.Transaction, city_id: int | None, responder_id: int, words: str) -> GeoError:
    """Return why there is no responder to see: out of scope, or `words`."""
    with tx.beyond_scope():
        is_there = store.is_there(tx, city_id, responder_id)
    return OutOfScope(f"responder {responder_id}") if is_there else NotFound(words)


def _refusal(
    index: int, one: NewPosition, is_known: bool, at: datetime, box: tuple[float, ...] | None
) -> Refusal | None:
    if not is_known:
        return Refusal(index, "responder", str(one.responder), "a responder of this city")
    if one.at > at + clock.AHEAD:
        return Refusal(
            index, "at", one.at.isoformat(), f"not later than now ({at.isoformat(timespec='seconds')})"
        )
    if box is not None and telling.is_far(one.point, *box):
        shown = f"({one.given.x}, {one.given.y})"
        return Refusal(index, "lon, lat", shown, "no more than a degree outside the city")
    return None


def _off_shift(index: int, one: NewPosition, *, is_off: bool) -> Refusal | None:
    rule = (
        "in a shift of the responder who has not signed off: where somebody is off shift is nobody's business"
    )
    return Refusal(index, "at", one.at.isoformat(), rule) if is_off else None


def _metres(city: City, told: Point | None, point: Point) -> float | None:
    """Return the metres between two lon/lat points in the city's frame; None without a first one."""
    if told is None:
        return None
    return float(coords.to_metric(told, city.srid).distance(coords.to_metric(point, city.srid)))
