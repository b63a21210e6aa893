"""What people do with the grid: publish a release, ask which cell holds a point, which cells a line crosses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import shapely
from shapely import LineString, Point, Polygon

from geo_app.core import clock, coords, db
from geo_app.core.errors import NotFound
from geo_app.geocoding import service as geocoding
from geo_app.geocoding.model import Candidate
from geo_app.organisation.model import City, Unit
from geo_app.planning import describing, households, matching, placements, publishing, store
from geo_app.planning.changes import HouseholdCount, Lineage
from geo_app.planning.model import (
    OUTSIDE,
    Description,
    Draft,
    LocatedCandidate,
    Location,
    Placed,
    Prepared,
    Release,
    StandingCell,
    Subject,
    Thematic,
    UnitSummary,
    Verdict,
)
from grids.locate import Locator
from grids.model import Partition, on_millimetres


def prepare(tx: db.Transaction, city: City, draft: Draft) -> Prepared:
    """Return `draft` checked and compared with its base: everything slow, before any lock is taken."""
    return publishing.prepare(tx, city, draft)


def publish(tx: db.Transaction, city: City, prepared: Prepared) -> int:
    """Make a prepared draft the release in force from its instant, and return the release's id.

    Conflict when another release came first. The database looks at every opened cell itself before it
    accepts them. Open things are matched again in the same transaction; what they lie in from a later instant on is
    written ahead of them, and a timer only tells whom it concerns.
    """
    return publishing.publish(tx, city, prepared)


def take_effect(tx: db.Transaction, city: City, release_id: int) -> None:
    """Tell whom a release moves, now that its instant has come; NotReady before. A second time changes nothing."""
    publishing.take_effect(tx, city, release_id)


def redraw(tx: db.Transaction, city: City) -> int:
    """Draw the map of a city anew, of all its releases, and return how many there are."""
    return publishing.redraw(tx, city)


def partition(tx: db.Transaction, city: City, at: datetime) -> Partition:
    """Return all cells valid at `at`, in the city's metric frame."""
    return Partition.of(store.cells(tx, city, at))


def partition_of(tx: db.Transaction, city: City, release_id: int, revision: int | None = None) -> Partition:
    """Return all cells of a release as it stands when it begins, in the city's metric frame; NotFound names it.

    Of an earlier revision they are those it had before other releases were published that begin before it.
    """
    found = release(tx, city, release_id)
    if revision is None or revision == found.revision:
        return partition(tx, city, found.effective_from)
    known_at = release(tx, city, revision).published_at
    return Partition.of(store.cells(tx, city, found.effective_from, known_at))


def index(tx: db.Transaction, city: City, at: datetime) -> Locator | None:
    """Return the index of the grid valid at `at`, for millions of points; None when there can be none."""
    return matching.open_index(tx, city, at)


def cell_at(tx: db.Transaction, city: City, point: Point, at: datetime) -> Placed:
    """Return the cell covering lon/lat `point` at `at`; on a shared border the lowest code; else OUTSIDE."""
    return store.cell_at(tx, city, coords.to_metric(point, city.srid), at) or OUTSIDE


def cell_as_known(tx: db.Transaction, city: City, point: Point, at: datetime, known_at: datetime) -> Placed:
    """Return the cell that covered lon/lat `point` at `at` by what was known at `known_at`; else OUTSIDE."""
    return store.cell_as_known(tx, city, coords.to_metric(point, city.srid), at, known_at) or OUTSIDE


def cells_at(tx: db.Transaction, city: City, points: Sequence[Point], at: datetime) -> list[Placed]:
    """Return what each lon/lat point would be matched to at `at`: OUTSIDE where no cell covers it."""
    lonlat = shapely.get_coordinates(points)
    return matching.cells_at(tx, city, on_millimetres(coords.convert(lonlat, coords.WGS84, city.srid)), at)


def cells_along(
    tx: db.Transaction, city: City, line: LineString, at: datetime
) -> list[tuple[StandingCell, float, float]]:
    """Return the cells a metric line crosses at `at`, in order, with entry and exit metres along it."""
    near = store.cells_near(tx, city, shapely.set_srid(line, city.srid), at)
    crossed = matching.along(line, [standing.cell for standing in near])
    cells = {standing.cell.code: standing for standing in near}
    return [(cells[code], enter_at, exit_at) for code, enter_at, exit_at in crossed]


def forget(city: City) -> None:
    """Throw away what is kept in memory and on disk about the grid of a city that is removed."""
    matching.forget(city)


def locate(tx: db.Transaction, city: City, candidates: Sequence[Candidate], at: datetime) -> Location:
    """Return candidates with the cells they may lie in at `at`, and whether the first may simply be taken.

    Below the threshold of geocoding, beside an equal rival, or when the circle of uncertainty crosses a border
    the verdict says so and there is no cell: whoever asked must choose, nothing is guessed.
    """
    found = tuple(_locate(tx, city, candidate, at) for candidate in candidates)
    if not found:
        return Location(Verdict.UNKNOWN, found)
    if not geocoding.is_confident(candidates):
        return Location(Verdict.UNSURE, found)
    touched = {standing.cell.code for standing in found[0].cells}
    if not touched:
        return Location(Verdict.OUTSIDE, found)
    is_certain = len(touched) == 1 and found[0].community is not None
    return Location(Verdict.SURE if is_certain else Verdict.BORDER, found)


