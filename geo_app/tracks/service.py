"""What is done with tracks: kept with each position, seen, let go of day by day when they are past their term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from shapely import LineString, Point

from geo_app.core import coords, db, facts, settings
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.planning.model import Release
from geo_app.roads import service as roads
from geo_app.roads.fixes import Fixes
from geo_app.roads.model import Mode
from geo_app.tracks import presence, store, ways
from geo_app.tracks import visits as rules
from geo_app.tracks.model import LONGEST_KEPT, CellVisit, Erased, Position, Stay
from geo_app.tracks.visits import Crossed, Patience, Way

HERE = 0.01
"""Metres that stand for a way of no length."""
DAYS_AHEAD = 7
"""Days (UTC) whose partitions are made ahead: so long the timers may stand still."""
TOGETHER = 20_000
"""Positions from which on cells are asked for: what that costs beside them is then little, and memory is not much."""


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


def visits(tx: db.Transaction, city: City, track: Sequence[Position]) -> list[CellVisit]:
    """Return through which cells a track went, by the grid in force at the time; `track` is in order of time.

    It goes along the city's roads where it follows them. A new grid begins new visits. Time for which nobody knows
    where somebody was (`presence.LONGEST_GAP`), or who was outside all cells, is in no visit.
    """
    found: list[CellVisit] = []
    for release in sorted(planning.releases(tx, city), key=lambda one: one.effective_from):
        end = release.effective_to
        mine = [one for one in track if release.effective_from <= one.at and (end is None or one.at < end)]
        if mine:
            fixes, start = _fixes(city, mine), mine[0].at
            for way in ways.of(fixes, roads.match(tx, city.id, Mode.WALK, fixes), least()):
                found += visits_of(tx, city, way, release.effective_from, start)
    return found


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
    for together in _together(tx, store.people(tx, city, since, until), since, until):
        moments = [at for _, taken, _ in together for at in taken]
        points = [point for _, _, walked in together for point in walked]
        placed = iter(_cells(tx, city, releases, moments, points, above))
        for responder, taken, _ in together:
            gap = timedelta(seconds=presence.LONGEST_GAP, microseconds=1)
            counted = presence.seconds(taken, store.following(tx, responder, until, until + gap))
            for seconds, cell in zip(counted, placed):  # noqa: B905  # the rest are the next one's
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


def _fixes(city: City, track: Sequence[Position]) -> Fixes:
    """Return positions in the city's frame, seconds since the first; nobody is exact to the point."""
    lonlat = np.array([(one.point.x, one.point.y) for one in track])
    seconds = np.array([(one.at - track[0].at).total_seconds() for one in track])
    accuracy = np.array([one.accuracy or np.nan for one in track])
    return Fixes(np.ascontiguousarray(coords.convert(lonlat, coords.WGS84, city.srid)), seconds, accuracy)


def least() -> float:
    """Return the metres by which a way along roads is in doubt."""
    return float(settings.current().border_metres)


def visits_of(tx: db.Transaction, city: City, way: Way, at: datetime, start: datetime) -> list[CellVisit]:
    """Return the visits of a way whose seconds count from `start`, in the grid valid at `at`."""
    line = LineString(way.xy)
    if line.length == 0:  # somebody who never moved is somewhere too
        line = LineString([way.xy[0], way.xy[0] + [HERE, 0.0]])
    crossed = planning.cells_along(tx, city, line, at)
    standing = {one.cell.code: one for one, _, _ in crossed}
    place = {code: number for number, code in enumerate(standing)}
    shapes = [one.cell.geometry for one in standing.values()]
    stretches = [Crossed(place[one.cell.code], enter, leave) for one, enter, leave in crossed]
    patience = Patience(float(settings.current().border_seconds), 2 * least())
    cells = list(standing.values())
    units = {one.cell.community: tuple(planning.units_above(tx, city, one, at)) for one in cells}
    return [
        CellVisit(
            cell.code, cell.name, units[cell.community],
            start + timedelta(seconds=one.enter), start + timedelta(seconds=one.leave), one.metres,
        )
        for one in rules.of(way, stretches, shapes, patience)
        for cell in [cells[one.cell].cell]
    ]  # fmt: skip


def _together(
    tx: db.Transaction, people: Sequence[int], since: datetime, until: datetime
) -> Iterator[list[tuple[int, list[datetime], list[Point]]]]:
    """Take the positions of people out of the table, many people at once; each has when and where they were."""
    waiting, count = [], 0
    for responder in people:
        moments, points = store.take(tx, responder, since, until)
        waiting.append((responder, moments, points))
        count += len(moments)
        if count >= TOGETHER:
            yield waiting
            waiting, count = [], 0
    if waiting:
        yield waiting


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
