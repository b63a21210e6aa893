"""The table of speeds says for every mode and class either a speed or that one may not go there."""

from __future__ import annotations

import pytest

from geo_app.roads import speeds
from geo_app.roads.model import Mode


def test_no_mode_has_two_speeds_on_one_class() -> None:
    pairs = [(row.mode, road_class) for row in speeds.SPEEDS for road_class in row.classes]
    assert len(pairs) == len(set(pairs))


def test_every_row_has_a_positive_speed_and_a_reason() -> None:
    assert all(row.kmh > 0 and row.reason and row.classes for row in speeds.SPEEDS)


def test_an_emergency_vehicle_goes_wherever_a_car_goes_and_not_slower() -> None:
    for road_class in speeds.KNOWN:
        car = speeds.of(Mode.CAR, road_class)
        assert car is None or (speeds.of(Mode.EMERGENCY, road_class) or 0) >= car


@pytest.mark.parametrize("mode", [Mode.WALK, Mode.EBIKE])
def test_nobody_walks_or_cycles_on_a_motorway(mode: Mode) -> None:
    assert speeds.of(mode, "motorway") is None
    assert speeds.of(mode, "trunk") is None


@pytest.mark.parametrize("mode", list(Mode))
def test_an_unknown_class_is_travelled_like_unclassified_and_a_building_site_not_at_all(mode: Mode) -> None:
    assert speeds.of(mode, "乡道") == speeds.of(mode, "unclassified")
    assert speeds.of(mode, "construction") is None
    assert speeds.unknown(["乡道", "primary", "construction"]) == ("乡道",)


@pytest.mark.parametrize("mode", list(Mode))
def test_nobody_is_faster_than_the_fastest_row(mode: Mode) -> None:
    assert speeds.fastest(mode) == max(speeds.of(mode, road_class) or 0 for road_class in speeds.KNOWN)