def describe(tx: db.Transaction, city: City, point: Point, at: datetime) -> Description:
    """Return lon/lat `point` in words: the nearest address or place, the community, the cell."""
    placed = cell_at(tx, city, point, at)
    near = geocoding.beside(tx, city, point)
    standing = None if placed.code is None else cell(tx, city, placed.code, at)
    return describing.words(near, tuple(units_above(tx, city, standing, at) if standing else ()), placed)


def hold(tx: db.Transaction, city: City) -> None:
    """Let no release be published until this transaction ends; before any row is locked that a release may move."""
    store.share_layer(tx, city)


def place(tx: db.Transaction, city: City, subject: Subject) -> Placed:
    """Match a located thing to its cell by the grid in force, and ahead by the scheduled ones, and keep the match.

    Now is when no release can be published any more: an earlier moment could be one of the grid before.
    """
    hold(tx, city)
    return matching.place(tx, city, subject, clock.now())


def place_all(tx: db.Transaction, city: City, subjects: Sequence[Subject]) -> int:
    """Match many located things at once by the grid in force; return how many lie in a cell."""
    hold(tx, city)
    return matching.place_all(tx, city, subjects, clock.now())


def close_placement(tx: db.Transaction, kind: str, subject_id: int) -> None:
    """Freeze the match of a thing that is over: later releases leave it alone."""
    placements.close(tx, kind, subject_id, clock.now())


def placed_at(
    tx: db.Transaction, kind: str, subject_id: int, at: datetime, known_at: datetime
) -> tuple[int | None, int | None] | None:
    """Return the ids of the cell and the release a thing was matched to at `at`, as was known at `known_at`.

    None when it had not been placed.
    """
    return placements.placed_at(tx, kind, subject_id, at, known_at)


def lineage(tx: db.Transaction, city: City, release_id: int) -> list[Lineage]:
    """Return where the land of the cells a release changed came from; NotFound names the release."""
    release(tx, city, release_id)
    return store.lineage(tx, release_id)


def cell(tx: db.Transaction, city: City, code: str, at: datetime) -> StandingCell:
    """Return the cell with this code at `at`; NotFound names the city."""
    found = store.cell(tx, city, code, at)
    if found is None:
        raise NotFound(f"{city.name} has no cell {code!r} at this time")
    return found


def cell_ids(tx: db.Transaction, city: City, at: datetime) -> dict[str, int]:
    """Return the ids of all cells valid at `at`, by code."""
    return {standing.cell.code: standing.id for standing in store.cells_near(tx, city, None, at)}


def units_above(tx: db.Transaction, city: City, standing: StandingCell, at: datetime) -> list[Unit]:
    """Return the community, street and district of a cell."""
    return store.units_above(tx, city, standing.cell.community, at)


def open_in_cell(tx: db.Transaction, standing: StandingCell, kind: str) -> int:
    """Return how many open things of a kind a cell holds."""
    return placements.open_in_cell(tx, standing.id, kind)


def releases(tx: db.Transaction, city: City) -> list[Release]:
    """Return every release of the city, newest first."""
    return store.releases(tx, city)


def release(tx: db.Transaction, city: City, release_id: int) -> Release:
    """Return a release of the city; NotFound names it."""
    found = store.release(tx, city, release_id)
    if found is None:
        raise NotFound(f"{city.name} has no release {release_id}")
    return found


def release_at(tx: db.Transaction, city: City, at: datetime) -> Release | None:
    """Return the release in force at `at`."""
    return store.release_at(tx, city, at)


def bounds(tx: db.Transaction, city: City, at: datetime) -> Polygon | None:
    """Return the lon/lat box of the grid in force at `at`."""
    return store.bounds(tx, city, at)


def unit_summaries(tx: db.Transaction, city: City, at: datetime) -> list[UnitSummary]:
    """Return every district, street and community with its figures at `at`."""
    return store.unit_summaries(tx, city, at)


def thematic_at(tx: db.Transaction, city: City, theme: str, point: Point) -> list[str]:
    """Return the codes of everything of `theme` that covers lon/lat `point`, in order; themes may overlap."""
    return store.thematic_at(tx, city, theme, coords.to_metric(point, city.srid))


def count_households(tx: db.Transaction, city: City, counts: Sequence[HouseholdCount]) -> None:
    """Put how many households live where in the place of all a city had."""
    households.replace(tx, city, counts)


def add_thematic(tx: db.Transaction, city: City, shapes: Sequence[Thematic]) -> int:
    """Add shapes that are not cells (water, railways, green) and return how many."""
    return store.add_thematic(tx, city, shapes) if shapes else 0


def _locate(tx: db.Transaction, city: City, candidate: Candidate, at: datetime) -> LocatedCandidate:
    centre = coords.to_metric(candidate.position, city.srid)
    if candidate.is_inside and candidate.community is not None:
        cells = store.cells_of(tx, city, candidate.community, at)
    else:
        circle = shapely.set_srid(centre.buffer(max(candidate.uncertainty, 0.001)), city.srid)
        cells = store.cells_near(tx, city, circle, at)
    middle = store.cell_at(tx, city, centre, at)
    code = None if middle is None else middle.code
    ordered = tuple(sorted(cells, key=lambda standing: (standing.cell.code != code, standing.cell.code)))
    if code is None or not ordered:
        return LocatedCandidate(candidate, ordered, None)
    return LocatedCandidate(candidate, ordered, store.units_above(tx, city, ordered[0].cell.community, at)[0])
