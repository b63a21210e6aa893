"""Many hands at once on the same few assignments: one wins, the others learn it, every transition is legal."""

from __future__ import annotations

import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from flask.testing import FlaskClient

from geo_app.dispatch.model import AssignmentState
from geo_app.dispatch.workflow import RULES, Step
from tests.integration.conftest import Town
from tests.integration.dispatch.sending import at_state, go, opened, people, send
from tests.sizes import size

HANDS = 8


def test_one_of_many_steps_on_the_same_version_is_taken(town: Town, town_client: FlaskClient) -> None:
    made = at_state(town_client, opened(town)[0], people(town)["P1"], AssignmentState.ACCEPTED)
    app = town_client.application
    wanted = [Step.SET_OUT, Step.ARRIVE, Step.CANCEL, Step.DECLINE] * 4

    def ask(numbered: tuple[int, Step]) -> int:
        number, step = numbered
        return go(app.test_client(), made["id"], step, made["version"], key=str(number)).status_code

    with ThreadPoolExecutor(HANDS) as hands:
        codes = list(hands.map(ask, enumerate(wanted)))
    assert sorted(codes) == [200] + [412] * (len(wanted) - 1)
    assert town.one("SELECT version FROM assignment") == made["version"] + 1


def act(client: FlaskClient, seed: int, incidents: list[int], responders: list[int]) -> Iterable[int]:
    """Assign somebody or take a step of any assignment, as chance will have it; yield what was answered."""
    chance = random.Random(seed)
    for turn in range(size("turns_at_once")):
        key = f"{seed}-{turn}"
        if chance.random() < 0.35:
            yield send(client, chance.choice(incidents), chance.choice(responders), key).status_code
            continue
        listed = client.get("/api/assignments?active=all&limit=5").get_json()["assignments"]
        if listed:
            one = chance.choice(listed)
            step = chance.choice(one["steps"] or [step.value for step in Step])
            yield go(client, one["id"], step, one["version"], key=key).status_code


def test_whatever_many_do_at_once_nobody_is_booked_twice_and_every_transition_is_legal(
    town: Town, town_client: FlaskClient
) -> None:
    town.run("UPDATE incident SET state = 'reported', closed_at = NULL")
    town.run("UPDATE responder SET capacity = 2 WHERE code IN ('P2', 'P3')")
    incidents, responders = town.all("SELECT id FROM incident"), list(people(town).values())
    app = town_client.application
    with ThreadPoolExecutor(HANDS) as hands:
        answered = list(
            hands.map(lambda seed: list(act(app.test_client(), seed, incidents, responders)), range(HANDS))
        )
    codes = {code for some in answered for code in some}
    assert {200, 201} <= codes <= {200, 201, 409, 412}
    doubled = (
        "SELECT count(*) FROM (SELECT 1 FROM assignment WHERE is_active GROUP BY {} HAVING count(*) > 1) d"
    )
    assert town.one(doubled.format("incident_id")) == 0
    assert town.one(doubled.format("responder_id, slot")) == 0
    over = (
        "SELECT count(*) FROM assignment a JOIN responder r ON r.id = a.responder_id"
        " WHERE a.is_active AND a.slot > r.capacity"
    )
    assert town.one(over) == 0
    busy = town.all("SELECT DISTINCT responder_id FROM assignment WHERE is_active ORDER BY 1")
    assert town.all("SELECT id FROM responder WHERE status <> 'free' ORDER BY 1") == busy
    done = town.all("SELECT DISTINCT incident_id FROM assignment WHERE state = 'done' ORDER BY 1")
    assert town.all("SELECT id FROM incident WHERE state = 'handled' ORDER BY 1") == done
    targets = {rule.fact: rule for rule in RULES.values()}
    for assignment, state, version in town.all("SELECT id, state, version FROM assignment"):
        told = town.all(
            "SELECT kind FROM fact WHERE kind LIKE 'assignment.%%' AND subject = %(id)s ORDER BY xid, id",
            id=assignment,
        )
        assert told[0] == "assignment.offered"
        assert len(told) == version, "each change is told once"
        now = AssignmentState.OFFERED
        for kind in told[1:]:
            assert now in targets[kind].sources
            now = targets[kind].target
        assert now == state
