"""What a cast adds up to: the numbers of a city, of cells and of communities, before and after.

Every number of a draft is computed as that of a release is, from the same sums, so the preview is what stands after
publishing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo_app.insight import shifting
from geo_app.insight.cast import Cast
from geo_app.insight.holding import Held
from geo_app.insight.model import CellNumbers, Duties, Floats, Integers, Numbers, Totals, UnitNumbers, Window
from grids.measures import Fairness, fairness

BILLION = 10**9


@dataclass(frozen=True, slots=True)
class Standing:
    """A base with all its numbers: what drafts of it are compared with."""

    cast: Cast
    held: Held
    cells: Mapping[str, CellNumbers]
    units: Units
    totals: Totals

    @classmethod
    def of(cls, cast: Cast, duties: Duties) -> Standing:
        """Return the numbers of a base."""
        held, units = Held.of(duties, cast.ground), Units.of(cast)
        told = cells(cast, cast.ground.places, duties)
        return cls(cast, held, told, units, totals(cast, held, units))


@dataclass(frozen=True, slots=True)
class Units:
    """Sums over the cells of each community, by its place in the ground's units."""

    cells: Integers
    area: Integers
    households: Integers
    incidents: Integers
    workload: Integers
    cases: Integers

    @classmethod
    def of(cls, cast: Cast) -> Units:
        """Return the sums of a cast's communities."""
        stands = cast.ground.stands
        unit, many = cast.ground.unit[stands], len(cast.ground.units)

        def added(values: Integers) -> Integers:
            found: Integers = np.zeros(many, dtype=np.int64)
            np.add.at(found, unit, values[stands])
            return found

        return cls(
            np.bincount(unit, minlength=many), added(cast.ground.area), added(cast.households),
            added(cast.incidents), added(cast.workload), added(cast.cases),
        )  # fmt: skip


def between(standing: Standing, after: Cast, window: Window) -> Numbers:
    """Return what a draft makes of the numbers of its base."""
    before, held = standing.cast, standing.held.on(after.ground, after.origins)
    codes = sorted(code for code in after.redrawn if _differs(before, after, code))
    told, was, now = cells(after, codes, held.duties), standing.units, Units.of(after)
    pairs = {code: (standing.cells.get(code), told.get(code)) for code in codes}
    communities = sorted({one.community for pair in pairs.values() for one in pair if one is not None})
    return Numbers(
        before.base.weights.basis, window, standing.totals, totals(after, held, now), pairs,
        {code: (unit(before, was, code), unit(after, now, code)) for code in communities},
        shifting.changes(before, after, held),
    )  # fmt: skip


def _differs(before: Cast, after: Cast, code: str) -> bool:
    """Return whether a cell is another one for people: its land, name or community, not nodes on its border."""
    was, now = before.ground.get(code), after.ground.get(code)
    if was is None or now is None:
        return was is not now
    return after.redrawn[code] or (was.name, was.community) != (now.name, now.community)


def cells(cast: Cast, codes: Iterable[str], duties: Duties) -> dict[str, CellNumbers]:
    """Return the numbers of those cells of these codes that there are."""
    ground, told = cast.ground, cast.base.weights.told
    found = [(code, one) for code in codes if (one := ground.get(code)) is not None]
    at = np.array([ground.places[code] for code, _ in found], dtype=np.int64)
    arrays = (
        ground.area[at] / 1e6, ground.perimeter[at] / 1e3, ground.polsby_popper[at], ground.reock[at],
        cast.households[at], cast.incidents[at], cast.workload[at], cast.cases[at],
    )  # fmt: skip
    return {
        code: CellNumbers(
            one.name, one.community, area, perimeter, compact, round_, _known(cast, homes), incidents,
            told(workload), is_open, len(duties.of(code, cast.origins.get(code))),
        )
        for (code, one), area, perimeter, compact, round_, homes, incidents, workload, is_open
        in zip(found, *(array.tolist() for array in arrays), strict=True)
    }  # fmt: skip


def unit(cast: Cast, units: Units, code: str) -> UnitNumbers | None:
    """Return the numbers of a community, None when no cell belongs to it; `units` are those of the cast."""
    outline = cast.ground.outlines.get(code)
    if outline is None:
        return None
    at = cast.ground.units[code]
    return UnitNumbers(
        int(units.cells[at]), int(units.area[at]) / 1e6, outline.parts, outline.polsby_popper, outline.reock,
        _known(cast, units.households[at]), int(units.incidents[at]), cast.base.weights.told(int(units.workload[at])),
        int(units.cases[at]),
    )  # fmt: skip


def totals(cast: Cast, held: Held, units: Units) -> Totals:
    """Return the numbers of a whole city; `held` is of the cast's ground, `units` of the cast."""
    ground, stands = cast.ground, cast.ground.stands
    compact, round_ = ground.polsby_popper[stands], ground.reock[stands]
    return Totals(
        cells=int(stands.sum()), area=int(ground.area[stands].sum()) / 1e6,
        households=_known(cast, cast.households[stands].sum()),
        households_outside=_known(cast, cast.homes.many(cast.homes.outside)),
        incidents=int(cast.incidents[stands].sum()), incidents_outside=len(cast.past.outside),
        workload=cast.base.weights.told(int(cast.workload[stands].sum())),
        open=int(cast.cases[stands].sum()), open_outside=len(cast.open.outside),
        workers=len(held.workers(stands)), cells_without_worker=int(stands.sum()) - held.cells(stands),
        units=len(ground.outlines), units_apart=sum(one.parts > 1 for one in ground.outlines.values()),
        polsby_popper_mean=_mean(compact), polsby_popper_least=float(compact.min(initial=1.0)),
        reock_mean=_mean(round_), reock_least=float(round_.min(initial=1.0)),
        among_cells=_loaded(cast, cast.workload[stands]),
        among_units=_loaded(cast, units.workload[units.cells > 0]),
        among_workers=_loaded(cast, held.loads(stands, cast.workload)),
        households_among_cells=_lived(cast, cast.households[stands]),
        households_among_workers=_lived(cast, held.loads(stands, cast.households)),
    )  # fmt: skip


def _known(cast: Cast, households: Any) -> int | None:
    """Return a number of households, None where the city's data say nothing of them."""
    return int(households) if cast.base.homes.is_known else None


def _loaded(cast: Cast, weights: np.ndarray) -> Fairness:
    """Return how evenly workload is spread, in minutes or incidents."""
    return _told(fairness(weights), cast.base.weights.told)


def _lived(cast: Cast, households: np.ndarray) -> Fairness | None:
    """Return how evenly households are spread, None where the city's data say nothing of them."""
    if not cast.base.homes.is_known:
        return None
    return _told(fairness(households), lambda many: round(many, 3))


def _told(found: Fairness, told: Callable[[float], float]) -> Fairness:
    ratio, gini = found.largest_to_smallest, found.gini
    return Fairness(
        found.among, told(found.mean), told(found.smallest), told(found.largest),
        None if ratio is None else round(ratio, 6), None if gini is None else round(gini, 6),
    )  # fmt: skip


def _mean(values: Floats) -> float:
    """Return the mean of compactnesses, the same in any order: each is a whole number of billionths."""
    return (
        round(int(np.rint(values * BILLION).astype(np.int64).sum()) / (len(values) * BILLION), 9)
        if len(values)
        else 0.0
    )
