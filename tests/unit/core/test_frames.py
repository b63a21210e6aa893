"""A layer in the wrong frame is doubted, one in the right frame is not, few points prove nothing."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo_app.core import coords, frames

SIDE = 0.01
"""Degrees, about a kilometre: the size of a town."""


def towns(count: int) -> tuple[list[shapely.Polygon], np.ndarray, np.ndarray]:
    """Return squares around Beijing, points strewn in them (WGS 84), and the square of each point."""
    rng = np.random.default_rng(7)
    corners = np.column_stack([116.3 + SIDE * (np.arange(count) % 10), 40 + SIDE * (np.arange(count) // 10)])
    shapes = [shapely.box(x, y, x + SIDE, y + SIDE) for x, y in corners]
    owner = np.repeat(np.arange(count), 5)
    return shapes, corners[owner] + rng.uniform(0, SIDE, (len(owner), 2)), owner


@pytest.mark.parametrize("real", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("stated", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_the_right_frame_is_found(real: str, stated: str) -> None:
    shapes, points, owner = towns(100)
    warning = frames.doubt(coords.from_wgs84(points, real), stated, shapes, owner)
    if real == stated.replace("cgcs2000", "wgs84"):
        assert warning is None
    else:
        assert warning is not None
        assert warning.likely == real
        assert warning.rates[real] == 1.0
        assert 300 < warning.shift < 1500
        assert real in str(warning)


def test_few_points_prove_nothing() -> None:
    shapes, points, owner = towns(1)
    assert frames.doubt(coords.from_wgs84(points, "gcj02"), "wgs84", shapes, owner) is None


def test_points_that_miss_in_every_direction_are_no_wrong_frame() -> None:
    shapes, points, owner = towns(100)
    strewn = points + np.random.default_rng(8).normal(0, 0.005, points.shape)
    assert frames.doubt(strewn, "wgs84", shapes, owner) is None


def test_without_names_any_polygon_counts_and_unnamed_points_do_not() -> None:
    shapes, points, owner = towns(100)
    sparse, kept = shapes[::2], np.where(owner % 2 == 0, owner // 2, -1)
    shifted = coords.from_wgs84(points, "gcj02")
    assert frames.doubt(shifted[kept >= 0], "wgs84", sparse) is not None
    warning = frames.doubt(shifted, "wgs84", sparse, kept)
    assert warning is not None
    assert warning.rates["gcj02"] == 1.0


def test_a_projected_layer_and_an_empty_one_are_not_doubted() -> None:
    shapes, points, owner = towns(20)
    assert frames.doubt(coords.convert(points, 4326, 4548), "epsg:4548", shapes, owner) is None
    assert frames.doubt(np.empty((0, 2)), "wgs84", shapes, np.empty(0, dtype=int)) is None
