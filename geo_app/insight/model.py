"""History, Duties, Totals, Numbers: what happened where, who answers for it, and what that adds up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np

from grids.measures import Fairness

Floats = np.ndarray[Any, np.dtype[np.float64]]
Integers = np.ndarray[Any, np.dtype[np.int64]]
Indices = np.ndarray[Any, np.dtype[np.int32]]

FORMULAS = {
    "workload": "1",  # insight.workload
    "shape": "1",  # grids.measures: Polsby-Popper and Reock of cells on the millimetre
    "fairness": "1",  # grids.measures: largest to smallest, Gini
    "share": "1",  # insight.shifting: who and what changes worker
    "households": "1",  # insight.numbers: counts at addresses and buildings, each in the cell of its point
}
"""The version of each formula: it changes whenever the same input would give another number."""


class Basis(StrEnum):
    """What workload is counted in."""

    MINUTES = "minutes"
    """Each incident weighs the mean handling time of its category in the window."""
    INCIDENTS = "incidents"
    """Nothing was handled in the window, so each incident weighs one."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time of a history: incidents reported since, and before until."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """Real incidents with a place, reported in a window, one after the other by id; exercises are not among them."""

    xy: Floats
    """In the city's frame."""
    cell_id: Integers
    """The cell it was matched to when it was open, 0 outside all."""
    community_id: Integers
    """The community it lay in then, 0 outside all."""
    category: Integers
    handled: Integers
    """Seconds from the report until it was done, in the window; -1 when it was not."""


@dataclass(frozen=True, slots=True)
class Homes:
    """How many households live at which places; nothing is known of a city that never brought any."""

    xy: Floats
    """In the city's frame."""
    each: Integers

    @property
    def is_known(self) -> bool:
        """Whether the city's data say anything of households."""
        return len(self.each) > 0


NO_HOMES = Homes(np.zeros((0, 2)), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Weights:
    """What each incident of a history weighs: seconds, or ones."""

    basis: Basis
    each: Integers

    def told(self, weight: float) -> float:
        """Return a sum of weights as people read it: minutes, or incidents."""
        return round(weight / 60, 1) if self.basis is Basis.MINUTES else round(weight, 3)


@dataclass(frozen=True, slots=True)
class Open:
    """The cases that are open now."""

    xy: Floats
    cell_id: Integers


@dataclass(frozen=True, slots=True)
class Duties:
    """Which workers answer for which cell, also a cell that is not there now; workers are counted, never named."""

    of_code: Mapping[str, tuple[int, ...]]
    """Workers by their numbers from 0 on, of every code that a release ever had."""

    def of(self, code: str, origins: Sequence[str] = ()) -> tuple[int, ...]:
        """Return who answers for a cell; where no cell had the code yet, who answers for its `origins`."""
        found = self.of_code.get(code)
        if found is not None:
            return found
        return tuple(sorted({worker for old in origins for worker in self.of_code.get(old, ())}))


@dataclass(frozen=True, slots=True)
class CellNumbers:
    """A cell in numbers: m², metres, incidents of the window, their weight, open cases, workers who answer for it.

    Households are None where the city's data say nothing of them, here and everywhere.
    """

    name: str
    community: str
    area: float
    perimeter: float
    polsby_popper: float
    reock: float
    households: int | None
    incidents: int
    workload: float
    open: int
    workers: int


@dataclass(frozen=True, slots=True)
class UnitNumbers:
    """A community in numbers; `parts` above 1 says that one cannot walk through it without leaving it."""

    cells: int
    area: float
    parts: int
    polsby_popper: float
    reock: float
    households: int | None
    incidents: int
    workload: float
    open: int


@dataclass(frozen=True, slots=True)
class Totals:
    """A whole city in numbers; compactness is that of its cells."""

    cells: int
    area: float
    households: int | None
    households_outside: int | None
    incidents: int
    incidents_outside: int
    workload: float
    open: int
    open_outside: int
    workers: int
    cells_without_worker: int
    units: int
    units_apart: int
    polsby_popper_mean: float
    polsby_popper_least: float
    reock_mean: float
    reock_least: float
    among_cells: Fairness
    among_units: Fairness
    among_workers: Fairness
    households_among_cells: Fairness | None
    households_among_workers: Fairness | None


@dataclass(frozen=True, slots=True)
class Shift:
    """Of so many incidents or households, how many are in another cell, another community, with other workers."""

    among: int
    cell: int
    unit: int
    worker: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Who and what a draft moves: workers whose land is not the same, households, open cases, incidents."""

    workers: int
    workers_among: int
    households: Shift | None
    open: Shift
    incidents: Shift


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a draft makes of the numbers of its base: of the city, of each cell that changes, of its communities."""

    basis: Basis
    window: Window
    before: Totals
    after: Totals
    cells: Mapping[str, tuple[CellNumbers | None, CellNumbers | None]]
    units: Mapping[str, tuple[UnitNumbers | None, UnitNumbers | None]]
    changes: Changes


@dataclass(frozen=True, slots=True)
class Share:
    """Incidents of a window and their weight."""

    incidents: int
    workload: float
