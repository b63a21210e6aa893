"""Incidents are taken in with their cell and their clock, and shown newest first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from shapely import Point

from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import BadInput
from geo_app.incidents import service
from geo_app.incidents.model import Channel, Incident, NewIncident
from tests import build
from tests.integration.conftest import Town

CATEGORY = CATEGORIES[0]


def new(town: Town, **changes: object) -> NewIncident:
    place: Point = town.one("SELECT point FROM incident ORDER BY id LIMIT 1")
    values: dict[str, object] = {
        "category": CATEGORY.code, "channel": Channel.WEB, "description": "井盖\t丢了\n{\\N}", "position": place,
        "occurred_at": clock.now(), **changes,
    }  # fmt: skip
    return NewIncident(**values)  # type: ignore[arg-type]


def take_in(town: Town, one: NewIncident) -> Incident:
    with town.database.transaction(SYSTEM) as tx:
        return service.take_in(tx, town.city, one)


def test_an_incident_is_taken_in_with_its_cell_and_its_clock(town: Town) -> None:
    one = new(town)
    taken = take_in(town, one)
    assert (taken.description, taken.category, taken.channel) == (one.description, CATEGORY.code, Channel.WEB)
    assert taken.respond_by - taken.occurred_at == timedelta(minutes=CATEGORY.respond_minutes)
    assert taken.cell == f"{build.COMMUNITIES[0]}001"
    assert town.all("SELECT kind, subject FROM fact ORDER BY id DESC LIMIT 1") == [
        ("incident.reported", taken.id)
    ]


def test_an_incident_outside_every_cell_is_taken_in_too(town: Town) -> None:
    assert take_in(town, new(town, position=Point(0, 0))).cell is None


@pytest.mark.parametrize(("field", "value"), [
    ("category", "nothing"), ("description", ""), ("description", "x" * 4001),
    ("description", "井\x00盖"), ("description", "\ud800"),
    ("closed_at", clock.now() - timedelta(days=900)),
])  # fmt: skip
def test_what_breaks_a_rule_is_refused_by_name(town: Town, field: str, value: object) -> None:
    before = town.one("SELECT count(*) FROM incident")
    with pytest.raises(BadInput) as refused:
        take_in(town, new(town, **{field: value}))
    assert refused.value.field == field
    assert town.one("SELECT count(*) FROM incident") == before


def test_incidents_are_shown_newest_first(town: Town, town_client: FlaskClient) -> None:
    for state, count in (("open", 2), ("closed", 1), ("all", 3)):
        found = town_client.get(f"/api/incidents?state={state}").get_json()["features"]
        moments = [one["properties"]["occurred_at"] for one in found]
        assert moments == sorted(moments, reverse=True)
        assert len(found) == count
        assert all(one["properties"]["cell"] for one in found)
    assert len(town_client.get("/api/incidents?state=all&limit=1").get_json()["features"]) == 1
