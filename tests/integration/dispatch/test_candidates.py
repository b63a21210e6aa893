"""Who is there first: what asking the road engine about each responder alone gives."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from shapely import Point

from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.core import clock, coords
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import NotFound
from geo_app.dispatch import service
from geo_app.dispatch.model import Candidates
from geo_app.incidents import service as incidents
from geo_app.planning import service as planning
from geo_app.responders import service as responders
from geo_app.roads import service as roads
from geo_app.roads.model import Road
from tests import build
from tests.integration.conftest import Town


def crowd(town: Town, count: int) -> None:
    """Add free responders all over the town, a third of them without skills."""
    chance = np.random.default_rng(7)
    places = [coords.to_lonlat(Point(500_000 + x, 4_400_000 + y), 4548) for x, y in
              np.round(chance.uniform((0, 0), (600, 400), (count, 2)), 3)]  # fmt: skip
    with town.database.transaction(SYSTEM) as tx:
        skills = town.one("SELECT skills FROM responder WHERE code = 'P1'")
        columns = ("id", "city_id", "jurisdiction", "code", "name", "kind", "skills", "status")
        tx.copy("responder", columns, [
            (1000 + i, town.city.id, "990101", f"Q{i:03d}", f"李{i}", "partner", skills if i % 3 else [], "free")
            for i in range(count)
        ])  # fmt: skip
        tx.copy("responder_position", ("responder_id", "city_id", "jurisdiction", "point", "at"), [
            (1000 + i, town.city.id, "990101", place, clock.now()) for i, place in enumerate(places)
        ])  # fmt: skip


def open_incidents(town: Town) -> list[int]:
    return town.all("SELECT id FROM incident WHERE state <> 'closed' ORDER BY id")


def ask(town: Town, incident: int, k: int) -> Candidates:
    with town.database.transaction(SYSTEM) as tx:
        return service.candidates(tx, incident, k)


def test_candidates_are_those_brute_force_finds(town: Town) -> None:
    crowd(town, 60)
    for incident_id in open_incidents(town):
        found = ask(town, incident_id, 10)
        with town.database.transaction(SYSTEM) as tx:
            incident = incidents.incident(tx, incident_id)
            everyone = responders.available(tx, town.city, incident.skill, clock.now())
            engine = roads.engine(tx, town.city.id, service.MODE)
        target = coords.to_metric(incident.position, town.city.srid)
        expected = []
        for one in everyone:
            start = coords.to_metric(one.position, town.city.srid)
            ranking = engine.nearest(target, shapely.get_coordinates(start), 1)
            expected += [(reach.seconds, one.id) for reach in ranking.reaches]
            assert incident.skill is None or incident.skill in one.skills
        nearest = sorted(expected)[:10]
        assert [one.responder.id for one in found.candidates] == [person for _, person in nearest]
        assert [one.seconds for one in found.candidates] == pytest.approx([seconds for seconds, _ in nearest])
        assert not found.is_estimate


def test_each_candidate_comes_with_its_way_and_its_reasons(town: Town) -> None:
    incident_id = open_incidents(town)[0]
    with town.database.transaction(SYSTEM) as tx:
        incident = incidents.incident(tx, incident_id)
    found = ask(town, incident_id, 5).candidates
    assert [one.seconds for one in found] == sorted(one.seconds for one in found)
    for number, one in enumerate(found):
        assert ("nearest" in one.reasons) == (number == 0)
        assert ("own_cell" in one.reasons) == one.is_in_cell == (incident.cell in one.responder.cells)
        assert ("skill" in one.reasons) == (incident.skill is not None)
        assert one.route is not None
        assert one.route.distance(one.responder.position) < 1e-6
        assert one.route.distance(incident.position) < 1e-6


def test_fewer_than_asked_for_is_no_error(town: Town) -> None:
    town.run("UPDATE responder SET status = 'off'")
    assert ask(town, open_incidents(town)[0], 5).candidates == ()


def test_without_roads_the_answer_says_it_is_an_estimate(town: Town) -> None:
    town.run("DELETE FROM road_network")
    found = ask(town, open_incidents(town)[0], 5)
    assert found.is_estimate
    assert found.candidates


def test_an_incident_nobody_knows_is_named(town: Town) -> None:
    with pytest.raises(NotFound, match="no incident 999"):
        ask(town, 999, 5)


def test_hard_filters_hold_and_the_unskilled_fill_up_what_is_missing(town: Town) -> None:
    crowd(town, 90)
    town.run("UPDATE responder SET capacity = 2 WHERE id %% 5 = 0")
    town.run("UPDATE responder SET status = 'off' WHERE id %% 7 = 0")
    incident_id, other = open_incidents(town)
    for person, about, slot, state in [(1001, other, 1, "accepted"), (1005, incident_id, 1, "cancelled"),
                                       (1010, other, 1, "on_site"), (1002, incident_id, 1, "declined")]:  # fmt: skip
        town.run(
            "INSERT INTO assignment (city_id, jurisdiction, incident_id, responder_id, slot, role, state, offered_at,"
            " changed_at, ended_at, ranking) VALUES (%(city)s, '990101', %(about)s, %(person)s, %(slot)s, 'co_handler',"
            " %(state)s, now(), now(), CASE WHEN %(state)s IN ('cancelled', 'declined') THEN now() END, '{}')",
            city=town.city.id, about=about, person=person, slot=slot, state=state,
        )  # fmt: skip
    with town.database.transaction(SYSTEM) as tx:
        incident = incidents.incident(tx, incident_id)
        everyone = responders.responders(tx, town.city, clock.now())
        engine = roads.engine(tx, town.city.id, service.MODE)
    assert incident.skill is not None
    assert incident.position is not None
    target = coords.to_metric(incident.position, town.city.srid)
    active = {1001: 1, 1010: 1}
    expected: dict[bool, list[tuple[float, int]]] = {True: [], False: []}
    for one in everyone:
        room = 2 if one.id % 5 == 0 else 1
        if one.id % 7 == 0 or not one.is_on_shift or active.get(one.id, 0) >= room or one.id == 1002:
            continue
        start = coords.to_metric(one.position, town.city.srid)
        (reach,) = engine.nearest(target, shapely.get_coordinates(start), 1).reaches
        expected[incident.skill in one.skills].append((reach.seconds, one.id))
    assert len(expected[True]) > 10
    found = ask(town, incident_id, 10)
    assert [one.responder.id for one in found.candidates] == [
        person for _, person in sorted(expected[True])[:10]
    ]
    assert found.others == ()
    town.run("UPDATE responder SET skills = '{}' WHERE id >= 1000 AND id %% 6 <> 1")
    few = [(seconds, person) for seconds, person in expected[True] if person < 1000 or person % 6 == 1]
    unskilled = sorted(expected[False] + [one for one in expected[True] if one not in few])
    found = ask(town, incident_id, 20)
    assert [one.responder.id for one in found.candidates] == [person for _, person in sorted(few)[:20]]
    missing = 20 - len(found.candidates)
    assert [one.responder.id for one in found.others] == [person for _, person in unskilled[:missing]]
    for one in found.others:
        assert "no_skill" in one.reasons
        assert not {"skill", "nearest"} & set(one.reasons)
    for one in (*found.candidates, *found.others):
        busy = active.get(one.responder.id, 0)
        assert one.responder.active == busy
        assert ("has_room" in one.reasons, "free" in one.reasons) == (busy > 0, busy == 0)


def test_what_a_choice_was_made_from_is_kept(town: Town) -> None:
    incident_id = open_incidents(town)[0]
    found = ask(town, incident_id, 5)
    chosen = found.candidates[1].responder
    with town.database.transaction(SYSTEM) as tx:
        service.assign(tx, incident_id, chosen.id)
    kept = town.one("SELECT ranking FROM assignment")
    assert (kept["policy"], kept["mode"], kept["is_estimate"], kept["chosen"]) == (
        "by_travel_time", "ebike", False, chosen.id,
    )  # fmt: skip
    for one, inputs in zip(found.candidates, kept["candidates"], strict=False):
        assert (inputs["responder"], inputs["seconds"], inputs["metres"]) == (
            one.responder.id,
            one.seconds,
            one.metres,
        )
        assert inputs["position"] == [one.responder.position.x, one.responder.position.y]


def test_candidates_come_with_where_they_are_and_what_they_have_to_do(
    town: Town, town_client: FlaskClient
) -> None:
    incident_id = open_incidents(town)[0]
    answer = town_client.get(f"/api/incidents/{incident_id}/candidates?k=20").get_json()
    assert {"candidates", "others", "passing"} <= answer.keys()
    with town.database.transaction(SYSTEM) as tx:
        for one in (*answer["candidates"], *answer["others"]):
            person = responders.responder(tx, town.city, one["responder"]["id"], clock.now())
            placed = planning.cell_at(tx, town.city, person.position, clock.now())
            assert one["cell"] == (
                None if placed.code is None else {"code": placed.code, "name": placed.name}
            )
            assert one["load"] == {"active": 0, "capacity": 1, "today": 0}
            assert one["position_age"] >= 0
            assert one["responder"]["code"] == person.code


def test_who_passes_on_a_round_is_told(town: Town, town_client: FlaskClient) -> None:
    incident_id = open_incidents(town)[0]  # 60, 60 from the corner; the round begins at 50, 50 and leads away
    answer = town_client.get(f"/api/incidents/{incident_id}/candidates").get_json()
    assert answer["passing"] == [], "the walker at 5, 5 is more than 60 m from the line"
    for x, is_there in ((45.0, True), (250.0, False)):
        place = coords.to_lonlat(Point(500_000 + x, 4_400_000 + 50), 4548)
        town.run("UPDATE responder_position SET point = %(p)s WHERE responder_id = (SELECT id FROM responder"
                 " WHERE code = 'P0')", p=place)  # fmt: skip
        found = town_client.get(f"/api/incidents/{incident_id}/candidates").get_json()["passing"]
        assert [(one["responder"]["name"], one["route"]["code"]) for one in found] == [
            ("王0", "R1")
        ] * is_there
    town.run("UPDATE responder SET status = 'off' WHERE code = 'P0'")
    assert town_client.get(f"/api/incidents/{incident_id}/candidates").get_json()["passing"] == []


def test_how_many_no_road_leads_from_is_told(town: Town, town_client: FlaskClient) -> None:
    incident_id = open_incidents(town)[0]
    assert town_client.get(f"/api/incidents/{incident_id}/candidates").get_json()["unreachable"] == 0
    line = shapely.LineString([(502_000, 4_402_000), (502_100, 4_402_000)])
    island = Road(90_000, 90_000, 90_001, "residential", "岛路", 0, line)
    with town.database.transaction(SYSTEM) as tx:
        roads.import_roads(tx, town.city.id, town.city.srid, [*build.town().roads, island])
    place = coords.to_lonlat(Point(502_050, 4_402_003), 4548)
    town.run("UPDATE incident SET point = %(p)s WHERE id = %(id)s", p=place, id=incident_id)
    answer = town_client.get(f"/api/incidents/{incident_id}/candidates").get_json()
    assert (answer["candidates"], answer["others"]) == ([], [])
    with town.database.transaction(SYSTEM) as tx:
        skill = incidents.incident(tx, incident_id).skill
        assert answer["unreachable"] == len(responders.available(tx, town.city, skill, clock.now())) > 0
    said = {"category": CATEGORIES[0].code, "channel": "web", "description": "井盖丢了",
            "position": {"lon": place.x, "lat": place.y, "frame": "wgs84"}}  # fmt: skip
    told = town_client.post("/api/incidents", json=said, headers={"Idempotency-Key": "cut off"}).get_json()
    later = town_client.get(f"/api/incidents/{told['id']}/candidates").get_json()
    assert told["candidates"] == []
    assert told["unreachable"] == later["unreachable"] > 0


def test_nobody_is_sent_after_an_incident_that_is_nowhere(town: Town) -> None:
    incident_id = open_incidents(town)[0]
    town.run("UPDATE incident SET location = 'unknown', point = NULL WHERE id = %(id)s", id=incident_id)
    found = ask(town, incident_id, 5)
    assert (found.candidates, found.others, found.passing) == ((), (), ())
