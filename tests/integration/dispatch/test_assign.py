"""One lead an incident, one incident a responder, whoever asks at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from geo_app.cities import service as cities
from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.incidents import service as incidents
from tests import build
from tests.integration.conftest import Town
from tests.integration.dispatch.sending import opened, people, send
from tests.sizes import size

DOUBLE = (
    "SELECT count(*) FROM (SELECT {0} FROM assignment WHERE is_active GROUP BY {0} HAVING count(*) > 1) d"
)


def test_a_responder_is_sent_and_everyone_is_told(town: Town, town_client: FlaskClient) -> None:
    incident, responder = opened(town)[0], people(town)["P1"]
    answer = send(town_client, incident, responder)
    assert answer.status_code == 201
    body = answer.get_json()
    assert (body["incident"], body["state"]) == (incident, "offered")
    assert body["responder"] == {"id": responder, "name": "王1"}
    assert town.one("SELECT status FROM responder WHERE id = %(id)s", id=responder) == "assigned"
    kinds = town.all("SELECT kind FROM fact ORDER BY id DESC LIMIT 2")
    assert sorted(kinds) == ["assignment.offered", "responder.status"]
    ranking = town.one("SELECT ranking FROM assignment")
    assert responder in [one["responder"] for one in ranking["candidates"]]
    shown = town_client.get(f"/api/incidents/{incident}").get_json()["properties"]["assignment"]
    assert shown == body


def test_the_refused_learn_who_holds_what_they_wanted(town: Town, town_client: FlaskClient) -> None:
    first, second = opened(town)
    one, two = people(town)["P1"], people(town)["P2"]
    held = send(town_client, first, one).get_json()["id"]
    taken = send(town_client, first, two)
    busy = send(town_client, second, one)
    assert (taken.status_code, busy.status_code) == (409, 409)
    assert taken.mimetype == busy.mimetype == "application/problem+json"
    assert taken.get_json()["detail"] == f"incident {first} already has 王1 (assignment {held})"
    assert busy.get_json()["detail"] == f"王1 is already sent to incident {first} (assignment {held})"
    both = send(town_client, first, one, "another key")
    assert both.get_json()["detail"] == f"incident {first} already has 王1 (assignment {held})"
    assert send(town_client, second, two).status_code == 201, "a refusal leaves nothing behind"


def test_a_closed_incident_takes_nobody(town: Town, town_client: FlaskClient) -> None:
    closed = town.one("SELECT id FROM incident WHERE state = 'closed'")
    answer = send(town_client, closed, people(town)["P1"])
    assert (answer.status_code, answer.get_json()["detail"]) == (409, f"incident {closed} is closed")


def test_who_is_off_is_not_sent(town: Town, town_client: FlaskClient) -> None:
    town.run("UPDATE responder SET status = 'off' WHERE code = 'P1'")
    answer = send(town_client, opened(town)[0], people(town)["P1"])
    assert (answer.status_code, answer.get_json()["detail"]) == (409, "王1 is off")
    assert town.one("SELECT count(*) FROM assignment") == 0


def test_who_is_unknown_or_of_another_city_is_not_found(town: Town, town_client: FlaskClient) -> None:
    data = build.town()
    with town.database.transaction(SYSTEM) as tx:
        other = cities.load(tx, replace(data, info=replace(data.info, code="other", srid=4547)))
    theirs = town.all("SELECT id FROM responder WHERE city_id = %(city)s", city=other.id)
    incident = town.all("SELECT id FROM incident WHERE city_id = %(city)s", city=town.city.id)[0]
    for responder in (theirs[0], 999_999):
        answer = send(town_client, incident, responder)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
        assert f"no responder {responder}" in answer.get_json()["detail"]
    assert send(town_client, 999_999, theirs[0]).status_code == 404


@pytest.mark.parametrize("body", [
    {}, {"responder": "1"}, {"responder": 0}, {"responder": -1}, {"responder": 2**63}, {"responder": 1.5},
    {"responder": True}, {"responder": None}, {"responder": 1, "more": 1}, [], "x", None, 7,
])  # fmt: skip
def test_a_body_that_breaks_a_rule_is_refused(still_client: FlaskClient, body: object) -> None:
    answer = still_client.post(
        "/api/incidents/1/assignments",
        data=json.dumps(body),
        headers={"Idempotency-Key": "k", "Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


def test_the_reply_that_was_lost_is_given_again(town: Town, town_client: FlaskClient) -> None:
    incident, responder = opened(town)[0], people(town)["P1"]
    first = send(town_client, incident, responder, "lost")
    again = send(town_client, incident, responder, "lost")
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert town.one("SELECT count(*) FROM assignment") == 1


def test_many_dispatchers_at_once_book_nobody_twice(town: Town, town_client: FlaskClient) -> None:
    count = size("contested_incidents")
    at = clock.now()
    place = town.one("SELECT point FROM responder_position LIMIT 1")
    with town.database.transaction(SYSTEM, patient=True) as tx:
        tx.copy("responder", ("id", "city_id", "jurisdiction", "code", "name", "kind", "skills", "status"), [
            (1000 + i, town.city.id, "990101", f"Q{i}", f"李{i}", "partner", [], "free") for i in range(count)
        ])  # fmt: skip
        tx.copy("responder_position", ("responder_id", "city_id", "jurisdiction", "point", "at"), [
            (1000 + i, town.city.id, "990101", place, at) for i in range(count)
        ])  # fmt: skip
        new = build.report(CATEGORIES[0].code, place, at)
        incidents.load(tx, town.city, [new] * count)
    ids = town.all("SELECT id FROM incident WHERE description = 'x' ORDER BY id")
    app = town_client.application
    # each incident is asked for twice, and each responder is wanted for two incidents
    wanted = [(incident, 1000 + i) for i, incident in enumerate(ids)]
    wanted += [(incident, 1000 + (i + 1) % count) for i, incident in enumerate(ids)]

    def ask(pair: tuple[int, int]) -> int:
        answer = send(app.test_client(), *pair)
        if answer.status_code == 409:
            detail = answer.get_json()["detail"]
            assert "already has 李" in detail or "is already sent to incident" in detail
        return answer.status_code

    with ThreadPoolExecutor(16) as threads:
        codes = list(threads.map(ask, sorted(wanted)))
    assert set(codes) <= {201, 409}
    assert town.one(DOUBLE.format("responder_id")) == 0
    assert town.one(DOUBLE.format("incident_id")) == 0
    active = town.one("SELECT count(*) FROM assignment WHERE is_active")
    assert active == codes.count(201) == town.one("SELECT count(*) FROM responder WHERE status = 'assigned'")
    assert active >= count // 2
