"""An assignment goes on step by step: who is stale or too late learns it, incident and responder follow."""

from __future__ import annotations

import json
from itertools import product

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo_app.core import db
from geo_app.dispatch import workflow
from geo_app.dispatch.model import ACTIVE, AssignmentState
from geo_app.dispatch.workflow import RULES, Step
from tests.integration.conftest import Town
from tests.integration.dispatch.sending import at_state, go, opened, people, send


@pytest.mark.parametrize(("step", "state"), list(product(Step, AssignmentState)))
def test_each_step_in_each_state(
    town: Town, town_client: FlaskClient, step: Step, state: AssignmentState
) -> None:
    incident, responder = opened(town)[0], people(town)["P1"]
    before = at_state(town_client, incident, responder, state)
    last = town.one("SELECT max(id) FROM fact")
    answer = go(town_client, before["id"], step, before["version"], key="now")
    shown = town_client.get(f"/api/assignments/{before['id']}")
    if state not in RULES[step].sources:
        assert (answer.status_code, answer.get_json()["title"]) == (409, "Conflict")
        for name in (state, *workflow.possible(state)):
            assert name in answer.get_json()["detail"]
        assert shown.get_json()["version"] == before["version"]
        assert town.one("SELECT max(id) FROM fact") == last, "what is refused is no fact"
        return
    body = answer.get_json()
    assert (answer.status_code, body["state"], body["version"]) == (
        200,
        RULES[step].target,
        before["version"] + 1,
    )
    assert shown.headers["ETag"] == f'"{body["version"]}"'
    assert {key: value for key, value in shown.get_json().items() if key != "feature"} == body
    told = town.all(
        "SELECT kind, subject, (data->>'incident')::bigint AS i, (data->>'responder')::bigint AS r FROM fact"
        " WHERE id > %(last)s AND kind LIKE 'assignment.%%'",
        last=last,
    )
    assert told == [(RULES[step].fact, before["id"], incident, responder)]
    is_over = RULES[step].target not in ACTIVE
    status = "free" if is_over else workflow.STATUS[RULES[step].target]
    assert town.one("SELECT status FROM responder WHERE code = 'P1'") == status
    is_done = RULES[step].target is AssignmentState.DONE
    assert town.one("SELECT state FROM incident WHERE id = %(id)s", id=incident) == (
        "handled" if is_done else "reported"
    )
    lead = town_client.get(f"/api/incidents/{incident}").get_json()["properties"]["assignment"]
    assert (lead or {}).get("id") == (before["id"] if is_done or not is_over else None)


def test_who_decides_on_an_old_version_is_told(town: Town, town_client: FlaskClient) -> None:
    now = at_state(town_client, opened(town)[0], people(town)["P1"], AssignmentState.ACCEPTED)
    stale = go(town_client, now["id"], "set_out", now["version"] - 1)
    assert (stale.status_code, stale.get_json()["title"]) == (412, "Changed meanwhile")
    # the version is looked at first: what an old page would refuse may be possible by now
    assert go(town_client, now["id"], "finish", now["version"] - 1).status_code == 412
    assert town_client.get(f"/api/assignments/{now['id']}").get_json()["state"] == "accepted"


@pytest.mark.parametrize(
    ("header", "status"), [(None, 428), ("3", 422), ('W/"1"', 422), ("*", 422), ('"x"', 422)]
)
def test_a_step_says_on_which_version_it_was_decided(
    town: Town, town_client: FlaskClient, header: str | None, status: int
) -> None:
    made = send(town_client, opened(town)[0], people(town)["P1"]).get_json()
    headers = {"Idempotency-Key": "k"} | ({} if header is None else {"If-Match": header})
    answer = town_client.post(
        f"/api/assignments/{made['id']}/steps", json={"step": "accept"}, headers=headers
    )
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_the_reply_that_was_lost_is_given_again(town: Town, town_client: FlaskClient) -> None:
    made = send(town_client, opened(town)[0], people(town)["P1"]).get_json()
    first = go(town_client, made["id"], "accept", 1, key="lost")
    again = go(town_client, made["id"], "accept", 1, key="lost")
    assert (first.status_code, first.data) == (again.status_code, again.data) == (200, first.data)


