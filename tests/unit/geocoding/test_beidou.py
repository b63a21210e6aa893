"""北斗网格位置码: the published code, its sizes, what is refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from geo_app.core.errors import BadInput
from geo_app.geocoding import beidou

PUBLISHED = "N50J47539B8255346152"


def test_the_published_code_comes_out_and_goes_back() -> None:
    assert beidou.encode("116.31260278", "39.99316111") == PUBLISHED
    box = beidou.decode(PUBLISHED)
    assert box.west <= Fraction("116.31260278") < box.west + box.width
    assert box.south <= Fraction("39.99316111") < box.south + box.height


def test_every_level_is_the_beginning_of_the_next() -> None:
    codes = [beidou.encode("116.31260278", "39.99316111", level) for level in range(1, 11)]
    assert [len(code) for code in codes] == list(beidou.LENGTHS)
    assert all(later.startswith(code) for code, later in pairwise(codes))


@pytest.mark.parametrize(
    ("level", "width", "height"),
    [
        (1, "6", "4"), (2, "1/2", "1/2"), (3, "1/4", "1/6"), (4, "1/60", "1/60"), (5, "1/900", "1/900"),
        (6, "1/1800", "1/1800"), (7, "1/14400", "1/14400"), (10, "1/7372800", "1/7372800"),
    ],
)  # fmt: skip
def test_the_fields_have_the_sizes_of_the_standard(level: int, width: str, height: str) -> None:
    box = beidou.decode(beidou.encode(116, 40, level))
    assert (box.width, box.height) == (Fraction(width), Fraction(height))


@pytest.mark.parametrize(
    "code", ["", "N50", "X50J", "N50Z", "N61A", "N00A", "N50JC0", "N50J476", "N50J4G", PUBLISHED + "0"]
)
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(BadInput):
        beidou.decode(code)


@pytest.mark.parametrize("point", [(0, 88), (0, -88), (180, 0), (-181, 0)])
def test_points_off_the_map_are_refused(point: tuple[int, int]) -> None:
    with pytest.raises(BadInput):
        beidou.encode(*point)
