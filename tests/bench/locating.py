"""How fast points are matched to cells and lines followed through them in memory, against geopandas.

The city is 50 km wide; half of the points stand in clusters. Both sides get arrays and give arrays: ours the place of
the cell in order of code, the peer a join of two frames that were made before the clock ran.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import geopandas
import numpy as np
import shapely

import geo_app.planning.kept  # noqa: F401  # it keeps compiled kernels
from geo_app.core import coords
from grids.locate import Locator
from grids.model import Cell, on_millimetres
from tests import tilings
from tests.bench.registry import Row, median_of, milliseconds, row, times_better

RUNS = 5
EXTENT, SRID = 50_000.0, 4548
POINTS, SINGLES = 1_000_000, 10_000
SMALL, LARGE = 100, 316
"""Cells along a side of the city: 10,000 and just under 100,000."""
TRACKS, FIXES, STEP = 2_000, 300, 15.0
SHORTEST = 1e-6
"""Metres; a shorter stretch in a cell, or difference of two, is rounding."""
MILLION = "million points/s"
Metres = dict[tuple[int, str], float]


@row("locate-10k")
def locate_10k() -> Row:
    """Time a million points in 10,000 cells."""
    return matching("locate-10k", SMALL, POINTS)


@row("locate-100k")
def locate_100k() -> Row:
    """Time a million points in 100,000 cells."""
    return matching("locate-100k", LARGE, POINTS)


def matching(name: str, side: int, count: int) -> Row:
    """Return the row of `count` points in a city of `side` x `side` cells."""
    cells = tilings.cells(side, side, extent=EXTENT, seed=20260101)
    points = tilings.points(count, extent=EXTENT, seed=20260102)
    locator = Locator.of(cells)
    joined = _join(cells, points)
    equal = same(found(locator, points), joined())
    ours = _rate(count, lambda: found(locator, points))
    theirs = _rate(count, joined)
    note = f"{len(cells)} cells, {len(locator.rings.vertices)} vertices, {count} points"
    return _against(name, ours, theirs, equal, note)


@row("locate-lonlat")
def locate_lonlat() -> Row:
    """Time a million points in degrees in 10,000 cells; the peer converts them, to the millimetre, and joins."""
    return matching_lonlat(SMALL, POINTS)


def matching_lonlat(side: int, count: int) -> Row:
    """Return the row of `count` points in degrees in a city of `side` x `side` cells."""
    cells = tilings.cells(side, side, extent=EXTENT, seed=20260101)
    degrees = to_lonlat(tilings.points(count, extent=EXTENT, seed=20260102))
    locator = Locator.of(cells)
    polynomial = locator.lonlat(to_metric, to_lonlat)

    def ask() -> np.ndarray:
        return locator.cells_of_lonlat(degrees, polynomial, to_metric)

    def peer() -> np.ndarray:
        return _join(cells, on_millimetres(to_metric(degrees)))()

    equal = same(ask(), peer())
    return _against(
        "locate-lonlat", _rate(count, ask), _rate(count, peer), equal, f"{len(cells)} cells, degrees"
    )


@row("locate-build")
def locate_build() -> Row:
    """Time building the index of 10,000 cells, and say what 100,000 take."""
    notes, figures = [], []
    for side in (SMALL, LARGE):
        cells = tilings.cells(side, side, extent=EXTENT, seed=20260101)
        figures.append(_seconds_to_build(cells))
        notes.append(f"{len(cells)} cells {figures[-1]:.2f} s, {Locator.of(cells).nbytes / 1e6:.0f} MB")
    small = tilings.cells(SMALL, SMALL, extent=EXTENT, seed=20260101)
    locator, changed = Locator.of(small), small[5000:5003]
    patch = median_of(RUNS, lambda: milliseconds(lambda: locator.patch(changed)))
    return Row(
        name="locate-build",
        ours=figures[0],
        unit="s",
        note=f"{'; '.join(notes)}; 3 cells patched {patch:.0f} ms",
    )


def _seconds_to_build(cells: list[Cell]) -> float:
    return median_of(RUNS, lambda: milliseconds(lambda: Locator.of(cells))) / 1000


@row("locate-single")
def locate_single() -> Row:
    """Time one point after the other, each asked for by itself, in 10,000 cells."""
    cells = tilings.cells(SMALL, SMALL, extent=EXTENT, seed=20260101)
    points = tilings.points(SINGLES, extent=EXTENT, seed=20260103)
    locator = Locator.of(cells)
    tree = shapely.STRtree([cell.geometry for cell in cells])
    codes = [cell.code for cell in cells]

    def ours() -> list[str | None]:
        return [locator.cell_of(x, y) for x, y in points.tolist()]

    def peer() -> list[str | None]:
        met = (tree.query(shapely.Point(x, y), predicate="intersects") for x, y in points.tolist())
        return [codes[min(one)] if len(one) else None for one in met]

    equal = ours() == peer()
    figure = median_of(RUNS, lambda: milliseconds(ours)) / SINGLES * 1000
    theirs = median_of(RUNS, lambda: milliseconds(peer)) / SINGLES * 1000
    return Row(
        name="locate-single", ours=figure, unit="µs", peer="shapely.STRtree.query", peer_figure=theirs,
        ratio=times_better(figure, theirs), equal=equal, note=f"{len(cells)} cells, {SINGLES} points one by one",
    )  # fmt: skip


@row("along")
def along() -> Row:
    """Time tracks of 300 fixes through 10,000 cells; the peer cuts them by cells, once, for it is slow."""
    return following(SMALL, TRACKS)


def following(side: int, count: int) -> Row:
    """Return the row of `count` tracks through a city of `side` x `side` cells."""
    cells = tilings.cells(side, side, extent=EXTENT, seed=20260101)
    tracks = _tracks(count)
    locator = Locator.of(cells)
    frame = geopandas.GeoDataFrame(
        {"code": [cell.code for cell in cells]}, geometry=[cell.geometry for cell in cells]
    )
    lines = geopandas.GeoDataFrame({"track": np.arange(count)}, geometry=tracks)
    pieces: list[geopandas.GeoDataFrame] = []
    peer = milliseconds(
        lambda: pieces.append(geopandas.overlay(lines, frame, how="intersection", keep_geom_type=True))
    )
    theirs: Metres = defaultdict(float)
    for track, code, length in zip(pieces[0]["track"], pieces[0]["code"], pieces[0].length, strict=True):
        theirs[track, code] += length
    equal = same_metres(stretches(locator, tracks), theirs)
    ours = median_of(RUNS, lambda: milliseconds(lambda: locator.along(tracks)))
    return Row(
        name="along", ours=ours, unit="ms", peer="geopandas.overlay", peer_figure=peer, ratio=times_better(ours, peer),
        equal=equal, note=f"{count} tracks of {FIXES} fixes, {len(cells)} cells, {len(theirs)} stretches",
    )  # fmt: skip


def found(locator: Locator, points: np.ndarray) -> np.ndarray:
    """Return our answer."""
    return locator.cells_of(points)


def same(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Return whether every point got the same cell."""
    return bool(np.array_equal(ours, theirs))


