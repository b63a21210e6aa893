"""Who is there first: what asking the road engine about each responder alone gives."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Point

from geo_app.core import clock, coords
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import NotFound
from geo_app.dispatch import service
from geo_app.dispatch.model import Candidates
from geo_app.incidents import service as incidents
from geo_app.responders import service as responders
from geo_app.roads import service as roads
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
