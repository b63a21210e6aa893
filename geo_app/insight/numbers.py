"""What a cast adds up to: the numbers of a city, of cells and of communities, before and after.

Every number of a draft is computed as that of a release is, from the same sums, so the preview is what stands after
publishing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from geo_app.insight import shifting
from geo_app.insight.cast import Cast
from geo_app.insight.holding import Held
from geo_app.insight.model import CellNumbers, Duties, Floats, Numbers, Totals, UnitNumbers, Window
from grids.measures import Fairness, fairness


@dataclass(frozen=True, slots=True)
class Standing:
    """A base with all its numbers: what drafts of it are compared with."""

    cast: Cast
    held: Held
    totals: Totals

    @classmethod
    def of(cls, cast: Cast, duties: Duties) -> Standing:
        """Return the numbers of a base."""
        held = Held.of(duties, cast.ground)
        return cls(cast, held, totals(cast, held))


def between(standing: Standing, after: Cast, window: Window) -> Numbers:
    """Return what a draft makes of the numbers of its base."""
    before, held = standing.cast, standing.held.on(after.ground, after.same)
    codes = sorted(code for code in after.redrawn if _differs(before, after, code))
    communities = {
        found.community
        for code in codes
        for cast in (before, after)
        if (found := cast.ground.get(code)) is not None
    }
    return Numbers(
        before.base.weights.basis, window, standing.totals, totals(after, held),
        {code: (cell(before, code, held.duties), cell(after, code, held.duties)) for code in codes},
        {code: (unit(before, code), unit(after, code)) for code in sorted(communities)},
        shifting.changes(before, after, held),
    )  # fmt: skip


def _differs(before: Cast, after: Cast, code: str) -> bool:
    """Return whether a cell is another one for people: its land, name or community, not nodes on its border."""
    was, now = before.ground.get(code), after.ground.get(code)
    if was is None or now is None:
        return was is not now
    return after.redrawn[code] or (was.name, was.community) != (now.name, now.community)


def cell(cast: Cast, code: str, duties: Duties) -> CellNumbers | None:
    """Return the numbers of a cell, None when there is none of this code."""
    ground, found = cast.ground, cast.ground.get(code)
    if found is None:
        return None
    at = ground.places[code]
    return CellNumbers(
        found.name, found.community, int(ground.area[at]) / 1e6, int(ground.perimeter[at]) / 1e3,
        float(ground.polsby_popper[at]), float(ground.reock[at]), int(cast.incidents[at]),
        cast.base.weights.told(int(cast.workload[at])), int(cast.cases[at]), len(duties.of(code, cast.same)),
    )  # fmt: skip


def unit(cast: Cast, code: str) -> UnitNumbers | None:
    """Return the numbers of a community, None when no cell belongs to it."""
    ground, outline = cast.ground, cast.ground.outlines.get(code)
    if outline is None:
        return None
    at = np.flatnonzero(ground.unit == ground.units[code])
    return UnitNumbers(
        len(at), int(ground.area[at].sum()) / 1e6, outline.parts, outline.polsby_popper, outline.reock,
        int(cast.incidents[at].sum()), cast.base.weights.told(int(cast.workload[at].sum())), int(cast.cases[at].sum()),
    )  # fmt: skip


def totals(cast: Cast, held: Held) -> Totals:
    """Return the numbers of a whole city; `held` is of the cast's ground."""
    ground, stands = cast.ground, cast.ground.stands
    compact, round_ = ground.polsby_popper[stands], ground.reock[stands]
    return Totals(
        cells=int(stands.sum()), area=int(ground.area[stands].sum()) / 1e6,
        incidents=int(cast.incidents[stands].sum()), incidents_outside=len(cast.past.outside),
        workload=cast.base.weights.told(int(cast.workload[stands].sum())),
        open=int(cast.cases[stands].sum()), open_outside=len(cast.open.outside),
        workers=len(held.workers(stands)), cells_without_worker=int(stands.sum()) - held.cells(stands),
        units=len(ground.outlines), units_apart=sum(one.parts > 1 for one in ground.outlines.values()),
        polsby_popper_mean=_mean(compact), polsby_popper_least=float(compact.min(initial=1.0)),
        reock_mean=_mean(round_), reock_least=float(round_.min(initial=1.0)),
        among_cells=_told(cast, cast.workload[stands]), among_units=_told(cast, _by_unit(cast)),
        among_workers=_told(cast, held.loads(stands, cast.workload)),
    )  # fmt: skip


def _told(cast: Cast, weights: np.ndarray) -> Fairness:
    """Return how evenly workload is spread, in minutes or incidents."""
    found, told = fairness(weights), cast.base.weights.told
    ratio, gini = found.largest_to_smallest, found.gini
    return Fairness(
        found.among, told(found.mean), told(found.smallest), told(found.largest),
        None if ratio is None else round(ratio, 6), None if gini is None else round(gini, 6),
    )  # fmt: skip


def _by_unit(cast: Cast) -> Floats:
    """Return the workload of every community that has cells."""
    ground, stands = cast.ground, cast.ground.stands
    sums: Floats = np.bincount(
        ground.unit[stands], weights=cast.workload[stands], minlength=len(ground.units)
    ).astype(np.float64)
    return sums[[ground.units[code] for code in ground.outlines]]


def _mean(values: Floats) -> float:
    """Return the mean, the same in any order."""
    return round(math.fsum(values.tolist()) / len(values), 9) if len(values) else 0.0
