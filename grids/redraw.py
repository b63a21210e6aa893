"""Outlines drawn anew where a partition changed: the rest of the drawing stays as it is, to the last vertex.

What changed is drawn together with all around it, as `outlines.draw` draws a whole city. Where the new border towards
those around is the one that stands, they stay as they are; where it is not, they are drawn anew too, with all around
them, and so on. So the drawing stays one coverage, whatever it was drawn from before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from grids import outlines
from grids.outlines import NEAR, Shapes

Numbers = np.ndarray[tuple[int], np.dtype[np.intp]]
Lookup = Callable[[Numbers], Shapes]


@dataclass(slots=True)
class Ground:
    """All things of a drawing, those that are gone too: by their numbers."""

    boxes: Shapes
    """Around each one, as it is or was, in any frame."""
    margin: float
    """A unit of the grid in that frame, or more."""
    sources: Lookup
    """What they are drawn from, in units of the grid; None for what is gone or nothing."""
    standing: Lookup
    """Their outlines as they stand, None where there is none."""
    _tree: shapely.STRtree = field(init=False)

    def __post_init__(self) -> None:
        self._tree = shapely.STRtree(self.boxes)

    def around(self, numbers: Numbers) -> Numbers:
        """Return the others that are near some of these."""
        found = self._tree.query(self.boxes[numbers], predicate="dwithin", distance=2 * NEAR * self.margin)[1]
        return np.setdiff1d(found, numbers)

    def groups(self, numbers: Numbers) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        """Return for each of these to which group it belongs; those of different groups are not near each other."""
        tree = shapely.STRtree(self.boxes[numbers])
        pairs = tree.query(self.boxes[numbers], predicate="dwithin", distance=2 * NEAR * self.margin)
        group = np.arange(len(numbers))
        while True:
            least = group.copy()
            np.minimum.at(least, pairs[0], group[pairs[1]])
            least = least[least]
            if (least == group).all():
                return group
            group = least


def redraw(ground: Ground, changed: Numbers, tolerance: float) -> dict[int, BaseGeometry | None]:
    """Return the outlines of what has to be drawn anew, None for what is not to be seen; all others stay.

    `changed` are those whose source is another one than they were drawn from, and those that are gone.
    """
    drawn: dict[int, BaseGeometry | None] = {}

    def current(numbers: Numbers) -> Shapes:
        found = ground.standing(numbers)
        for place, number in enumerate(numbers.tolist()):
            if number in drawn:
                found[place] = drawn[number]
        return found

    core = np.unique(changed)
    while len(core):
        around = ground.around(core)
        fresh = outlines.draw(ground.sources(np.concatenate([core, around])), tolerance)
        here, beside = fresh[: len(core)], fresh[len(core) :]
        unfit = _unfit((here, beside), (current(core), current(around)))
        members = np.concatenate([core, around[unfit]])
        group = ground.groups(members)
        again = np.isin(group, group[len(core) :])
        fits = ~again[: len(core)]
        drawn |= dict(zip(core[fits].tolist(), here[fits], strict=True))
        core = members[again]
    return drawn


def _unfit(fresh: tuple[Shapes, Shapes], standing: tuple[Shapes, Shapes]) -> np.ndarray:
    """Return which of those around cannot stay as they are; both pairs are the core and those around it."""
    (here, _), (_, kept) = fresh, standing
    unfit = np.zeros(len(kept), dtype=bool)
    if not len(kept):
        return unfit
    (core, _), (new, whose_new), (was, _), (old, whose_old) = _sides([*fresh, *standing])
    border, stood = np.intersect1d(core, new), np.intersect1d(was, old)
    wrong = np.setxor1d(border, stood)
    unfit[whose_new[np.isin(new, wrong)]] = True
    unfit[whose_old[np.isin(old, wrong)]] = True
    whole = np.concatenate([here, kept])
    there = np.flatnonzero(~shapely.is_missing(whole))
    if not unfit.any() and not shapely.coverage_is_valid(whole[there]):
        crossed = there[~shapely.is_empty(shapely.coverage_invalid_edges(whole[there]))] - len(here)
        unfit[crossed[crossed >= 0]] = True
        unfit |= not unfit.any()
    return unfit


def _sides(several: list[Shapes]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return for each of several drawings every side of its rings, equal numbers for equal sides, and whose it is."""
    found = [shapely.get_coordinates(shapes, return_index=True) for shapes in map(_rings, several)]
    xy = np.concatenate([xy for xy, _ in found])
    names = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)[1].ravel()
    sides, begin = [], 0
    for shapes, (places, ring) in zip(several, found, strict=True):
        name = names[begin : begin + len(places)]
        begin += len(places)
        inside = ring[:-1] == ring[1:]
        start, end = name[:-1][inside], name[1:][inside]
        number = np.minimum(start, end) * len(names) + np.maximum(start, end)
        sides.append((number, _whose(shapes)[ring[:-1][inside]]))
    return sides


def _rings(shapes: Shapes) -> Shapes:
    rings: Shapes = shapely.get_rings(shapely.get_parts(shapes))
    return rings


def _whose(shapes: Shapes) -> np.ndarray:
    """Return for each ring which shape it is of."""
    parts, shape = shapely.get_parts(shapes, return_index=True)
    return np.asarray(shape[shapely.get_rings(parts, return_index=True)[1]])
