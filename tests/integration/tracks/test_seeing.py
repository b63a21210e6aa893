"""Whose way somebody may see: one's own; that of people of one's street, by who dispatches them and writes why."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from geo_app.core import clock, door
from geo_app.core.actor import NOBODY, SYSTEM, Actor, Scope
from geo_app.dispatch import service as dispatch
from geo_app.identity import permissions
from tests import people as everybody
from tests.integration.conftest import Raw, Run, Town
from tests.integration.identity.scoping import (
    EAST,
    WEST,
    WEST_SPOT,
    of_city,
    of_department,
    of_street,
    report,
)
from tests.integration.tracks.walking import kept, spot

WHY = "核对派单轨迹"
FACTS = "SELECT count(*) FROM fact WHERE kind = 'track.read'"
MOMENTS = 12
"""Positions each of the four has, ten seconds apart."""


@pytest.fixture
def start(town: Town, people: list[int]) -> datetime:
    """When the four began to walk, an hour ago."""
    start = clock.now() - timedelta(hours=1)
    place = spot(town, (60, 60))
    kept(
        town,
        [(who, start + timedelta(seconds=10 * n), place) for who in people for n in range(MOMENTS)],
    )
    return start


@pytest.fixture
def client(town_client: FlaskClient) -> Iterator[FlaskClient]:
    """A client whose requests come from whom `ask` says."""
    yield town_client
    everybody.everybody(town_client.application)


def ask(client: FlaskClient, actor: Actor, responder: int, **query: Any) -> Any:
    door.identify(client.application, lambda: actor)
    query.setdefault("from", (clock.now() - timedelta(hours=2)).isoformat())
    return client.get(f"/api/responders/{responder}/track", query_string=query)


def worker(responder: int) -> Actor:
    return Actor("worker", permissions.of_roles(["worker"]), Scope(), 7, responder)


def test_one_sees_ones_own_way_without_a_word(
    town: Town, client: FlaskClient, people: list[int], start: datetime
) -> None:
    answer = ask(client, worker(people[0]), people[0])
    body = answer.get_json()
    assert (answer.status_code, body["responder"], body["next"]) == (200, people[0], None)
    place = spot(town, (60, 60))
    assert body["positions"][0] == {
        "lon": pytest.approx(place.x), "lat": pytest.approx(place.y), "at": start.isoformat(), "accuracy": None,
    }  # fmt: skip
    assert [one["at"] for one in body["positions"]] == sorted(one["at"] for one in body["positions"])
    assert len(body["positions"]) == MOMENTS
    assert answer.headers["Cache-Control"] == "no-store"
    assert town.one(FACTS) == 0


def test_who_dispatches_a_street_sees_its_people_and_why_is_recorded(
    town: Town, client: FlaskClient, people: list[int], start: datetime
) -> None:
    answer = ask(client, of_street(town, EAST), people[0], reason=f" {WHY} ")
    assert (answer.status_code, len(answer.get_json()["positions"])) == (200, MOMENTS)
    fact = town.one("SELECT subject, actor, reason, data FROM fact WHERE kind = 'track.read'")
    assert fact[:3] == (people[0], f"dispatcher {EAST}", WHY)
    assert fact[3].keys() == {"since", "until", "count"}
    assert fact[3]["count"] == MOMENTS
    assert start > datetime.fromisoformat(fact[3]["since"])


@pytest.mark.parametrize("role", sorted(permissions.ROLES))
def test_a_role_reads_the_way_of_another_only_when_it_dispatches(
    town: Town, client: FlaskClient, people: list[int], start: datetime, role: str
) -> None:
    scopes = {
        "city": Scope(cities=(town.city.id,)),
        "own street": of_street(town, EAST).scope,
        "other street": of_street(town, WEST).scope,
        "nothing": Scope(),
    }
    for name, scope in scopes.items():
        actor = Actor(role, permissions.of_roles([role]), scope)
        answer = ask(client, actor, people[0], reason=WHY)
        sees = role == "dispatcher" and name in {"city", "own street"}
        assert (answer.status_code == 200) == sees, (role, name, answer.get_data(as_text=True))
        if not sees:
            assert answer.status_code in {401, 403}
        with town.database.transaction(actor) as tx:
            count = tx.value(
                Raw("SELECT count(*) FROM track_position WHERE responder_id = %(i)s"), i=people[0]
            )
        assert count == (MOMENTS if sees else 0), (role, name, start)


def test_without_a_reason_nobody_sees_another(
    town: Town, client: FlaskClient, people: list[int], start: datetime
) -> None:
    for reason in ({}, {"reason": ""}, {"reason": "四个字吗"}, {"reason": "x" * 501}):
        answer = ask(client, of_city(town), people[0], **reason)
        assert (answer.status_code, answer.get_json()["field"]) == (422, "reason"), start
    assert town.one(FACTS) == 0


def test_a_department_sees_its_own_people(
    town: Town, client: FlaskClient, people: list[int], start: datetime
) -> None:
    desk = of_department(town, "dispatcher")
    assert ask(client, desk, people[1], reason=WHY).status_code == 200
    other = ask(client, desk, people[0], reason=WHY)
    assert (other.status_code, "scope" in other.get_json()) == (403, True), start


def test_who_was_only_sent_into_a_street_is_not_followed_there(
    town: Town, client: FlaskClient, people: list[int], start: datetime
) -> None:
    incident = report(town, WEST_SPOT)
    with town.database.transaction(SYSTEM) as tx:
        dispatch.assign(tx, incident, people[0])
    west = of_street(town, WEST)
    door.identify(client.application, lambda: west)
    shown = client.get("/api/responders").get_json()["features"]
    assert people[0] in {one["id"] for one in shown}
    answer = ask(client, west, people[0], reason=WHY)
    assert (answer.status_code, answer.get_json()["scope"]) == (403, f"the track of responder {people[0]}"), (
        start
    )


def test_nobody_writes_or_erases_a_track_by_raw_sql(town: Town, people: list[int], start: datetime) -> None:
    for actor in (NOBODY, worker(people[0]), of_city(town, "leader"), of_city(town)):
        with town.database.transaction(actor) as tx:
            assert tx.run(Raw("DELETE FROM track_position")) == 0, (actor, start)
    assert town.one("SELECT count(*) FROM track_position") == MOMENTS * len(people)


def test_a_track_comes_in_pages_and_a_day_at_most(
    client: FlaskClient, people: list[int], start: datetime
) -> None:
    me, seen, since = worker(people[0]), [], start.isoformat()
    for _ in range(MOMENTS):
        body = ask(client, me, people[0], limit=5, **{"from": since}).get_json()
        seen += [one["at"] for one in body["positions"]]
        if body["next"] is None:
            break
        since = body["next"]
    assert seen == [(start + timedelta(seconds=10 * n)).isoformat() for n in range(MOMENTS)]
    wrong = [
        {"from": (start - timedelta(hours=30)).isoformat()},
        {"from": start.isoformat(), "to": (start - timedelta(seconds=1)).isoformat()},
        {"from": "yesterday"}, {"limit": 5001}, {"limit": 0},
    ]  # fmt: skip
    for query in wrong:
        assert ask(client, me, people[0], **query).status_code == 422, query
    assert ask(client, me, 999_999).status_code == 403
    assert ask(client, SYSTEM, 999_999, reason=WHY).status_code == 404


def test_a_position_is_sent_and_seen_on_the_own_track(
    town: Town, client: FlaskClient, people: list[int]
) -> None:
    me = worker(people[0])
    place, at = spot(town, (60, 60)), clock.now()
    door.identify(client.application, lambda: me)
    said = {"responder": people[0], "lon": place.x, "lat": place.y, "at": at.isoformat(), "accuracy": 8.5}
    client.post("/api/positions", json={"frame": "wgs84", "positions": [said]},
                headers={"Idempotency-Key": uuid.uuid4().hex})  # fmt: skip
    (shown,) = ask(client, me, people[0]).get_json()["positions"]
    assert (shown["at"], shown["accuracy"]) == (at.isoformat(), 8.5)


def test_the_command_line_lists_a_track_with_its_reason(
    town: Town, people: list[int], start: datetime, geo: Run
) -> None:
    rows = geo("responders", "track", people[0], "--from", start.isoformat(), "--reason", WHY, "--json")
    assert [row["at"] for row in rows] == [
        (start + timedelta(seconds=10 * n)).isoformat() for n in range(MOMENTS)
    ]
    assert town.one("SELECT reason FROM fact WHERE kind = 'track.read'") == WHY
