"""On which side of a line a point lies, without error: a float filter, and exact sums where it cannot tell.

The filter and the sums are those of Shewchuk, "Adaptive precision floating-point arithmetic and fast robust
geometric predicates" (1997): a sum of products of differences is a list of doubles that do not overlap, and its
sign is the sign of the largest.
"""

from __future__ import annotations

import numpy as np

from grids.compiled import compiled

FILTER = 3.3306690738754716e-16
"""Share of its two products by which rounding can have moved a determinant: (3 + 16 e) e, with e = 2^-53."""
LEAST = 1e-290
"""A determinant below may have lost bits to underflow."""
SCALE = 2.0**300
"""Lifts the smallest doubles off the end of their range and keeps the products of city coordinates within it."""
SPLITTER = 134217729.0
"""2^27 + 1 cuts a double into two halves whose products are exact."""
TERMS = 16


@compiled
def side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Return 1 when p lies left of the line from a to b, -1 when right, 0 when exactly on it."""
    left = (bx - ax) * (py - ay)
    right = (px - ax) * (by - ay)
    determinant = left - right
    bound = FILTER * (abs(left) + abs(right)) + LEAST
    if determinant > bound:
        return 1
    if determinant < -bound:
        return -1
    return _exactly(ax * SCALE, ay * SCALE, bx * SCALE, by * SCALE, px * SCALE, py * SCALE)


@compiled
def _exactly(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    total = np.zeros(TERMS + 1)
    size = _add_product(total, 0, _difference(bx, ax), _difference(py, ay), 1.0)
    size = _add_product(total, size, _difference(px, ax), _difference(by, ay), -1.0)
    for i in range(size - 1, -1, -1):
        if total[i] != 0.0:
            return 1 if total[i] > 0.0 else -1
    return 0


@compiled
def _difference(a: float, b: float) -> tuple[float, float]:
    """Return a - b as a rounded double and what rounding left out."""
    rounded = a - b
    lost = a - rounded
    kept = rounded + lost
    return rounded, (a - kept) + (lost - b)


@compiled
def _add_product(
    total: np.ndarray, size: int, one: tuple[float, float], other: tuple[float, float], sign: float
) -> int:
    """Add sign * one * other to the `size` doubles of `total`; return their new number."""
    for a in one:
        for b in other:
            product, rest = _product(a, b)
            size = _add(total, size, sign * rest)
            size = _add(total, size, sign * product)
    return size


@compiled
def _product(a: float, b: float) -> tuple[float, float]:
    """Return a * b as a rounded double and what rounding left out."""
    rounded = a * b
    big = SPLITTER * a
    a_high = big - (big - a)
    a_low = a - a_high
    big = SPLITTER * b
    b_high = big - (big - b)
    b_low = b - b_high
    return rounded, a_low * b_low - (rounded - a_high * b_high - a_low * b_high - a_high * b_low)


@compiled
def _add(total: np.ndarray, size: int, term: float) -> int:
    """Add one double to a list of doubles that do not overlap, the smallest first."""
    for i in range(size):
        rounded = total[i] + term
        kept = rounded - total[i]
        total[i] = (total[i] - (rounded - kept)) + (term - kept)
        term = rounded
    total[size] = term
    return size + 1
