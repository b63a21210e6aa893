"""What a kit's files say of roads comes through whole: forbidden turns, limits, who may travel them."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo_app.cities.model import CityData
from geo_app.roads.model import OPEN, Access, Mode, Restriction
from geo_app.roads.relations import VEHICLES
from tests import kits

EDGES = """
[[layers]]
kind = "roads"
name = "edges"
file = "edges.csv"
frame = "wgs84"
directed = {directed}

[layers.columns]
id = "id"
from_node = "a"
to_node = "b"
maxspeed = "v"
barred = "no"
private = "own"
both_ways = "both"
x1 = "x1"
y1 = "y1"
x2 = "x2"
y2 = "y2"
"""
NO_LEFT = Restriction(90, is_only=False, travels=(0, 4), modes=VEHICLES)


def edges(folder: Path, *lines: str, directed: bool = False) -> Path:
    """Write a kit with edges given as id,a,b,maxspeed,barred,private,both ways, all on the same ground."""
    kits.write(folder, more=EDGES.format(directed=str(directed).lower()))
    (x1, y1), (x2, y2) = kits.lonlat([(10, 50), (190, 50)])
    rows = ["id,a,b,v,no,own,both,x1,y1,x2,y2"]
    for line in lines:
        back = line.split(",")[1] > line.split(",")[2]
        rows.append(f"{line},{x2},{y2},{x1},{y1}" if back else f"{line},{x1},{y1},{x2},{y2}")
    (folder / "edges.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def loaded(folder: Path) -> CityData:
    report = kits.examine(folder)
    assert report.data is not None, [item.line() for item in report.findings.items]
    return report.data


def test_restrictions_limits_and_access_of_streets_come_with_them(tmp_path: Path) -> None:
    report = kits.examine(kits.streets(tmp_path))
    assert report.data is not None
    assert [(road.source_id, road.maxspeed) for road in report.data.roads] == [
        (10, 40),
        (11, None),
        (12, None),
    ]
    assert report.data.roads[1].access == Access(private=frozenset(Mode))
    assert report.data.roads[2].access == Access(barred=frozenset({Mode.WALK}))
    assert report.data.restrictions == (NO_LEFT,)


def test_what_cannot_be_followed_is_noted_with_its_element(tmp_path: Path) -> None:
    report = kits.examine(kits.streets(tmp_path))
    noted = [(item.rule, item.subject) for item in report.findings.items if item.layer == "streets"]
    assert noted == [("restriction_missing", "r91")]
    assert [item.features for item in report.data.layers if item.layer == "streets"] == [3]  # type: ignore[union-attr]


def test_streets_in_another_frame_are_refused(tmp_path: Path) -> None:
    assert kits.found(kits.examine(kits.streets(tmp_path, frame="gcj02")), "refused") == [
        ("streets", "frame")
    ]


def test_restrictions_speak_of_their_own_layers_roads_when_others_stand_before_them(tmp_path: Path) -> None:
    edges(tmp_path, "1,5,6,,,,")
    data = loaded(kits.streets(tmp_path, before=EDGES.format(directed="false")))
    assert [road.source_id for road in data.roads] == [1, 10, 11, 12]
    (moved,) = data.restrictions
    assert [data.roads[travel >> 1].source_id for travel in moved.travels] == [10, 12]
    assert all(travel % 2 == 0 for travel in moved.travels)


def test_edges_of_a_table_bring_limits_and_access(tmp_path: Path) -> None:
    first, second = loaded(edges(tmp_path, "1,5,6,30,walk;car,ebike,ebike", "2,5,6,,,,")).roads
    access = Access(frozenset({Mode.WALK, Mode.CAR}), frozenset({Mode.EBIKE}), frozenset({Mode.EBIKE}))
    assert (first.maxspeed, first.access) == (30, access)
    assert (second.maxspeed, second.access) == (None, OPEN)


def test_an_edge_and_its_reverse_with_other_limits_stay_two_roads(tmp_path: Path) -> None:
    one = loaded(edges(tmp_path / "a", "1,5,6,30,,,", "2,6,5,30,,,", directed=True)).roads
    two = loaded(edges(tmp_path / "b", "1,5,6,30,,,", "2,6,5,50,,,", directed=True)).roads
    assert ([road.oneway for road in one], [road.oneway for road in two]) == ([0], [1, 1])


@pytest.mark.parametrize(
    ("line", "rule"),
    [("1,5,6,fast,,,", "maxspeed"), ("1,5,6,0,,,", "maxspeed"), ("1,5,6,nan,,,", "maxspeed"),
     ("1,5,6,inf,,,", "maxspeed"), ("1,5,6,,tram,,", "access")],
)  # fmt: skip
def test_a_limit_or_a_mode_that_is_none_is_refused(tmp_path: Path, line: str, rule: str) -> None:
    assert kits.found(kits.examine(edges(tmp_path, line)), "refused") == [("edges", rule)]
