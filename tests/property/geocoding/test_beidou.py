"""A code's field holds the point it was made from, at every level, in every quarter of the earth."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from geo_app.geocoding import beidou

longitudes = st.fractions(-180, 180).filter(lambda x: x < 180)
latitudes = st.fractions(-88, 88).filter(lambda y: abs(y) < 88)


@given(longitudes, latitudes, st.integers(1, 10))
def test_the_field_of_a_code_holds_its_point(x: Fraction, y: Fraction, level: int) -> None:
    code = beidou.encode(x, y, level)
    box = beidou.decode(code)
    assert box.level == level
    assert box.west <= x <= box.west + box.width
    assert box.south <= y <= box.south + box.height


@given(longitudes, latitudes, st.integers(1, 10))
def test_the_middle_of_a_field_has_its_code(x: Fraction, y: Fraction, level: int) -> None:
    code = beidou.encode(x, y, level)
    box = beidou.decode(code)
    assert beidou.encode(box.west + box.width / 2, box.south + box.height / 2, level) == code
