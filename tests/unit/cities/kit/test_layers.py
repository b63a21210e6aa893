"""The layers around the base, and what is generated where a city has none of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo_app.cities.kit.numbers import Known, bare
from geo_app.cities.model import CityData
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
road_class = "class"
name = "name"
oneway = "oneway"
x1 = "x1"
y1 = "y1"
x2 = "x2"
y2 = "y2"
"""
PEOPLE = """
[[departments]]
code = "fire"
name = "消防"
name_en = "Fire"

[[layers]]
kind = "departments"
file = "departments.csv"
columns = { code = "code", name = "name" }

[[layers]]
kind = "responders"
name = "people"
file = "people.csv"
frame = "wgs84"

[layers.columns]
code = "code"
name = "name"
kind = "kind"
department = "department"
skills = "skills"
cells = "cells"
x = "x"
y = "y"

[[layers]]
kind = "routes"
name = "rounds"
file = "rounds.geojson"
frame = "wgs84"
columns = { code = "code", name = "name", responder = "responder" }
"""
GENERATED = """
[[categories]]
code = "dirt"
name = "脏"
name_en = "Dirt"
skill = "sweep"
respond_minutes = 15

[generate.responders]
seed = 1
staff = 2

[generate.routes]
seed = 1
count = 3

[generate.incidents]
seed = 1
mix = "mix.json"
key = "total"
count = 60
open = 5
days = 30
map = { "垃圾" = "dirt" }
"""


def edges(folder: Path, *lines: str, directed: bool = True) -> Path:
    """Write a kit with edges given as id,from,to,class,name,oneway,x1 y1,x2 y2 in board metres."""
    kits.write(folder, more=EDGES.format(directed=str(directed).lower()))
    rows = ["id,a,b,class,name,oneway,x1,y1,x2,y2"]
    for line in lines:
        *fields, start, end = line.split(",")
        places = [kits.lonlat([(float(x), float(y))])[0] for x, y in (start.split(), end.split())]
        rows.append(",".join([*fields, *(str(value) for place in places for value in place)]))
    (folder / "edges.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def loaded(folder: Path) -> CityData:
    report = kits.examine(folder)
    assert report.data is not None, [item.line() for item in report.findings.items]
    return report.data


def test_an_edge_and_its_reverse_are_one_road_for_both_ways(tmp_path: Path) -> None:
    folder = edges(tmp_path, "1,5,6,primary,长街,,10 50,190 50", "2,6,5,primary,长街,,190 50,10 50",
                   "3,6,7,primary,长街,,190 50,190 150")  # fmt: skip
    assert [(road.source_id, road.from_node, road.to_node, road.oneway) for road in loaded(folder).roads] == [
        (1, 5, 6, 0), (3, 6, 7, 1),
    ]  # fmt: skip


def test_three_edges_between_two_junctions_are_two_roads(tmp_path: Path) -> None:
    folder = edges(tmp_path, *(f"{n},{a},primary,长街,,{way}" for n, (a, way) in enumerate(
        [("5,6", "10 50,190 50"), ("6,5", "190 50,10 50"), ("5,6", "10 50,190 50")], 1)))  # fmt: skip
    assert [road.oneway for road in loaded(folder).roads] == [0, 1]


@pytest.mark.parametrize(("word", "oneway"), [("yes", 1), ("-1", -1), ("no", 0), ("", 0)])
def test_undirected_edges_say_their_direction(tmp_path: Path, word: str, oneway: int) -> None:
    folder = edges(tmp_path, f"1,5,6,primary,,{word},10 50,190 50", directed=False)
    assert [road.oneway for road in loaded(folder).roads] == [oneway]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("1,5,6,primary,,maybe,10 50,190 50", "oneway"),
        ("1,x,6,primary,,,10 50,190 50", "node"),
        ("1,5,6,primary,,,10 50,10 50", "no_length"),
    ],
)
def test_an_edge_that_is_no_road_is_named(tmp_path: Path, line: str, rule: str) -> None:
    report = kits.examine(edges(tmp_path, line))
    assert ("edges", rule) in kits.found(report)


def test_roads_that_do_not_meet_at_their_junction_are_refused(tmp_path: Path) -> None:
    report = kits.examine(edges(tmp_path, "1,5,6,primary,,,10 50,190 50", "2,6,7,primary,,,150 50,190 150"))
    assert kits.found(report, "refused") == [("roads", "network")]


