"""What stays of a day: never of fewer than three people, nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from geo_app.tracks import presence
from geo_app.tracks.model import Level, Stay

START = datetime(2026, 5, 20, 1, tzinfo=UTC)
ABOVE = {1: (11, 111, 1111), 2: (11, 111, 1111), 3: (12, 111, 1111), 4: (13, 112, 1111)}
CITY = 9


def test_a_position_counts_until_the_next_one_unless_that_is_long_after() -> None:
    moments = [START + timedelta(seconds=s) for s in (0, 10, 310, 611)]
    assert presence.seconds(moments, None) == [10.0, 300.0, 0.0, 0.0]
    assert presence.seconds(moments, moments[-1] + timedelta(seconds=30)) == [10.0, 300.0, 0.0, 30.0]
    assert presence.seconds([], None) == []
    assert presence.seconds(moments[:1], None) == [0.0]


def people(*who: int) -> dict[int, Stay]:
    return {one: Stay(60.0, 2) for one in who}


def told(cells: dict[int | None, dict[int, Stay]]) -> set[tuple[str, int, int, int]]:
    return {(one.level, one.area, one.seconds, one.responders) for one in presence.fold(cells, ABOVE, CITY)}


@pytest.mark.parametrize(("cells", "expected"), [
    ({}, set()),
    ({1: people(1, 2, 3)}, {(Level.CELL, 1, 180, 3)}),
    ({1: people(1, 2)}, set()),
    ({1: people(1, 2), 2: people(3)}, {(Level.COMMUNITY, 11, 180, 3)}),
    ({1: people(1, 2), 2: people(2, 1)}, set()),  # two people are two, however often
    ({1: people(1, 2, 3), 2: people(3)}, {(Level.CELL, 1, 180, 3)}),  # what is told is not told above
    ({1: people(1, 2), 3: people(3)}, {(Level.STREET, 111, 180, 3)}),
    ({1: people(1, 2), 4: people(3)}, {(Level.DISTRICT, 1111, 180, 3)}),
    ({1: people(1, 2), None: people(3)}, {(Level.CITY, CITY, 180, 3)}),
    ({None: people(1, 2, 3)}, {(Level.CITY, CITY, 180, 3)}),
    ({None: people(1, 2)}, set()),
])  # fmt: skip
def test_fewer_than_three_people_are_told_of_with_others_above_them_or_not_at_all(
    cells: dict[int | None, dict[int, Stay]], expected: set[tuple[str, int, int, int]]
) -> None:
    assert told(cells) == expected
