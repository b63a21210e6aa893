"""There and back is less than a millimetre, in every frame, anywhere in China."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo_app.core import coords

MILLIMETRE = 1e-3
places = st.lists(st.tuples(st.floats(73.0, 137.0), st.floats(3.0, 54.0)), min_size=1, max_size=20)


@given(places, st.sampled_from(["wgs84", "cgcs2000", "gcj02", "bd09", "epsg:4490", "epsg:3857"]))
def test_back_and_forth_stays_within_a_millimetre(points: list[tuple[float, float]], frame: str) -> None:
    start = np.array(points)
    back = coords.to_wgs84(coords.from_wgs84(start, frame), frame)
    _, _, metres = Geod(ellps="WGS84").inv(*start.T, *back.T)
    assert np.max(metres) < MILLIMETRE


@given(places)
def test_one_point_or_many_give_the_same_coordinates(points: list[tuple[float, float]]) -> None:
    start = np.array(points)
    together = coords.to_wgs84(start, "gcj02")
    alone = np.vstack([coords.to_wgs84(point[None], "gcj02") for point in start])
    assert np.abs(together - alone).max() < 1e-12
