"""Random small networks: one-ways, islands, loops, bends, double roads, and points on, beside and off them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from shapely import LineString, Point

from geo_app.roads import kept
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Mode, Road

CLASSES = ("residential", "primary", "footway", "motorway", "construction", "a word nobody knows")
STEP = 50.0


def places() -> st.SearchStrategy[tuple[float, float]]:
    """Return points on a coarse raster, so that many coincide or are equally far, and some anywhere."""
    coarse = st.integers(-1, 7).map(lambda i: i * STEP)
    anywhere = st.floats(-500, 1000, allow_nan=False, width=32)
    return st.one_of(st.tuples(coarse, coarse), st.tuples(coarse, coarse), st.tuples(anywhere, anywhere))


@st.composite
def roads(draw: st.DrawFn, most: int = 14) -> list[Road]:
    """Return roads between a few junctions."""
    coarse = st.integers(0, 6).map(lambda i: i * STEP)
    nodes = draw(st.lists(st.tuples(coarse, coarse), min_size=1, max_size=8))
    junction = st.integers(0, len(nodes) - 1)
    made = []
    for number in range(draw(st.integers(0, most))):
        start, end = draw(junction), draw(junction)
        bends = draw(st.lists(places(), max_size=2))
        made.append(
            Road(
                source_id=100 + number,
                from_node=10 * start,
                to_node=10 * end,
                road_class=draw(st.sampled_from(CLASSES)),
                name=draw(st.sampled_from(("", "纬一路"))),
                oneway=draw(st.sampled_from((0, 0, 1, -1))),
                geometry=LineString([nodes[start], *bends, nodes[end]]),
            )
        )
    return made


def points(most: int) -> st.SearchStrategy[list[Point]]:
    """Return up to `most` points, some of them at one spot."""
    return st.lists(places().map(Point), max_size=most)


def engine(made: list[Road], mode: Mode) -> NetworkEngine:
    """Return our engine over the roads."""
    return NetworkEngine(kept.build(networks.build(made))[mode])


def array(listed: list[Point]) -> np.ndarray:
    """Return points as rows."""
    return np.array([[point.x, point.y] for point in listed]).reshape(-1, 2)
