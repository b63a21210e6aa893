"""How long one edit takes in partitions of 10,000 and 100,000 cells, against looking at the whole partition.

The edits are those of a planner's hand, most kinds in turn, undone or kept; each is certified on the cells it
touches. The peer is the check of the whole coverage after an edit, as GIS programs do it; a sample of edits, made and
refused, must get the same verdict from both.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field

import numpy as np
import shapely

from grids import arcs, edit, partition
from grids.draft import Draft
from grids.edits import Edit
from grids.model import Partition
from grids.refusal import Refusal, Refused
from tests import hands, tilings
from tests.bench.registry import Row, median_of, milliseconds, row, times_better

SEED = 20260103
RUNS = 5
WARM = 200
SMALL, LARGE = 100, 316
"""Cells along a side of the city: 10,000 and just under 100,000."""
CELL = 500.0
"""Metres along a side of a cell."""
UNDONE = 0.3
"""Share of the edits that are taken back at once."""


@row("edit-10k")
def edit_10k() -> Row:
    """Time edits of 10,000 cells."""
    return editing("edit-10k", SMALL, edits=4_000, samples=12)


@row("edit-100k")
def edit_100k() -> Row:
    """Time edits of 100,000 cells."""
    return editing("edit-100k", LARGE, edits=4_000, samples=3)


@row("edit-arcs")
def edit_arcs() -> Row:
    """Time the arcs of 10,000 cells: every border once, its two cells, and the rings made of them."""
    cells = tilings.cells(SMALL, SMALL, extent=CELL * SMALL, seed=SEED)
    ours = median_of(RUNS, lambda: milliseconds(lambda: arcs.of(cells)))
    found = arcs.of(cells)
    return Row(
        name="edit-arcs", ours=ours, unit="ms", note=f"{len(found)} arcs, {len(found.vertices)} vertices"
    )


@dataclass(slots=True)
class Measured:
    """Milliseconds of each edit that was made, by the clock and of the processor, and the whole checks of a few."""

    made: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    refused: int = 0
    whole: list[float] = field(default_factory=list)
    agree: list[bool] = field(default_factory=list)


def editing(name: str, side: int, *, edits: int, samples: int) -> Row:
    """Return the row of so many edits of `side` x `side` cells; a 99th percentile, so that a slow edit shows."""
    draft = Draft.of(Partition.of(tilings.cells(side, side, extent=CELL * side, seed=SEED)))
    cells = len(draft.cells)
    draft, found = _drawn(draft, edits, samples)
    ours, peer = float(np.percentile(found.made, 99)), statistics.median(found.whole)
    middle, busy = statistics.median(found.made), float(np.percentile(found.busy, 99))
    return Row(
        name=name,
        ours=ours,
        unit="ms p99",
        peer="coverage check of all cells after the edit (median)",
        peer_figure=peer,
        ratio=times_better(ours, peer),
        equal=all(found.agree) and not partition.check(draft.partition),
        note=f"{cells} cells, {len(found.made)} edits made and {found.refused} refused, median {middle:.2f} ms, "
        f"p99 of the processor {busy:.2f} ms; "
        f"{len(found.agree)} verdicts compared with the whole, which is whole at the end",
    )


def _drawn(draft: Draft, edits: int, samples: int) -> tuple[Draft, Measured]:
    """Return the draft after so many edits that touch borders, and what they took; the first ones only warm up."""
    hand, found = hands.Hand(SEED), Measured()
    kinds = hands.INNER - {"rename", "recode", "assign_units"}
    for number in range(-WARM, edits):
        asked = hand.next(draft, kinds)
        if number == 0:
            found = Measured()
        if len(found.agree) * (edits // samples) <= number:
            _compared(draft, asked, found)  # refused before any cell is touched, the next one is
        made = _timed(draft, asked, found)
        if isinstance(made, Refusal):
            continue
        draft = made.draft
        if hand.rng.random() < UNDONE:
            back = _timed(draft, made.inverse, found)
            assert isinstance(back, edit.Done)
            draft = back.draft
    return draft, found


def _timed(draft: Draft, asked: Edit, found: Measured) -> edit.Done | Refusal:
    clock, processor = time.perf_counter(), time.thread_time()
    made = edit.apply(draft, asked)
    busy, took = time.thread_time() - processor, time.perf_counter() - clock
    if isinstance(made, Refusal):
        found.refused += 1
    else:
        found.made.append(took * 1000)
        found.busy.append(busy * 1000)
    return made


def _compared(draft: Draft, asked: Edit, found: Measured) -> None:
    """Compare the verdict on one edit with that on the whole partition, and time a check of the whole."""
    try:
        touched = edit.PLAN[type(asked)](draft, asked)
    except Refused:
        return
    made = edit.apply(draft, asked)
    everything = hands.put(draft, {cell.code for cell in touched.was}, touched.now)
    shapes = everything.geometries()
    found.whole.append(milliseconds(lambda: shapely.coverage_is_valid(shapes, gap_width=0.001)))
    nodes = made.nodes if isinstance(made, edit.Done) else ()
    is_whole = hands.is_whole(partition.outline(draft.partition), everything, nodes)
    found.agree.append(is_whole == isinstance(made, edit.Done))