def people(folder: Path, *lines: str, walker: str = "g1") -> Path:
    kits.write(folder, more=PEOPLE)
    x, y = kits.lonlat([(50, 50)])[0]
    rows = [f"{line},{x},{y}" for line in lines]
    (folder / "departments.csv").write_text("code,name\nwater,水务\n", encoding="utf-8")
    (folder / "people.csv").write_text(
        "\n".join(["code,name,kind,department,skills,cells,x,y", *rows]), encoding="utf-8"
    )
    line = {"type": "LineString", "coordinates": kits.lonlat([(10, 10), (190, 10)])}
    route = {
        "type": "Feature",
        "properties": {"code": "R1", "name": "一", "responder": walker},
        "geometry": line,
    }
    text = json.dumps({"type": "FeatureCollection", "features": [route]}, ensure_ascii=False)
    (folder / "rounds.geojson").write_text(text, encoding="utf-8")
    return folder


def test_people_departments_and_routes_are_read(tmp_path: Path) -> None:
    data = loaded(people(tmp_path, "g1,甲,grid_worker,,sweep;guard,a;b", "d1,乙,department,water,,"))
    assert [(row.code, row.kind, row.department, row.skills, row.cells) for row in data.responders] == [
        ("g1", "grid_worker", None, ("sweep", "guard"), ("a", "b")), ("d1", "department", "water", (), ()),
    ]  # fmt: skip
    assert [row.code for row in data.departments] == ["fire", "water"]
    assert [(row.code, row.responder, round(row.geometry.length)) for row in data.routes] == [
        ("R1", "g1", 180)
    ]


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("g1,甲,boss,,,", ("people", "kind")),
        ("g1,甲,grid_worker,,,z", ("people", "cells")),
        ("g1,甲,department,police,,", ("responders", "department")),
        ("g2,甲,grid_worker,,,a", ("routes", "responder")),
        (",甲,grid_worker,,,a", ("people", "code")),
    ],
)
def test_a_responder_that_refers_to_nothing_is_refused(
    tmp_path: Path, line: str, finding: tuple[str, str]
) -> None:
    assert finding in kits.found(kits.examine(people(tmp_path, line)), "refused")


def generated(folder: Path) -> Path:
    lines = [f"{n},{n},{n + 1},residential,巷,,{10 * n} 50,{10 * n + 10} 50" for n in range(1, 19)]
    edges(folder, *lines)
    path = folder / "city.toml"
    path.write_text(path.read_text(encoding="utf-8") + GENERATED, encoding="utf-8")
    (folder / "mix.json").write_text(json.dumps({"total": {"垃圾": 7, "其他": 3}}), encoding="utf-8")
    return folder


def test_what_is_generated_is_the_same_every_time_and_stands_in_the_city(tmp_path: Path) -> None:
    data = loaded(generated(tmp_path))
    assert data == loaded(tmp_path)
    assert [row.kind for row in data.responders] == ["grid_worker", "department", "department"]
    assert data.responders[0].cells == ("a", "b", "c", "d")
    assert len(data.incidents) == 60
    assert sum(row.closed_at is None for row in data.incidents) == 5
    assert all(any(cell.geometry.covers(row.position) for cell in data.cells) for row in data.incidents)
    assert all(row.occurred_at < kits.UNTIL for row in data.incidents)
    assert all(
        row.closed_at is None or row.occurred_at <= row.closed_at <= kits.UNTIL for row in data.incidents
    )


def test_a_mix_that_is_not_there_refuses_the_kit(tmp_path: Path) -> None:
    (generated(tmp_path) / "mix.json").unlink()
    assert kits.found(kits.examine(tmp_path), "refused") == [("generate", "mix")]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("龙泽苑社区居委会", "龙泽苑"),
        ("店上村委会", "店上"),
        ("芦家村村委会", "芦家"),
        ("龙泽苑社区", "龙泽苑"),
        ("天通苑", "天通苑"),
    ],
)
def test_names_are_compared_without_what_every_source_writes_differently(name: str, found: str) -> None:
    assert bare(name) == found


def test_a_name_that_stands_twice_in_a_street_answers_for_none() -> None:
    rows = [{"code": "110114011001", "name": "东村"}, {"code": "110114011002", "name": "东社区"},
            {"code": "110114012001", "name": "西村"}, {"code": "11", "name": "短"}]  # fmt: skip
    known = Known.of(rows)
    assert known.codes == {("110114012", "西"): "110114012001"}
