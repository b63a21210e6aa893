"""What is covered within a time, against networkx on random networks: road by road, and the area along them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon
from shapely.ops import substring

from geo_app.roads import isochrone, kept, overrides
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.isochrone import Covered
from geo_app.roads.model import Mode, Restriction, Road
from geo_app.roads.search import Memory
from tests.property.roads import line_graph, oracle
from tests.property.roads.networks import places, restricted
from tests.property.roads.oracle import Snap

SHARES = (0.0, 0.13, 0.5, 0.71, 1.0)
"""Where on a road it is asked whether one gets there."""
modes = st.sampled_from(list(Mode))


def covers(covered: Covered, road: int, offset: float) -> bool:
    begin, end = covered.own if covered.edge == road else (np.inf, -np.inf)
    return bool(
        offset <= covered.spans.heads[road] or offset >= covered.spans.tails[road] or begin <= offset <= end
    )


def lines(covered: Covered, roads: list[Road]) -> Iterator[LineString]:
    """Yield what is covered, cut out by shapely."""
    yield LineString(covered.foot)
    for number, road in enumerate(roads):
        head, tail = covered.spans.heads[number], covered.spans.tails[number]
        if head > 0:
            yield substring(road.geometry, 0, head)
        if tail < np.inf:
            yield substring(road.geometry, tail, road.geometry.length)
    if covered.own[0] <= covered.own[1]:
        yield substring(roads[covered.edge].geometry, *covered.own)


def times(
    found: line_graph.Lines, place: Snap | None, asked: dict[str, Snap], *, is_inward: bool
) -> dict[str, int]:
    """Return the microseconds between the place and each that is asked about, by networkx."""
    if is_inward:
        return line_graph.times(found.graph(asked, {"place": place}).reverse(), "place")
    return line_graph.times(found.graph({"place": place}, asked), "place")


@given(restricted(), modes, places().map(Point), st.floats(0, 120), st.booleans(), st.data())
def test_what_is_covered_is_what_a_graph_of_every_turn_reaches_in_time(
    given_roads: tuple[list[Road], list[Restriction]], mode: Mode, place: Point, seconds: float, is_inward: bool,
    data: st.DataObject,
) -> None:  # fmt: skip
    roads, restrictions = given_roads
    shares = np.array([data.draw(st.sampled_from((1.0, 1.0, 1.0, 0.0, 0.5))) for _ in roads])
    network = networks.build(roads)
    ground = kept.build(network, restrictions)[mode]
    ground = replace(ground, graph=overrides.apply(ground.graph, shares))
    found = line_graph.Lines(
        roads, restrictions, mode, frozenset(np.flatnonzero(shares == 0.0).tolist()),
        {road: 1 / share for road, share in enumerate(shares) if 0.0 < share < 1.0},
    )  # fmt: skip
    snap = oracle.snap(roads, mode, place, found.usable())
    at, memory = np.array([place.x, place.y]), Memory(ground.graph.inward)
    covered = isochrone.cover(ground, memory, at, seconds, is_inward=is_inward)
    made = NetworkEngine(ground, memory).isochrone(place, seconds, is_inward=is_inward)
    assert (covered is None) == (snap is None) == made.area.is_empty
    if covered is None:
        return
    asked = {
        f"{road} {share}": Snap(road, share * roads[road].geometry.length, 0.0)
        for road in found.usable() for share in SHARES
    }  # fmt: skip
    reached = times(found, snap, asked, is_inward=is_inward)
    near = shapely.union_all(list(lines(covered, roads)))
    assert isinstance(made.area, Polygon)
    assert made.area.is_valid
    assert made.area.covers(Point(covered.foot[0]))
    for name, one in asked.items():
        rest = seconds * 1e6 - reached.get(name, np.inf)
        if abs(rest) <= oracle.TOLERANCE:
            continue
        spot = roads[one.road].geometry.interpolate(one.offset)
        if 0.0 < one.offset < roads[one.road].geometry.length:
            assert covers(covered, one.road, one.offset) == (rest > 0), (name, rest)
        if rest > 0:
            assert made.area.covers(spot), name
        elif near.distance(spot) > 3 * made.grain:
            assert not made.area.covers(spot), name
