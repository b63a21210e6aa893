"""Frames of inputs: published vectors, what is refused and with which words."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geo_app.core import coords, datum
from geo_app.core.errors import BadInput

DEGREES = 1e-6
Convert = Callable[[np.ndarray], np.ndarray]
EXACT: dict[str, Convert] = {
    "wgs84->gcj02": lambda xy: coords.from_wgs84(xy, "gcj02"),
    "wgs84->bd09": lambda xy: coords.from_wgs84(xy, "bd09"),
    "gcj02->bd09": datum.gcj02_to_bd09,
    "bd09->gcj02": datum.bd09_to_gcj02,
}
# Two published values are those of programs that take one step back and stop: 0.5 m from the exact place.
ONE_STEP: dict[str, Convert] = {
    "gcj02->wgs84 approx": lambda xy: datum.gcj02_to_wgs84(xy, 1),
    "bd09->wgs84": lambda xy: datum.gcj02_to_wgs84(datum.bd09_to_gcj02(xy, 0), 1),
}


@pytest.mark.skipif("GEO_DATA" not in os.environ, reason="GEO_DATA does not name the real data")
def test_the_published_vectors_come_out() -> None:
    vectors = json.loads((Path(os.environ["GEO_DATA"]) / "datum" / "gcj_bd_vectors.json").read_text())
    assert len(vectors["vectors"]) == 11
    for vector in vectors["vectors"]:
        found = (EXACT | ONE_STEP)[vector["op"]](np.array([vector["in"]]))
        assert np.abs(found - vector["out"]).max() <= DEGREES, vector


@pytest.mark.parametrize("name", ["wgs84", "WGS84", "WGS-84", " cgcs2000 ", "gcj02", "GCJ-02", "bd09"])
def test_a_frame_is_known_in_any_spelling(name: str) -> None:
    assert coords.parse(name).name == name.strip().lower().replace("-", "")


@pytest.mark.parametrize("name", ["", "mars", "epsg", "epsg:", "epsg:four", "epsg:1", "epsg:5714", "4326"])
def test_an_unknown_frame_names_the_known_ones(name: str) -> None:
    with pytest.raises(BadInput) as caught:
        coords.to_wgs84(np.array([[116.0, 40.0]]), name)
    assert caught.value.field == "frame"


@pytest.mark.parametrize(
    ("frame", "point", "rule"),
    [
        ("wgs84", (float("nan"), 40.0), "finite"),
        ("gcj02", (116.0, float("inf")), "finite"),
        ("wgs84", (39.9, 116.4), "swapped"),
        ("gcj02", (39.9, 116.4), "swapped"),
        ("bd09", (40.0, 75.0), "swapped"),
        ("wgs84", (200.0, 40.0), "range"),
        ("wgs84", (116.0, -91.0), "range"),
        ("epsg:4548", (4_400_000.0, 450_000.0), "swapped"),
        ("epsg:4548", (116.4, 39.9), "range"),
        ("epsg:32618", (4_500_000.0, 585_000.0), "swapped"),
        ("epsg:4326", (39.9, 116.4), "swapped"),
    ],
)
def test_what_cannot_be_a_point_is_refused_with_its_place(
    frame: str, point: tuple[float, float], rule: str
) -> None:
    good = {"epsg:4548": (450_000.0, 4_400_000.0), "epsg:32618": (585_000.0, 4_500_000.0)}
    layer = np.array([good.get(frame, (116.4, 39.9)), point])
    with pytest.raises(BadInput) as caught:
        coords.to_wgs84(layer, frame)
    assert caught.value.field == "coordinates[1]"
    assert rule in caught.value.rule


def test_swapped_axes_are_noticed_where_both_orders_are_possible() -> None:
    manhattan = (-74.05, 40.68, -73.9, 40.88)
    swapped = np.array([[40.75, -73.98], [40.8, -73.95]])
    assert np.allclose(coords.to_wgs84(swapped, "wgs84"), swapped)
    with pytest.raises(BadInput, match="swapped"):
        coords.to_wgs84(swapped, "wgs84", near=manhattan)
    assert np.allclose(coords.to_wgs84(swapped[:, ::-1], "wgs84", near=manhattan), swapped[:, ::-1])


def test_outside_china_the_shifted_frames_are_wgs84() -> None:
    manhattan = np.array([[-73.98, 40.75], [2.35, 48.85]])
    for frame in ("gcj02", "bd09"):
        assert np.array_equal(coords.from_wgs84(manhattan, frame), manhattan)
        assert np.array_equal(coords.to_wgs84(manhattan, frame), manhattan)


def test_a_layer_without_points_stays_empty() -> None:
    for frame in ("wgs84", "gcj02", "bd09", "epsg:4548"):
        assert coords.to_wgs84(np.empty((0, 2)), frame, near=(0, 0, 1, 1)).shape == (0, 2)
