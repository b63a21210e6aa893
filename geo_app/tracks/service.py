"""What is done with tracks: kept with each position, seen, let go of day by day when they are past their term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shapely import Point

from geo_app.core import db, facts
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.planning.model import Release
from geo_app.tracks import presence, store
from geo_app.tracks.model import LONGEST_KEPT, Erased, Position, Stay

DAYS_AHEAD = 7
"""Days (UTC) whose partitions are made ahead: so long the timers may stand still."""


def keep(tx: db.Transaction, city: City, new: Sequence[Position], at: datetime) -> int:
    """Add positions of people on shift to their tracks, late ones too, and return how many were not there yet.

    Who they are and that they were on shift has been asked before.
    """
    young = [one for one in new if one.at > at - LONGEST_KEPT]
    return store.keep(tx, city, young) if young else 0


def track(tx: db.Transaction, responder: int, since: datetime, until: datetime, most: int) -> list[Position]:
    """Return up to `most` positions of a responder from `since` to before `until`, oldest first."""
    return store.track(tx, responder, since, until, most)


def is_seen(tx: db.Transaction, city: City, responder: int) -> bool:
    """Return whether the actor may see a responder's track: it is their own, or of somebody of their street."""
    return store.is_seen(tx, city, responder)


def make_days(tx: db.Transaction, at: datetime) -> list[date]:
    """Make the partitions of today and the days ahead, and of days that positions wait for; return the missing."""
    return store.make_days(tx, at, DAYS_AHEAD)


def drop_days(tx: db.Transaction, before: datetime) -> int:
    """Drop partitions that ended before then and hold nothing any more; return how many."""
    return store.drop_days(tx, before)


def count_past(tx: db.Transaction, city: City, before: datetime) -> int:
    """Return how many positions lie in days of the city that ended before then."""
    return store.count(tx, city, _midnight(city, _day(city, before)))


def let_go(tx: db.Transaction, city: City, before: datetime) -> Erased | None:
    """Count the oldest day of the city that ended before then into presence and erase it; None when there is none.

    Both in this transaction: nothing is lost and nothing is counted twice, whenever it ends and whoever else does
    the same. The oldest day goes first, so that the next one still tells how long the last positions counted.
    """
    store.hold(tx, city)
    first = store.first(tx, city, _midnight(city, _day(city, before)))
    if first is None:
        return None
    day = _day(city, first)
    since, until = _midnight(city, day), _midnight(city, day + timedelta(days=1))
    releases = planning.releases(tx, city)
    cells: dict[int | None, dict[int, Stay]] = defaultdict(dict)
    above: dict[int, tuple[int, int, int]] = {}
    positions = 0
    for responder in store.people(tx, city, since, until):
        moments, points = store.take(tx, responder, since, until)
        gap = timedelta(seconds=presence.LONGEST_GAP, microseconds=1)
        counted = presence.seconds(moments, store.following(tx, responder, until, until + gap))
        for cell, seconds in zip(_cells(tx, city, releases, moments, points, above), counted, strict=True):
            stay = cells[cell].get(responder, Stay(0.0, 0))
            cells[cell][responder] = Stay(stay.seconds + seconds, stay.positions + 1)
        positions += len(moments)
    told = presence.fold(cells, above, city.id)
    store.add_presence(tx, city, day, told)
    gone = Erased(day, positions, sum(one.positions for one in told), len(told))
    facts.record(
        tx, "retention.tracks", None, city.jurisdiction, city=city.code, day=str(day), erased=positions,
        counted=gone.counted, areas=gone.areas,
    )  # fmt: skip
    return gone


def erase(tx: db.Transaction, responder: int) -> int:
    """Erase the whole track of a responder and return how many positions it had; what was counted tells of nobody."""
    return store.erase(tx, responder)


def forget_off(tx: db.Transaction, before: datetime, *, is_dry: bool) -> int:
    """Forget stretches off duty that ended before then, or only count them, and return how many."""
    return store.forget_off(tx, before, is_dry=is_dry)


def _cells(
    tx: db.Transaction, city: City, releases: Sequence[Release], moments: Sequence[datetime],
    points: Sequence[Point], above: dict[int, tuple[int, int, int]],
) -> list[int | None]:  # fmt: skip
    """Return the cell of each position by the release in force at its moment, and note what lies above the cells."""
    found: list[int | None] = [None] * len(moments)
    for release in releases:
        end = release.effective_to
        mine = [
            place for place, at in enumerate(moments)
            if release.effective_from <= at and (end is None or at < end)
        ]  # fmt: skip
        if not mine:
            continue
        placed = planning.cells_at(tx, city, [points[place] for place in mine], release.effective_from)
        for place, one in zip(mine, placed, strict=True):
            found[place] = one.cell_id
        new = {one.cell_id for one in placed if one.cell_id is not None} - above.keys()
        if new:
            above.update(store.above(tx, sorted(new), release.effective_from))
    return found


def _day(city: City, at: datetime) -> date:
    """Return the city's day of a moment."""
    return at.astimezone(ZoneInfo(city.time_zone)).date()


def _midnight(city: City, day: date) -> datetime:
    """Return when a day of the city begins."""
    return datetime.combine(day, time(), ZoneInfo(city.time_zone))
