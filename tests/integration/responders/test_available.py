"""Who can be sent: free, on shift, with the skill, in this city."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from geo_app.cities import service as cities
from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import NotFound
from geo_app.responders import service
from geo_app.responders.model import Status
from tests import build
from tests.integration.conftest import Town

MONDAY_NINE = datetime(2026, 5, 18, 1, tzinfo=UTC)
"""Nine in the morning in the town."""
TUESDAY_NINE = datetime(2026, 5, 19, 1, tzinfo=UTC)
SKILL = next(category.skill for category in CATEGORIES if category.skill)


def codes(town: Town, skill: str | None, at: datetime) -> list[str]:
    with town.database.transaction(SYSTEM) as tx:
        return [one.code for one in service.available(tx, town.city, skill, at)]


def ids(town: Town) -> dict[str, int]:
    return dict(town.all("SELECT code, id FROM responder"))


def test_who_is_off_shift_cannot_be_sent(town: Town) -> None:
    assert codes(town, None, MONDAY_NINE) == ["P0", "P1", "P2", "P3"]
    assert codes(town, None, TUESDAY_NINE) == ["P0", "P1", "P2"]


def test_who_lacks_the_skill_cannot_be_sent(town: Town) -> None:
    assert codes(town, SKILL, MONDAY_NINE) == ["P1", "P2", "P3"]
    assert codes(town, "no such skill", MONDAY_NINE) == []


def test_who_is_off_cannot_be_sent(town: Town) -> None:
    with town.database.transaction(SYSTEM) as tx:
        service.switch(tx, ids(town)["P1"], Status.OFF)
    assert "P1" not in codes(town, None, MONDAY_NINE)
    with town.database.transaction(SYSTEM) as tx:
        assert service.responder(tx, town.city, ids(town)["P1"], MONDAY_NINE).status is Status.OFF


@pytest.mark.parametrize(
    ("capacity", "active", "is_there"), [(1, 0, True), (1, 1, False), (2, 1, True), (2, 2, False)]
)
def test_who_has_no_place_left_cannot_be_sent(town: Town, capacity: int, active: int, is_there: bool) -> None:
    person = ids(town)["P1"]
    town.run("UPDATE responder SET capacity = %(n)s WHERE id = %(id)s", n=capacity, id=person)
    sent = town.run(
        "INSERT INTO assignment (city_id, jurisdiction, incident_id, responder_id, slot, role, state, offered_at,"
        " changed_at, ranking) SELECT city_id, jurisdiction, id, %(id)s, row_number() OVER (ORDER BY id), 'lead',"
        " 'offered', %(at)s, %(at)s, '{}' FROM incident ORDER BY id LIMIT %(active)s",
        id=person, active=active, at=MONDAY_NINE,
    )  # fmt: skip
    assert sent == active
    assert ("P1" in codes(town, None, MONDAY_NINE)) == is_there
    with town.database.transaction(SYSTEM) as tx:
        found = service.responder(tx, town.city, person, MONDAY_NINE)
        next_day = service.responder(tx, town.city, person, MONDAY_NINE + timedelta(days=1))
    assert (found.active, found.capacity, found.today) == (active, capacity, active)
    assert (next_day.active, next_day.today) == (active, 0)


def test_responders_of_another_city_cannot_be_sent(town: Town) -> None:
    data = build.town()
    with town.database.transaction(SYSTEM) as tx:
        other = cities.load(tx, replace(data, info=replace(data.info, code="other", srid=4547)))
        theirs = {one.id for one in service.responders(tx, other, MONDAY_NINE)}
        ours = {one.id for one in service.available(tx, town.city, None, MONDAY_NINE)}
        assert len(theirs) == 4
        assert not theirs & ours
        with pytest.raises(NotFound, match="has no responder"):
            service.responder(tx, town.city, min(theirs), MONDAY_NINE)


def test_cells_are_named_and_found_by_their_code(town: Town) -> None:
    mine = build.town().responders[0].cells
    with town.database.transaction(SYSTEM) as tx:
        assert service.responder(tx, town.city, ids(town)["P0"], MONDAY_NINE).cells == mine
        assert [one.code for one in service.of_cell(tx, town.city, mine[1], MONDAY_NINE)] == ["P0"]
        assert service.of_cell(tx, town.city, build.town().cells[-1].code, MONDAY_NINE) == []
