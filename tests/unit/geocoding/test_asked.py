"""What kind of question a text is."""

from __future__ import annotations

import pytest

from geo_app.core.errors import BadInput
from geo_app.geocoding import asked
from geo_app.geocoding.asked import Address, Bearing, Component, Coordinates, GridCode


@pytest.mark.parametrize(
    ("said", "x", "y"),
    [
        ("116.31,40.07", 116.31, 40.07),
        ("116.31， 40.07", 116.31, 40.07),
        ("(116.31 40.07)", 116.31, 40.07),
        ("40.07N 116.31E", 116.31, 40.07),
        ("北纬40.07，东经116.31", 116.31, 40.07),
        ("lon=-73.98, lat=40.75", -73.98, 40.75),
        ("40.75N, 73.98W", -73.98, 40.75),
    ],
)
def test_coordinates_are_read_in_every_order_they_name(said: str, x: float, y: float) -> None:
    assert asked.read(said) == Coordinates(x, y, 2)


@pytest.mark.parametrize(
    ("said", "landmark", "degrees", "metres"),
    [
        ("天通苑北门往东200米", "天通苑北门", 90.0, 200.0),
        ("天通苑北门向東南約兩百米處", "天通苑北门", 135.0, 200.0),
        ("鼓楼西侧50m", "鼓楼", 270.0, 50.0),
        ("鼓楼以北1.5公里", "鼓楼", 0.0, 1500.0),
    ],
)
def test_a_bearing_has_a_landmark_a_direction_and_metres(
    said: str, landmark: str, degrees: float, metres: float
) -> None:
    assert asked.read(said) == Bearing(landmark, degrees, metres)


@pytest.mark.parametrize(
    ("said", "pair"),
    [
        ("文华西路与学府街交叉口", ("文华西路", "学府街")),
        ("文華西路和學府街路口東北角", ("文华西路", "学府街")),
        ("永和路和和平街路口", ("永和路", "和平街")),
        ("文华西路学府街路口", ("文华西路", "学府街")),
    ],
)
def test_a_crossing_has_two_roads_even_when_a_name_holds_the_word_and(
    said: str, pair: tuple[str, str]
) -> None:
    question = asked.read(said)
    assert isinstance(question, asked.Crossing)
    assert pair in question.roads


def test_codes_are_known_by_their_form() -> None:
    assert asked.read("N50J47539B8255346152") == GridCode("N50J47539B8255346152")
    assert asked.read("n50j 4753 9b82") == GridCode("N50J47539B82")
    assert asked.read("1101140101000001") == Component("1101140101000001")


@pytest.mark.parametrize(
    "said", ["龙泽苑3号楼2单元501", "地铁口", "学府路口", "12,13", "12号", "往东200米路", "鼓楼往东90公里"]
)
def test_everything_else_is_an_address(said: str) -> None:
    assert asked.read(said) == Address(said)


def test_a_malformed_grid_code_is_refused() -> None:
    with pytest.raises(BadInput):
        asked.field_of(GridCode("N50JF7"))