@pytest.mark.parametrize("body", [
    {}, {"step": "fly"}, {"step": None}, {"step": "accept", "more": 1}, {"step": "decline", "reason": ""},
    {"step": "decline", "reason": "   "}, {"step": "decline", "reason": "x" * 501}, {"step": "decline", "reason": 7},
    {"step": "cancel", "reason": "a\x00b"}, {"step": "cancel", "reason": "a\x1bb"}, {"step": "cancel"}, [], None,
    {"step": "cancel", "reason": "\ud800"},
])  # fmt: skip
def test_a_body_that_breaks_a_rule_is_refused(town: Town, town_client: FlaskClient, body: object) -> None:
    made = send(town_client, opened(town)[0], people(town)["P1"]).get_json()
    headers = {"Idempotency-Key": "k", "If-Match": '"1"', "Content-Type": "application/json"}
    answer = town_client.post(f"/api/assignments/{made['id']}/steps", data=json.dumps(body), headers=headers)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert town_client.get(f"/api/assignments/{made['id']}").get_json()["version"] == 1


@pytest.mark.parametrize(
    "reason", ["堵车 & 大雨", "'); DROP TABLE assignment; --", "<script>alert(1)</script>", "x" * 500]
)
def test_a_reason_is_kept_word_for_word(town: Town, town_client: FlaskClient, reason: str) -> None:
    made = send(town_client, opened(town)[0], people(town)["P1"]).get_json()
    assert go(town_client, made["id"], "cancel", 1, reason=reason).get_json()["reason"] == reason
    assert town.one("SELECT reason FROM assignment") == reason


def test_what_was_declined_waits_again_and_no_longer_asks_the_same(
    town: Town, town_client: FlaskClient
) -> None:
    incident, responder = opened(town)[0], people(town)["P1"]

    def asked() -> list[int]:
        answer = town_client.get(f"/api/incidents/{incident}/candidates?k=20").get_json()
        return [one["responder"]["id"] for one in answer["candidates"]]

    assert responder in asked()
    at_state(town_client, incident, responder, AssignmentState.DECLINED)
    assert responder not in asked()
    other = opened(town)[1]
    elsewhere = town_client.get(f"/api/incidents/{other}/candidates?k=20").get_json()["candidates"]
    assert responder in [one["responder"]["id"] for one in elsewhere], "only this incident was declined"
    assert send(town_client, incident, people(town)["P2"]).status_code == 201


def test_what_was_handled_takes_nobody_else(town: Town, town_client: FlaskClient) -> None:
    incident = opened(town)[0]
    at_state(town_client, incident, people(town)["P1"], AssignmentState.DONE)
    answer = send(town_client, incident, people(town)["P2"])
    assert (answer.status_code, answer.get_json()["detail"]) == (409, f"incident {incident} is handled")
    shown = town_client.get(f"/api/incidents/{incident}").get_json()["properties"]
    assert (shown["state"], shown["assignment"]["state"]) == ("handled", "done")


def test_who_has_room_for_two_is_sent_to_two_and_no_more(town: Town, town_client: FlaskClient) -> None:
    town.run("UPDATE responder SET capacity = 2 WHERE code = 'P1'")
    one, person = town.all("SELECT id FROM incident ORDER BY id"), people(town)["P1"]
    town.run("UPDATE incident SET state = 'reported', closed_at = NULL")
    first = at_state(town_client, one[0], person, AssignmentState.ON_SITE)
    second = at_state(town_client, one[1], person, AssignmentState.OFFERED)
    assert town.one("SELECT status FROM responder WHERE code = 'P1'") == "on_site"
    full = send(town_client, one[2], person)
    assert full.get_json()["detail"] == f"王1 is already sent to incident {one[0]} (assignment {first['id']})"
    go(town_client, first["id"], "finish", first["version"])
    assert town.one("SELECT status FROM responder WHERE code = 'P1'") == "assigned"
    assert send(town_client, one[2], person, "again").status_code == 201
    slots = town.all("SELECT id, slot FROM assignment WHERE is_active ORDER BY slot")
    assert [slot for _, slot in slots] == [1, 2], "the lowest free place is taken again"
    assert slots[1][0] == second["id"]


