"""Random small networks: one-ways, islands, loops, bends, double roads, and points on, beside and off them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from shapely import LineString, Point

from geo_app.roads import kept
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import OPEN, Access, Mode, Restriction, Road

CLASSES = ("residential", "primary", "footway", "motorway", "construction", "a word nobody knows")
STEP = 50.0
ACCESS = (
    OPEN, OPEN, OPEN, OPEN, Access(barred=frozenset({Mode.CAR})), Access(private=frozenset(Mode)),
    Access(both_ways=frozenset({Mode.EBIKE})),
)  # fmt: skip


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


@st.composite
def restricted(draw: st.DrawFn) -> tuple[list[Road], list[Restriction]]:
    """Return roads of any access and limit, most of them driven, with restrictions that follow ways through them."""
    made = [
        replace(
            road,
            road_class=draw(st.sampled_from(("residential", "residential", "primary", "footway"))),
            oneway=draw(st.sampled_from((0, 0, 0, 0, 1, -1))),
            maxspeed=draw(st.sampled_from((None, None, None, 9.0, 120.0))),
            access=draw(st.sampled_from(ACCESS)),
        )
        for road in draw(roads(most=16))
    ]
    tips = [tip for road in made for tip in ((road.from_node, road.to_node), (road.to_node, road.from_node))]
    found = []
    for number in range(draw(st.integers(0, 8)) if made else 0):
        way = [draw(st.integers(0, len(tips) - 1))]
        for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
            goes = [travel for travel, (tail, _) in enumerate(tips) if tail == tips[way[-1]][1]]
            way.append(draw(st.sampled_from(goes)))
        modes = draw(st.sampled_from((frozenset(Mode), frozenset({Mode.CAR, Mode.EMERGENCY}))))
        found.append(Restriction(500 + number, draw(st.booleans()), tuple(way), modes))
    return made, found


def points(most: int) -> st.SearchStrategy[list[Point]]:
    """Return up to `most` points, some of them at one spot."""
    return st.lists(places().map(Point), max_size=most)


def engine(made: list[Road], mode: Mode, restrictions: Sequence[Restriction] = ()) -> NetworkEngine:
    """Return our engine over the roads."""
    network = networks.build(made)
    networks.check(network, restrictions)
    return NetworkEngine(kept.build(network, restrictions)[mode])


def array(listed: list[Point]) -> np.ndarray:
    """Return points as rows."""
    return np.array([[point.x, point.y] for point in listed]).reshape(-1, 2)
