"""How fast a city's history follows a draft: edit by edit, and all of it at once, against GEOS looking at all of it.

The city is 50 km wide and has 10,000 cells; a million incidents of the past, half of them in clusters, 6,000 open
cases, a worker for each cell. The edits are those of a planner's hand.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import numpy as np
import shapely

import geo_app.planning.kept  # noqa: F401  # it keeps compiled kernels
from geo_app.insight import numbers, workload
from geo_app.insight.cast import Base, Cast
from geo_app.insight.model import NO_HOMES, Duties, Numbers, Open, Past, Window
from geo_app.insight.numbers import Standing
from grids import edit
from grids.draft import Draft
from grids.locate import Locator
from grids.model import Partition
from grids.recast import Landed
from tests import build, hands, tilings
from tests.bench.registry import Row, median_of, milliseconds, row, times_better

SIDE, EXTENT, INCIDENTS, CASES = 100, 50_000.0, 1_000_000, 6_000
EDITS, WARM, SEED, RUNS = 300, 20, 20260104, 5
CHANGED = 300
"""Edits of the draft to which everything is re-cast at once."""
WINDOW = Window(build.TOWN_AT.replace(year=2025), build.TOWN_AT)


@dataclass(frozen=True, slots=True)
class Made:
    """A city with its history and all its numbers."""

    draft: Draft
    standing: Standing

    @property
    def cast(self) -> Cast:
        """The history on the city as it is."""
        return self.standing.cast


def city(side: int, incidents: int) -> Made:
    """Return a made-up city of `side` x `side` cells."""
    cells = tilings.cells(side, side, extent=EXTENT, seed=20260101)
    draft = Draft.of(Partition.of([build.cell(number, one.geometry) for number, one in enumerate(cells)]))
    rng = np.random.default_rng(SEED)
    xy = tilings.points(incidents, extent=EXTENT, seed=20260102)
    nowhere = np.zeros(incidents, dtype=np.int64)
    past = Past(
        xy, nowhere, nowhere, rng.integers(0, 30, incidents),
        rng.integers(600, 90_000, incidents),
    )  # fmt: skip
    base = Base(draft, Locator.of(draft.cells.values()), past, workload.weigh(past), NO_HOMES)
    cases = Open(tilings.points(CASES, extent=EXTENT, seed=20260105), np.zeros(CASES, dtype=np.int64))
    workers = {code: (number,) for number, code in enumerate(draft.cells)}
    return Made(draft, Standing.of(Cast.of(base, cases), Duties(workers)))


@row("live-numbers")
def live_numbers() -> Row:
    """Time the numbers of a draft after each of 300 edits; the peer matches and sums up everything each time."""
    return following(SIDE, INCIDENTS, EDITS)


def following(side: int, incidents: int, edits: int) -> Row:
    """Return the row of so many edits in a city of `side` x `side` cells; a 95th percentile, so slow ones show."""
    made = city(side, incidents)
    draft, cast, hand, kept = made.draft, made.cast, hands.Hand(SEED), list[tuple[Cast, Numbers]]()
    took, busy = list[float](), list[float]()
    while len(took) < edits + WARM:
        done = edit.apply(draft, hand.next(draft, hands.INNER))
        if isinstance(done, edit.Done):
            draft, before = done.draft, cast

            def ask(before: Cast = before, done: edit.Done = done) -> None:
                after = before.to(done.draft, (*done.gone, *done.changed))
                kept.append((after, numbers.between(made.standing, after, WINDOW)))

            processor = time.thread_time()
            took.append(milliseconds(ask))
            busy.append((time.thread_time() - processor) * 1000)
            cast = kept[-1][0]
            del kept[:-1]
    ours = float(np.percentile(took[WARM:], 95))
    peers: list[np.ndarray] = []
    peer = milliseconds(lambda: peers.append(_counted(draft, cast)))
    mine = np.array([cast.incidents[cast.ground.places[code]] for code in draft.cells])
    return Row(
        name="live-numbers", ours=ours, unit="ms p95", peer="shapely.STRtree, all points", peer_figure=peer,
        ratio=times_better(ours, peer), equal=bool(np.array_equal(mine, peers[0])),
        note=f"{len(draft.cells)} cells, {incidents} incidents, {edits} edits, median "
        f"{statistics.median(took[WARM:]):.1f} ms, p95 of the processor {np.percentile(busy[WARM:], 95):.1f} ms",
    )  # fmt: skip


@row("recast")
def recast() -> Row:
    """Time re-casting a million points to a draft with hundreds of changed cells, patching the Locator included."""
    return at_once(SIDE, INCIDENTS, CHANGED)


def at_once(side: int, incidents: int, edits: int) -> Row:
    """Return the row of a draft of so many edits of a city of `side` x `side` cells."""
    made = city(side, incidents)
    draft, hand, codes = made.draft, hands.Hand(SEED), set[str]()
    for _ in range(edits):
        done = edit.apply(draft, hand.next(draft, hands.INNER))
        if isinstance(done, edit.Done):
            draft, codes = done.draft, codes | {*done.gone, *done.changed}
    changed = [cell for code in sorted(codes) if (cell := draft.cells.get(code)) is not None]
    gone = sorted(code for code in codes if code not in draft.cells and code in made.draft.cells)
    base, xy = made.cast.base.locator, made.cast.base.past.xy
    found: list[Landed] = []

    def ask() -> None:
        found[:] = [made.cast.past.anew(base.patch(changed, gone))]

    ours = median_of(RUNS, lambda: milliseconds(ask)) / 1000
    peers: list[np.ndarray] = []
    peer = milliseconds(lambda: peers.append(_lowest(draft, xy))) / 1000
    mine = np.full(len(xy), -1)
    for place, code in enumerate(draft.cells):
        mine[found[0].order[found[0].members(code)]] = place
    return Row(
        name="recast", ours=ours, unit="s", peer="shapely.STRtree", peer_figure=peer, ratio=times_better(ours, peer),
        equal=bool(np.array_equal(mine, peers[0])),
        note=f"{len(draft.cells)} cells of which {len(changed)} changed, {incidents} points",
    )  # fmt: skip


def _lowest(draft: Draft, xy: np.ndarray) -> np.ndarray:
    """Return by GEOS the place of the first cell in order of code that covers each point, -1 outside all."""
    return tilings.lowest(draft.partition.geometries(), xy)


def _counted(draft: Draft, cast: Cast) -> np.ndarray:
    """Return by GEOS how many incidents lie in each cell, and measure all cells, as a desktop program does."""
    polygons = draft.partition.geometries()
    place = _lowest(draft, cast.past.xy)
    shapely.area(polygons), shapely.length(polygons), shapely.minimum_bounding_radius(polygons)
    np.bincount(place[place >= 0], weights=cast.base.weights.each[place >= 0], minlength=len(polygons))
    return np.bincount(place[place >= 0], minlength=len(polygons))