def test_a_responder_sees_what_there_is_to_do(town: Town, town_client: FlaskClient) -> None:
    first, second = opened(town)
    one, two = people(town)["P1"], people(town)["P2"]
    mine = at_state(town_client, first, one, AssignmentState.UNDER_WAY)
    theirs = at_state(town_client, second, two, AssignmentState.CANCELLED)

    def listed(query: str) -> list[int]:
        return [task["id"] for task in town_client.get(f"/api/assignments?{query}").get_json()["assignments"]]

    assert listed("") == listed("active=yes") == listed(f"responder={one}") == [mine["id"]]
    assert listed("active=no") == [theirs["id"]]
    assert listed("active=all") == [theirs["id"], mine["id"]]
    assert listed(f"active=all&responder={one}") == [mine["id"]]
    assert listed(f"responder={two}") == []
    (task,) = town_client.get(f"/api/assignments?responder={one}").get_json()["assignments"]
    assert task["feature"]["id"] == task["incident"] == first
    assert task["feature"]["properties"]["assignment"]["id"] == mine["id"]
    assert task["steps"] == ["arrive", "cancel"]
    for wrong in ("active=maybe", "responder=x", "responder=-1", "limit=0"):
        assert town_client.get(f"/api/assignments?{wrong}").status_code == 422
    assert town_client.get("/api/assignments/999999").status_code == 404


def test_two_tasks_are_read_with_as_many_statements_as_one(
    town: Town, town_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = opened(town)
    at_state(town_client, first, people(town)["P1"], AssignmentState.OFFERED)
    at_state(town_client, second, people(town)["P2"], AssignmentState.OFFERED)
    run, asked = db.Transaction._run, []
    monkeypatch.setattr(
        db.Transaction, "_run", lambda tx, said, values: (asked.append(said), run(tx, said, values))[1]
    )
    counts = []
    for limit in (1, 2):
        asked.clear()
        assert len(town_client.get(f"/api/assignments?limit={limit}").get_json()["assignments"]) == limit
        counts.append(len(asked))
    assert counts[0] == counts[1] > 0


def test_signing_on_and_off(town: Town, town_client: FlaskClient) -> None:
    incident, person = opened(town)[0], people(town)["P1"]

    def sign(status: object, key: str) -> TestResponse:
        return town_client.post(
            f"/api/responders/{person}/status", json={"status": status}, headers={"Idempotency-Key": key}
        )

    facts = "SELECT count(*) FROM fact WHERE kind = 'responder.status'"
    off = sign("off", "1")
    assert (off.status_code, off.get_json()["properties"]["status"]) == (200, "off")
    assert sign("off", "2").status_code == 200
    assert town.one(facts) == 1, "twice off is told once"
    assert send(town_client, incident, person).status_code == 409
    assert sign("free", "3").get_json()["properties"]["status"] == "free"
    held = send(town_client, incident, person, "now").get_json()
    for status in ("off", "free"):
        refused = sign(status, f"4 {status}")
        assert refused.status_code == 409
        assert refused.get_json()["detail"] == f"王1 is assigned: sent to incident {incident}"
    assert go(town_client, held["id"], "cancel", 1).status_code == 200
    assert sign("off", "5").status_code == 200
    for wrong in ("assigned", "on_site", "", None, 1):
        assert sign(wrong, "6").status_code == 422
