"""On which side of a line a point lies, against fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from grids.side import side

# Called as Python: the arithmetic is the same, and nothing has to be compiled for it.
SIDE = side.py_func  # type: ignore[attr-defined]
metres = st.integers(-10_000_000_000, 10_000_000_000).map(lambda whole: whole / 1000)
steps = st.integers(-3, 3)
anything = st.floats(-1e8, 1e8)
Pair = tuple[float, float]


def exactly(a: Pair, b: Pair, p: Pair) -> int:
    ax, ay, bx, by, px, py = map(Fraction, (*a, *b, *p))
    found = (bx - ax) * (py - ay) - (px - ax) * (by - ay)
    return (found > 0) - (found < 0)


def stepped(value: float, steps: int) -> float:
    for _ in range(abs(steps)):
        value = float(np.nextafter(value, np.inf if steps > 0 else -np.inf))
    return value


@given(st.tuples(metres, metres), st.tuples(metres, metres), st.floats(0, 1), steps, steps)
@example((0.0, 0.0), (1000.0, 1000.0), 0.5, 0, 0)
@example((449999.999, 4390000.001), (450123.456, 4390777.777), 1.0, 1, 0)
def test_a_point_next_to_an_edge_lies_on_its_side(
    a: Pair, b: Pair, share: float, east: int, north: int
) -> None:
    if a == b:
        return
    p = (stepped(a[0] + share * (b[0] - a[0]), east), stepped(a[1] + share * (b[1] - a[1]), north))
    assert SIDE(*a, *b, *p) == exactly(a, b, p)


@given(st.tuples(metres, metres), st.tuples(metres, metres), st.tuples(anything, anything))
@example((0.0, 0.0), (0.0, 0.001), (5e-324, 0.0))
@example((0.0, 0.0), (0.001, 0.001), (5e-324, 5e-324))
@example((0.0, 0.0), (0.001, 0.001), (1e-323, 5e-324))
def test_any_point_lies_on_its_side(a: Pair, b: Pair, p: Pair) -> None:
    if a != b:
        assert SIDE(*a, *b, *p) == exactly(a, b, p)
