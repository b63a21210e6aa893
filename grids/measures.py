"""How large, how compact, in how many pieces and how fairly shared: the figures planners compare grids by.

Each formula names its source. All take and give arrays, in metres and square metres of the partition's own frame;
what has no meaning (the shape of nothing, a share of zero) is NaN or None and never a made-up number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Floats = np.ndarray[Any, np.dtype[np.float64]]
Polygons = np.ndarray[Any, np.dtype[np.object_]]


@dataclass(frozen=True, slots=True)
class Shapes:
    """The measures of some cells, each an array in the cells' order."""

    area: Floats
    """Square metres, holes taken off."""
    perimeter: Floats
    """Metres of all borders, those of holes too."""
    polsby_popper: Floats
    reock: Floats


def shapes(polygons: Polygons) -> Shapes:
    """Return area, perimeter and both measures of compactness of valid polygons."""
    area, perimeter = shapely.area(polygons), shapely.length(polygons)
    return Shapes(area, perimeter, polsby_popper(area, perimeter), reock(polygons))


def polsby_popper(area: Floats, perimeter: Floats) -> Floats:
    """Return 4 pi area / perimeter², 1 for a circle and 0 for a line; NaN without a border.

    D. D. Polsby and R. D. Popper, The Third Criterion, Yale Law & Policy Review 9 (1991), 301-353; the same ratio
    stands in E. P. Cox, Journal of Paleontology 1 (1927), 179-183. A wiggly border lowers it, so cells drawn along
    roads score lower than the same cells drawn coarsely.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(perimeter > 0, 4 * np.pi * area / np.square(perimeter), np.nan)


def reock(polygons: Polygons) -> Floats:
    """Return area / area of the smallest circle around each polygon, 1 for a circle; NaN for the empty.

    E. C. Reock, A Note: Measuring Compactness as a Requirement of Legislative Apportionment, Midwest Journal of
    Political Science 5 (1961), 70-74. How wiggly a border is does not count, how long a cell is does.
    """
    around = np.pi * np.square(shapely.minimum_bounding_radius(polygons))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(around > 0, shapely.area(polygons) / around, np.nan)


def union(polygons: Polygons) -> BaseGeometry:
    """Return the union of matching cells: one polygon, or several where it falls into pieces."""
    return shapely.coverage_union_all(polygons)


def parts(polygons: Polygons) -> int:
    """Return into how many pieces the union of matching cells falls, 1 when it is contiguous, 0 for none.

    Cells are together when they share a border (rook contiguity, as in P. A. P. Moran, Biometrika 37 (1950), 17-23);
    to touch in a point is not enough, because nobody walks through a point.
    """
    return pieces(union(polygons)) if len(polygons) else 0


def pieces(union: BaseGeometry) -> int:
    """Return of how many polygons a union of cells is made."""
    return int(shapely.get_num_geometries(union))


@dataclass(frozen=True, slots=True)
class Fairness:
    """How evenly something is shared; `largest_to_smallest` is None when somebody has none of it."""

    among: int
    mean: float
    smallest: float
    largest: float
    largest_to_smallest: float | None
    gini: float | None


NOBODY = Fairness(0, 0.0, 0.0, 0.0, None, None)


def fairness(shares: Sequence[float] | Floats) -> Fairness:
    """Return how evenly `shares` of zero or more are spread; a negative one, or no number, is a ValueError."""
    values = np.sort(np.asarray(shares, dtype=np.float64))
    if not len(values):
        return NOBODY
    if not np.isfinite(values).all() or values[0] < 0:
        raise ValueError("a share is a number of zero or more")
    smallest, largest = float(values[0]), float(values[-1])
    ratio = largest / smallest if smallest > 0 else None
    return Fairness(len(values), float(values.mean()), smallest, largest, ratio, _gini(values))


def gini(shares: Sequence[float] | Floats) -> float | None:
    """Return the Gini coefficient: 0 when all have the same, (n - 1) / n when one of n has all.

    C. Gini, Variabilità e mutabilità (1912): half the mean difference of any two shares over their mean. Computed
    from shares in order as sum((2 i - n - 1) x_i) / (n sum(x_i)), A. Sen, On Economic Inequality (1973), 30-31.
    None when there is nothing to share.
    """
    return fairness(shares).gini


def _gini(ordered: Floats) -> float | None:
    total = float(ordered.sum())
    if total <= 0:
        return None
    count = len(ordered)
    ranks = 2.0 * np.arange(1, count + 1) - count - 1
    return max(float((ranks * ordered).sum()) / (count * total), 0.0)
