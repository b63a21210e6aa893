"""OpenStreetMap files: what tags and restrictions mean, and that whatever is not understood is a problem by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo_app.roads import osm, relations, tags
from geo_app.roads.model import OPEN, Access, Mode

VEHICLES = frozenset({Mode.EBIKE, Mode.CAR, Mode.EMERGENCY})
CROSS = """<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="40.0" lon="116.00" version="1"/><node id="2" lat="40.0" lon="116.01" version="1"/>
<node id="3" lat="40.0" lon="116.02" version="1"/><node id="4" lat="40.1" lon="116.01" version="1"/>
<node id="5" lat="40.1" lon="116.02" version="1"/>
<way id="10" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="maxspeed" v="30 mph"/></way>
<way id="11" version="1"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way>
<way id="12" version="1"><nd ref="4"/><nd ref="2"/><tag k="highway" v="service"/><tag k="access" v="private"/></way>
<way id="13" version="1"><nd ref="3"/><nd ref="5"/><nd ref="77"/><tag k="highway" v="primary"/>
<tag k="oneway" v="yes"/><tag k="maxspeed" v="fast"/><tag k="foot" v="perhaps"/></way>
%s</osm>"""


def relation(kind: str, *members: tuple[str, str, int], **more: str) -> str:
    said = {"type": "restriction", "restriction": kind, **more}
    inside = "".join(f'<member type="{type_}" ref="{ref}" role="{role}"/>' for role, type_, ref in members)
    inside += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in said.items())
    return f'<relation id="90" version="1">{inside}</relation>'


def read(tmp_path: Path, *rows: str) -> osm.Content:
    path = tmp_path / "a.osm"
    path.write_text(CROSS % "".join(rows), encoding="utf-8")
    return osm.read(path)


LEFT = (("from", "way", 10), ("via", "node", 2), ("to", "way", 12))


def test_limits_access_and_what_cannot_be_read_are_taken_from_tags(tmp_path: Path) -> None:
    content = read(tmp_path)
    assert [way.maxspeed for way in content.ways] == [30 * tags.MPH, None, None, None]
    assert [way.access for way in content.ways] == [OPEN, OPEN, Access(private=frozenset(Mode)), OPEN]
    assert {(problem.rule, problem.source) for problem in content.problems} == {
        ("missing_nodes", "w13"), ("maxspeed", "w13"), ("access", "w13"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "barred", "private"),
    [
        ({"motor_vehicle": "no"}, {Mode.CAR, Mode.EMERGENCY}, set()),
        ({"access": "no", "bicycle": "yes"}, {Mode.WALK, Mode.CAR, Mode.EMERGENCY}, set()),
        ({"vehicle": "destination", "emergency": "yes"}, set(), {Mode.EBIKE, Mode.CAR}),
        ({"access": "yes"}, set(), set()),
    ],
)
def test_the_key_that_says_it_most_exactly_wins(
    said: dict[str, str], barred: set[Mode], private: set[Mode]
) -> None:
    assert tags.access(said) == Access(frozenset(barred), frozenset(private))


def test_bicycles_may_go_against_a_one_way_that_says_so() -> None:
    assert tags.access({"oneway:bicycle": "no"}).both_ways == {Mode.EBIKE}


@pytest.mark.parametrize(("said", "kmh"), [("50; 40", 40.0), ("none", None), ("60", 60.0), ("0", None)])
def test_of_several_limits_the_lowest_is_taken(said: str, kmh: float | None) -> None:
    assert tags.maxspeed({"maxspeed": said}) == kmh


def test_a_restriction_over_a_node_is_a_way_of_two_travels(tmp_path: Path) -> None:
    content = read(tmp_path, relation("no_left_turn", *LEFT))
    found, problems = relations.resolve(content.ways, content.relations)
    assert [(one.is_only, one.travels, one.modes) for one in found] == [(False, (0, 5), VEHICLES)]
    assert problems == []


def test_a_restriction_over_a_way_names_the_way_between(tmp_path: Path) -> None:
    members = (("from", "way", 10), ("via", "way", 11), ("to", "way", 13))
    content = read(tmp_path, relation("only_straight_on", *members, **{"except": "bicycle;psv"}))
    (found,), _ = relations.resolve(content.ways, content.relations)
    assert (found.is_only, found.travels, found.modes) == (True, (0, 2, 6), VEHICLES - {Mode.EBIKE})


def test_a_restriction_of_another_kind_of_vehicle_is_not_ours(tmp_path: Path) -> None:
    content = read(tmp_path, relation("no_left_turn", *LEFT, **{"except": "bicycle;motor_vehicle"}))
    assert relations.resolve(content.ways, content.relations) == ([], [])


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (relation("no_flying", *LEFT), "restriction_kind"),
        (relation("no_left_turn", *LEFT[:2]), "restriction_members"),
        (relation("no_left_turn", ("from", "way", 11), *LEFT), "restriction_members"),
        (relation("no_left_turn", *LEFT[:2], ("to", "way", 99)), "restriction_missing"),
        (relation("no_left_turn", ("from", "way", 13), ("via", "node", 3), ("to", "way", 11)), "restriction_apart"),
    ],
)  # fmt: skip
def test_a_restriction_that_cannot_be_followed_is_named_and_left_out(
    tmp_path: Path, row: str, rule: str
) -> None:
    content = read(tmp_path, row)
    found, problems = relations.resolve(content.ways, content.relations)
    assert found == []
    assert [(problem.rule, problem.source) for problem in problems] == [(rule, "r90")]
