"""Find the cell of points given in degrees, without converting each of them exactly.

Over a city the way from lon/lat to its metric frame is so smooth that a polynomial follows it to a fifth of a
millimetre. What it says is enough for a point that lies further from every border than that and the rounding to
whole millimetres; only the few others are converted exactly. So the answers are those of exact conversion.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.polynomial import chebyshev

from grids.compiled import compiled, frozen
from grids.covering import covers_or_is_near
from grids.finding import TOGETHER, descend, example_index, new_batch
from grids.pixels import Floats, Index, Indices

Convert = Callable[[Floats], Floats]
"""From (n, 2) lon/lat degrees to x, y metres, or back."""
ERROR = 0.2
"""Millimetres by which the polynomial may be wrong."""
NEAR = 1.5
"""Millimetres from a border within which a point is converted exactly: rounding moves it by 0.71, the polynomial
by ERROR."""
UNSURE = -2
"""What `find_lonlat` says of a point near a border."""
DEGREES = (4, 6, 8, 11)
CHECKS = 23
"""Lines of check points a polynomial is compared on, each way."""
BORDER = 64
"""Points on each side of the frame by which its lon/lat box is found."""


class Polynomial(NamedTuple):
    """East and north in millimetres of an index: `east[i, j]` is the factor of u^i v^j, and so `north`.

    u and v run from -1 to 1 over the box around `lon`, `lat`, `width` and `height` degrees to each side.
    """

    east: Floats
    north: Floats
    lon: float
    lat: float
    width: float
    height: float


def example() -> tuple[object, ...]:
    """Return tiny arguments for `find_lonlat`."""
    plain = Polynomial(np.ones((2, 2)), np.ones((2, 2)), 0.0, 0.0, 1.0, 1.0)
    return example_index(), *frozen((plain, np.zeros((1, 2))))


def fit(index: Index, to_metric: Convert, to_lonlat: Convert) -> Polynomial:
    """Return the polynomial over the whole index; ValueError when the frame is not smooth there."""
    side = np.linspace(0.0, 1.0, BORDER)
    around = np.concatenate([
        np.column_stack(both)
        for end in (0.0, 1.0) for both in ((side, np.full(BORDER, end)), (np.full(BORDER, end), side))
    ])  # fmt: skip
    size = np.array([index.columns << index.shift, index.rows << index.shift])
    corner = np.array([index.x, index.y])
    lonlat = to_lonlat((around * size + corner) / 1000.0)
    lonlat[:, 0] = lonlat[0, 0] + _turned(lonlat[:, 0] - lonlat[0, 0])
    low, high = lonlat.min(axis=0), lonlat.max(axis=0)
    (lon, lat), (width, height) = ((low + high) / 2).tolist(), ((high - low) * 0.51).tolist()

    def exact(u: Floats, v: Floats) -> Floats:
        degrees = np.column_stack([_turned(lon + width * u), lat + height * v])
        found: Floats = np.asarray(to_metric(degrees)) * 1000.0 - corner
        return found

    checks = np.linspace(-1.0, 1.0, CHECKS)
    u, v = (axis.ravel() for axis in np.meshgrid(checks, checks))
    right = exact(u, v)
    for degree in DEGREES:
        nodes = chebyshev.chebpts1(degree + 1)
        at = exact(*(axis.ravel() for axis in np.meshgrid(nodes, nodes, indexing="ij")))
        east, north = (_factors(values.reshape(degree + 1, -1), nodes) for values in at.T)
        found = np.column_stack([np.polynomial.polynomial.polyval2d(u, v, one) for one in (east, north)])
        if np.abs(found - right).max() < ERROR / 2:
            return Polynomial(east, north, lon, lat, width, height)
    raise ValueError("no polynomial follows this frame: it is not smooth over the cells")


def _turned(degrees: Floats) -> Floats:
    """Return degrees between -180 and 180."""
    return np.asarray((degrees + 180.0) % 360.0 - 180.0)


def _factors(values: Floats, nodes: Floats) -> Floats:
    """Return the factors of the polynomial that has `values` on a square of Chebyshev `nodes`."""
    inverse = np.linalg.inv(chebyshev.chebvander(nodes, len(nodes) - 1))
    to_powers = np.zeros_like(inverse)
    for i in range(len(nodes)):
        powers = chebyshev.cheb2poly(np.eye(len(nodes))[i])
        to_powers[: len(powers), i] = powers
    one_way = to_powers @ inverse
    return np.ascontiguousarray(one_way @ values @ one_way.T)


@compiled
def find_lonlat(index: Index, polynomial: Polynomial, points: Floats) -> Indices:
    """Return for each lon, lat the first cell that covers it, OUTSIDE, or UNSURE near a border."""
    found = np.empty(points.shape[0], dtype=np.int32)
    batch, leaves = new_batch(), index.leaves
    for begin in range(0, found.size, TOGETHER):
        entries = found[begin : begin + TOGETHER]
        for i in range(entries.size):
            turn = points[begin + i, 0] - polynomial.lon
            turn -= 360.0 * np.rint(turn / 360.0)
            u, v = turn / polynomial.width, (points[begin + i, 1] - polynomial.lat) / polynomial.height
            is_inside = -1.0 <= u <= 1.0 and -1.0 <= v <= 1.0
            batch.east[i] = _value(polynomial.east, u, v) if is_inside else np.nan
            batch.north[i] = _value(polynomial.north, u, v)
        for j in range(descend(index, entries, batch)):
            i = batch.borders[j]
            word, at = (-2 - entries[i]) >> 1, (batch.east[i], batch.north[i])
            cell, is_near = covers_or_is_near(leaves, word, batch.heads[j], batch.left[j], at, NEAR)
            entries[i] = UNSURE if is_near else cell
    return found


@compiled
def _value(factors: Floats, u: float, v: float) -> float:
    total = 0.0
    for i in range(factors.shape[0] - 1, -1, -1):
        inner = 0.0
        for j in range(factors.shape[1] - 1, -1, -1):
            inner = inner * v + factors[i, j]
        total = total * u + inner
    return total