def stretches(locator: Locator, tracks: np.ndarray) -> Metres:
    """Return our metres of each track in each cell."""
    metres: Metres = defaultdict(float)
    found = locator.along(tracks)
    codes = locator.codes[found.cell].tolist()
    for number, code, length in zip(
        found.line.tolist(), codes, (found.exit_at - found.enter_at).tolist(), strict=True
    ):
        metres[number, code] += length
    return metres


def same_metres(ours: Metres, theirs: Metres) -> bool:
    """Return whether every track has the same metres in every cell."""
    pairs = {pair for metres in (ours, theirs) for pair, length in metres.items() if length > SHORTEST}
    return all(abs(ours.get(pair, 0.0) - theirs.get(pair, 0.0)) <= SHORTEST for pair in pairs)


def to_metric(degrees: np.ndarray) -> np.ndarray:
    """Return lon/lat in the city's frame."""
    return coords.convert(degrees, coords.WGS84, SRID)


def to_lonlat(xy: np.ndarray) -> np.ndarray:
    """Return places of the city's frame in lon/lat."""
    return coords.convert(xy, SRID, coords.WGS84)


def _join(cells: list[Cell], points: np.ndarray) -> Callable[[], np.ndarray]:
    frame = geopandas.GeoDataFrame(geometry=[cell.geometry for cell in cells])
    asked = geopandas.GeoDataFrame(geometry=shapely.points(points))

    def join() -> np.ndarray:
        joined = geopandas.sjoin(asked, frame, predicate="within")
        answer = np.full(len(points), -1)
        answer[joined.index] = joined["index_right"]
        return answer

    return join


def _tracks(count: int) -> np.ndarray:
    """Return walks that keep about their direction."""
    rng = np.random.default_rng(20260104)
    turns = rng.uniform(0, 2 * np.pi, (count, 1)) + np.cumsum(rng.normal(0, 0.15, (count, FIXES)), axis=1)
    steps = (
        np.stack([np.cos(turns), np.sin(turns)], axis=-1) * rng.uniform(0.5, 1.5, (count, FIXES, 1)) * STEP
    )
    starts = tilings.CORNER + rng.uniform(0.05, 0.95, (count, 1, 2)) * EXTENT
    return np.asarray(shapely.linestrings(starts + np.cumsum(steps, axis=1)))


def _rate(count: int, ask: Callable[[], object]) -> float:
    """Return millions a second."""
    return count / median_of(RUNS, lambda: milliseconds(ask)) / 1000


def _against(name: str, ours: float, theirs: float, equal: bool, note: str) -> Row:
    ratio = times_better(ours, theirs, less_is_better=False)
    return Row(
        name=name, ours=ours, unit=MILLION, peer="geopandas.sjoin(within)", peer_figure=theirs, ratio=ratio,
        equal=equal, note=note,
    )  # fmt: skip
