"""The organisation: departments come, change their name and end with a date; people are bound to places with dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import BadInput
from geo_app.identity import service
from geo_app.identity.model import Account, Binding, NewAccount
from tests.integration.conftest import Run, Town


def write(client: FlaskClient, path: str, body: object) -> Any:
    return client.post(path, json=body, headers={"Idempotency-Key": f"{path} {body}"})


def organisation(client: FlaskClient) -> Any:
    return client.get("/api/organisation?city=town").get_json()


def invited(town: Town, username: str = "wang.fang", *roles: str) -> Account:
    with town.database.transaction(SYSTEM) as tx:
        made, _ = service.invite(tx, NewAccount(username, "王芳", roles or ("worker",)))
    return made


def test_the_tree_holds_every_unit_below_the_one_above(town_client: FlaskClient) -> None:
    found = organisation(town_client)
    levels = {unit["id"]: unit["level"] for unit in found["units"]}
    above = {"district": None, "street": "district", "community": "street"}
    assert set(levels.values()) == set(above)
    for unit in found["units"]:
        assert levels.get(unit["parent"]) == above[unit["level"]]
        assert unit["since"]
        assert unit["until"] is None


def test_a_department_is_added_renamed_and_ended(town: Town, town_client: FlaskClient) -> None:
    new = {"city": "town", "code": "WATER", "name": " 水务  局 ", "name_en": ""}
    made = write(town_client, "/api/departments", new)
    assert (made.status_code, made.get_json()["name"], made.get_json()["name_en"]) == (
        201,
        "水务 局",
        "水务 局",
    )
    number = made.get_json()["id"]
    taken = write(town_client, "/api/departments", {**new, "name": "另一个"})
    assert taken.status_code == 409
    renamed = write(
        town_client, f"/api/departments/{number}/names", {"name": "水务和排水局", "name_en": "Water"}
    )
    assert renamed.get_json()["name"] == "水务和排水局"
    early = write(town_client, f"/api/departments/{number}/until", {"until": "2001-01-01T00:00:00Z"})
    assert (early.status_code, early.get_json()["field"]) == (422, "until")
    day = (clock.now() + timedelta(days=30)).isoformat()
    assert (
        write(town_client, f"/api/departments/{number}/until", {"until": day}).get_json()["until"] is not None
    )
    (listed,) = [one for one in organisation(town_client)["departments"] if one["code"] == "WATER"]
    assert (listed["id"], listed["name"]) == (number, "水务和排水局")
    later = write(town_client, "/api/departments", {**new, "since": day})
    assert later.status_code == 201, "after its end the code is free"
    back = write(town_client, f"/api/departments/{number}/until", {"until": None})
    assert back.status_code == 409, "two would have the code"
    kinds = town.all("SELECT kind FROM fact WHERE subject = %(number)s ORDER BY id", number=number)
    assert kinds == ["department.added", "department.renamed", "department.ended"]
    assert town.one("SELECT changes->'name' FROM fact WHERE kind = 'department.renamed'") == [
        "水务 局",
        "水务和排水局",
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "no spaces"}, "code"),
        ({"name": "  "}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"since": "today"}, "since"),
    ],
)
def test_what_is_no_department_is_refused(
    town_client: FlaskClient, changed: dict[str, str], field: str
) -> None:
    new = {"city": "town", "code": "WATER", "name": "水务局", **changed}
    refused = write(town_client, "/api/departments", new)
    assert (refused.status_code, refused.get_json()["field"]) == (422, field)


def test_a_binding_has_a_place_and_dates_and_is_seen_from_both_sides(
    town: Town, town_client: FlaskClient
) -> None:
    owner = invited(town)
    unit = next(one for one in organisation(town_client)["units"] if one["level"] == "street")
    path = f"/api/accounts/{owner.id}/bindings"
    tomorrow, month = (clock.now() + timedelta(days=days) for days in (1, 30))
    body = {"city": "town", "unit": unit["id"], "since": tomorrow.isoformat(), "until": month.isoformat()}
    (bound,) = write(town_client, path, body).get_json()["bindings"]
    assert (bound["kind"], bound["place"], bound["username"]) == ("street", unit["name"], "wang.fang")
    seen = town_client.get(f"/api/organisation/bound?city=town&unit={unit['id']}").get_json()["bindings"]
    assert seen == [bound]
    assert town_client.get("/api/organisation/bound?city=town").get_json()["bindings"] == []
    with town.database.transaction(SYSTEM) as tx:
        key = town.one("SELECT fs_uniquifier FROM account WHERE id = %(id)s", id=owner.id)
        today = service.actor_by_session(tx, key, None)
        assert today is not None
        assert unit["id"] not in today.scope.units
    assert write(town_client, f"{path}/{bound['id']}/end", {}).get_json()["bindings"] == [], (
        "it had not begun"
    )


def test_a_binding_begins_now_and_ends_later(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, now = invited(town), clock.now()
    new = Binding(0, owner.id, town.city.id, None, None, now - timedelta(days=400), now + timedelta(days=2))
    with town.database.transaction(SYSTEM) as tx:
        service.bind(tx, new)
        (bound,) = service.bindings(tx, owner)
        assert now <= bound.since <= clock.now()
        key = town.one("SELECT fs_uniquifier FROM account WHERE id = %(id)s", id=owner.id)
        for days, expected in ((1, (town.city.id,)), (3, ())):
            monkeypatch.setattr(clock, "now", lambda days=days: now + timedelta(days=days))
            actor = service.actor_by_session(tx, key, None)
            assert actor is not None
            assert actor.scope.cities == expected
        with pytest.raises(BadInput) as refused:
            service.bind(tx, new)
    assert refused.value.field == "until"


@pytest.mark.parametrize(("place", "field"), [({"unit": 999}, "unit"), ({"department": 999}, "department")])
def test_nobody_is_bound_to_what_the_city_has_not(
    town: Town, town_client: FlaskClient, place: dict[str, int], field: str
) -> None:
    refused = write(town_client, f"/api/accounts/{invited(town).id}/bindings", {"city": "town", **place})
    assert (refused.status_code, refused.get_json()["field"]) == (422, field)


def test_the_command_line_finds_places_and_binds_with_dates(town: Town, geo: Run) -> None:
    owner = invited(town)
    geo("departments", "add", "WATER", "--name", "水务局", "--name-en", "Water")
    (department,) = geo("departments", "list", "--name", "水务", "--json")
    street = next(one for one in geo("units", "list", "--json") if one["level"] == "street")
    first, last = (f"{clock.now() + timedelta(days=days):%Y-%m-%d}" for days in (2, 40))
    geo("accounts", "bind", "wang.fang", "--unit", street["id"], "--since", first, "--until", last)
    geo("accounts", "bind", "wang.fang", "--department", department["id"])
    with town.database.transaction(SYSTEM) as tx:
        bound = {one.kind: one for one in service.bindings(tx, owner)}
    assert bound["street"].since < bound["street"].until  # type: ignore[operator]
    assert bound["street"].since > clock.now()
    assert (bound["department"].place, bound["department"].until) == ("水务局", None)
    geo("departments", "rename", department["id"], "--name", "水务集团")
    assert "ends" in geo("departments", "end", department["id"], "--on", last)
    assert "goes on" in geo("departments", "end", department["id"], "--never")
