"""Snapping against trying every segment."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from geo_app.core import kernels
from geo_app.roads import kept
from geo_app.roads import network as networks_module
from geo_app.roads import snap as snapping
from geo_app.roads.model import Mode, Road
from tests.property.roads import networks, oracle


@given(networks.roads(30), st.sampled_from(list(Mode)), networks.points(10))
def test_a_point_snaps_to_the_place_found_by_trying_every_segment(
    roads: list[Road], mode: Mode, points: list[Point]
) -> None:
    ground = kept.build(networks_module.build(roads))[mode]
    rows = kernels.frozen(networks.array(points))
    snaps = snapping.Snaps(*snapping.snap(rows, ground.grid, ground.network.shape, ground.graph.ways))
    for row, point in enumerate(points):
        expected = oracle.snap(roads, mode, point)
        if expected is None:
            assert snaps.edges[row] == -1
            continue
        assert snaps.edges[row] == expected.road
        assert math.isclose(snaps.aways[row], expected.away, abs_tol=1e-9)
        assert math.isclose(snaps.offsets[row], expected.offset, abs_tol=1e-6)
        assert math.isclose(np.hypot(*(snaps.places[row] - rows[row])), expected.away, abs_tol=1e-9)
