"""An archive numbers tiles along a Hilbert curve, keeps equal ones once, and has leaves when it is large."""

from __future__ import annotations

import io
import struct
from itertools import pairwise

import numpy as np
import pytest

from geo_app.maps import archive
from geo_app.maps.archive import Archive, Box


def test_numbers_go_through_each_zoom_without_a_jump() -> None:
    """Neighbours in number are neighbours on the map; the first ones are those of the specification."""
    assert [archive.number(*place) for place in [(0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0), (2, 0, 0)]] == [
        0, 1, 2, 3, 4, 5,
    ]  # fmt: skip
    assert archive.number(12, 3423, 1763) == 19_078_479
    for z in range(1, 7):
        places = {archive.number(z, x, y): (x, y) for x in range(1 << z) for y in range(1 << z)}
        first = min(places)
        assert sorted(places) == list(range(first, first + 4**z))
        ordered = [places[number] for number in sorted(places)]
        steps = {abs(x1 - x0) + abs(y1 - y0) for (x0, y0), (x1, y1) in pairwise(ordered)}
        assert steps == {1}


def test_equal_tiles_are_kept_once_and_order_is_kept() -> None:
    body = io.BytesIO()
    made = Archive(body)
    for number, tile in [(3, b"a"), (4, b"a"), (5, b"b"), (9, b"a")]:
        made.add(number, tile)
    with pytest.raises(ValueError, match="order"):
        made.add(9, b"c")
    file = io.BytesIO()
    made.write(file, Box(-1.5, 2, 3, 4, 0, 2), {"name": "x"})
    assert struct.unpack("<3Q", file.getvalue()[72:96]) == (4, 3, 2)
    assert struct.unpack("<4i", file.getvalue()[102:118]) == (-15_000_000, 20_000_000, 30_000_000, 40_000_000)
    assert len(file.getvalue()) == archive.HEADER + sum(struct.unpack("<8Q", file.getvalue()[8:72])[1::2])


def test_a_large_archive_has_leaves_and_a_small_root() -> None:
    chance = np.random.default_rng(5)
    made = Archive(io.BytesIO())
    for number in np.cumsum(chance.integers(1, 5000, 12_000)).tolist():
        made.add(number, chance.bytes(int(chance.integers(1, 200))))
    file = io.BytesIO()
    made.write(file, Box(0, 0, 1, 1, 0, 9), {})
    _, root, *_, leaves, _, _ = struct.unpack("<8Q", file.getvalue()[8:72])
    assert root <= archive.ROOT_BYTES < leaves
