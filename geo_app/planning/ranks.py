"""Cells, communities, streets and districts before and after a release, by number: what changed, and what lies in what.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo_app.organisation.model import Level, Unit
from geo_app.planning import outlines
from geo_app.planning.bands import CELLS
from geo_app.planning.outlines import Tier
from grids.model import Partition
from grids.outlines import Shapes
from grids.redraw import Numbers

LEVELS = (CELLS, str(Level.COMMUNITY), str(Level.STREET), str(Level.DISTRICT))
"""From the bottom."""
Grid = tuple[Partition, Sequence[Unit]]


@dataclass(frozen=True, slots=True)
class Rank:
    """A level before and after: its things in order, those that are gone at the end.

    `before` and `after` are the numbers of each one's unit in the next level, -1 where there is none.
    """

    tier: Tier
    is_renamed: np.ndarray
    before: np.ndarray
    after: np.ndarray
    boxes: Shapes
    """In the city's metric frame."""

    def units(self, numbers: Numbers) -> Numbers:
        """Return the units of these things, before and after."""
        both = np.unique(np.concatenate([self.before[numbers], self.after[numbers]]))
        return both[both >= 0]

    def moved(self) -> Numbers:
        """Return the units of the next level that got or lost some of these things."""
        return self.units(np.flatnonzero(self.before != self.after))

    def members(self, units: Numbers) -> list[Numbers]:
        """Return what lies in each of some units of the next level."""
        order = np.argsort(self.after, kind="stable")
        ends = np.searchsorted(self.after[order], np.stack([units, units + 1]))
        return [order[first:last] for first, last in ends.T.tolist()]


def ranks(before: Grid, after: Grid) -> dict[str, Rank]:
    """Return the levels, from the cells upward, of a partition and its units before and after."""
    was, now = outlines.tiers(*before), outlines.tiers(*after)
    places = {level: _places(was[level], now[level]) for level in LEVELS}
    bounds = _bounds(before[0], after[0], places[CELLS])
    found = {}
    for level, above in zip(LEVELS, (*LEVELS[1:], None), strict=True):
        place = places[level]
        old, new = (dict(zip(tier.codes, tier.names, strict=True)) for tier in (was[level], now[level]))
        owners = [np.full(len(place), -1), np.full(len(place), -1)]
        if above is not None:
            for tiers, owner in zip((was, now), owners, strict=True):
                _own(owner, place, tiers[level], tiers[above].codes, places[above])
        found[level] = Rank(
            Tier(level, tuple(place), tuple(new.get(code, "") for code in place), owners[1]),
            np.array([code in old and code in new and old[code] != new[code] for code in place], dtype=bool),
            owners[0],
            owners[1],
            shapely.box(*bounds.T),
        )
        if above is not None:
            bounds = _around(bounds, owners, len(places[above]))
    return found


def _places(was: Tier, now: Tier) -> dict[str, int]:
    codes = dict.fromkeys([*now.codes, *was.codes])
    return {code: number for number, code in enumerate(codes)}


def _own(
    owner: np.ndarray,
    place: Mapping[str, int],
    tier: Tier,
    units: Sequence[str],
    place_above: Mapping[str, int],
) -> None:
    """Write into `owner` of which unit each thing is."""
    numbers = np.array([*(place_above[code] for code in units), -1], dtype=np.intp)
    mine = np.array([place[code] for code in tier.codes], dtype=np.intp)
    owner[mine] = numbers[tier.parents]


def _bounds(before: Partition, after: Partition, place: Mapping[str, int]) -> np.ndarray:
    """Return the box around every cell, as it is and was."""
    found = np.tile([np.inf, np.inf, -np.inf, -np.inf], (len(place), 1))
    for partition in (before, after):
        mine = np.array([place[code] for code in partition.cells], dtype=np.intp)
        boxes = shapely.bounds(partition.geometries())
        found[mine, :2] = np.minimum(found[mine, :2], boxes[:, :2])
        found[mine, 2:] = np.maximum(found[mine, 2:], boxes[:, 2:])
    return found


def _around(bounds: np.ndarray, owners: Sequence[np.ndarray], count: int) -> np.ndarray:
    found = np.tile([np.inf, np.inf, -np.inf, -np.inf], (count, 1))
    for owner in owners:
        mine = owner >= 0
        np.minimum.at(found[:, :2], owner[mine], bounds[mine, :2])
        np.maximum.at(found[:, 2:], owner[mine], bounds[mine, 2:])
    return found
