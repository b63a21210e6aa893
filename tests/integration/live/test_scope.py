"""Two viewers of different streets: each hears of their own, and nobody of what no page needs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geo_app.core import clock, coords, facts
from geo_app.core.actor import SYSTEM, Actor, Scope
from geo_app.core.facts import Position
from geo_app.dispatch import service as dispatch
from geo_app.dispatch.workflow import Step
from geo_app.identity import permissions
from geo_app.incidents import service as incidents
from geo_app.incidents.model import Located
from geo_app.live import api
from geo_app.live.model import KINDS, About, Viewer, about
from geo_app.live.service import Feed
from geo_app.planning import service as planning
from geo_app.planning.model import Draft
from geo_app.responders import service as responders
from geo_app.responders.model import Status
from grids.model import Partition
from tests import build
from tests.integration.conftest import Town
from tests.integration.identity.scoping import (
    EAST,
    EAST_SPOT,
    WEST,
    WEST_SPOT,
    of_city,
    of_department,
    of_street,
    report,
    spot,
)
from tests.integration.planning.conftest import bent, current
from tests.listeners import after as following

RECORDED = re.compile(r'facts\.record\(\s*tx,\s*"([a-z_.]+)"')
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def feed(town: Town) -> Iterator[Feed]:
    """A running feed."""
    running = Feed(town.database)
    running.start()
    yield running
    running.stop()


def heard(town: Town, feed: Feed, since: Position, actor: Actor) -> list[tuple[str, int | None]]:
    """Return what somebody hears of all that has settled since a position, until the end comes."""
    viewer = Viewer.of(actor, town.city.id, town.city.jurisdiction)
    with town.database.transaction(SYSTEM) as tx:
        facts.record(tx, "city.loaded", None, town.city.jurisdiction)
    found = []
    while True:
        for one in following(feed, since, 60.0):
            since = one.position
            if one.kind == "city.loaded":
                return found
            if viewer.hears(one.kind, one.jurisdiction, one.audience):
                found.append((one.kind, one.subject))


def test_each_street_hears_of_its_own(town: Town, feed: Feed) -> None:
    since = feed.now()
    east, west = report(town, EAST_SPOT), report(town, WEST_SPOT)
    worker, hand = town.all("SELECT id FROM responder WHERE code IN ('P0', 'P1') ORDER BY code")
    with town.database.transaction(of_city(town)) as tx:
        sent = dispatch.assign(tx, west, hand)
        responders.switch(tx, worker, Status.OFF)
    in_east = [("incident.reported", east), ("responder.status", worker)]
    in_west = [
        ("incident.reported", west), ("assignment.offered", sent.id), ("responder.status", hand),
    ]  # fmt: skip
    assert heard(town, feed, since, of_street(town, EAST)) == in_east
    assert heard(town, feed, since, of_street(town, WEST)) == in_west
    assert sorted(heard(town, feed, since, of_city(town))) == sorted(in_east + in_west)
    own = Actor("own", permissions.of_roles(["worker"]), responder=hand)
    for somebody in (own, of_department(town)):  # of the report too, when it was read after they were sent
        assert [one for one in heard(town, feed, since, somebody) if one != in_west[0]] == in_west[1:]
    assert heard(town, feed, since, Actor("nowhere", scope=Scope())) == []


def test_who_reported_it_hears_how_it_goes_on(town: Town, feed: Feed) -> None:
    since = feed.now()
    reporter = replace(of_street(town, EAST, "worker"), account=41)
    west = report(town, WEST_SPOT, reporter)
    assert heard(town, feed, since, reporter) == [("incident.reported", west)]
    assert heard(town, feed, since, replace(reporter, account=42)) == []


def test_what_is_handed_over_is_heard_where_it_was_and_where_it_is(town: Town, feed: Feed) -> None:
    mine = report(town, EAST_SPOT)
    since = feed.now()
    with town.database.transaction(of_city(town)) as tx:
        incidents.settle_location(tx, mine, 1, Located(spot(town, WEST_SPOT)))
    for street in (EAST, WEST):
        assert heard(town, feed, since, of_street(town, street)) == [("incident.located", mine)]


def test_a_release_that_moves_a_cell_to_another_street_moves_who_sees_and_hears(
    town: Town, feed: Feed
) -> None:
    mine = report(town, EAST_SPOT)
    before = {street: _seen(town, street) for street in (EAST, WEST)}
    assert mine in before[EAST]
    at = clock.now()
    on_duty = "SELECT rc.responder_id FROM responder_cell rc JOIN placement p ON p.cell_id = rc.cell_id"
    theirs = town.all(on_duty + " WHERE p.subject_kind = 'incident' AND p.subject_id = %(id)s", id=mine)
    with town.database.transaction(SYSTEM) as tx:
        whole = planning.partition(tx, town.city, at)
        code = planning.cell_at(tx, town.city, spot(town, EAST_SPOT), at).code or ""
        given = Partition.of([
            replace(cell, community=build.COMMUNITIES[2]) if cell.code == code else cell
            for cell in whole.cells.values()
        ])  # fmt: skip
        base = planning.release_at(tx, town.city, at)
        assert base is not None
        ready = planning.prepare(tx, town.city, Draft(base.id, given, at, "test"))
    since = feed.now()
    planner = replace(of_street(town, WEST, "planner"), name="planner")
    with town.database.transaction(planner) as tx:
        planning.publish(tx, town.city, ready)
    gone = before[EAST] - _seen(town, EAST)
    assert mine in gone
    assert _seen(town, WEST) == before[WEST] | gone
    for street in (EAST, WEST):
        told = heard(town, feed, since, of_street(town, street))
        assert {("placement.moved", one) for one in gone} <= set(told)
    for one in theirs:
        assert ("placement.moved", mine) in heard(town, feed, since, Actor("own", responder=one))
    assert theirs


def test_an_open_case_that_a_release_moves_goes_on_as_it_was_and_both_workers_hear_of_it(
    town: Town, feed: Feed
) -> None:
    """Who is sent, its state, its clocks and what happened to it stay; only its cell is another."""
    old, new, hand = town.all("SELECT id FROM responder WHERE code IN ('P1', 'P2', 'P3') ORDER BY code")
    whole = current(town)
    after = bent(whole, 3, 30.0)
    gained = next(
        code for code, cell in after.cells.items() if not whole.cells[code].geometry.covers(cell.geometry)
    )
    land = after.cells[gained].geometry.difference(whole.cells[gained].geometry)
    place = coords.to_lonlat(land.representative_point(), town.city.srid)
    with town.database.transaction(SYSTEM) as tx:
        category = next(iter(incidents.categories(tx, town.city, clock.now())))
        case = incidents.report(tx, town.city, build.report(category, place, clock.now()))
        sent = dispatch.assign(tx, case.id, hand)
        dispatch.step(tx, sent.id, sent.version, Step.ACCEPT, None)
    assert case.cell != gained
    ids = dict(town.all("SELECT code, cell_id FROM code_registry"))
    town.run("DELETE FROM responder_cell WHERE cell_id = ANY(%(c)s)", c=[ids[case.cell or ""], ids[gained]])
    for who, code in ((old, case.cell or ""), (new, gained)):
        town.run("INSERT INTO responder_cell VALUES (%(who)s, %(cell)s)", who=who, cell=ids[code])
    before, told = _rows(town, case.id), town.one(TOLD, id=case.id)
    since = feed.now()
    publish(town, after)
    assert town.one("SELECT cell_id FROM placement WHERE subject_kind = 'incident' AND subject_id = %(id)s",
                    id=case.id) == ids[gained]  # fmt: skip
    assert _rows(town, case.id) == before
    assert town.one(TOLD, id=case.id) == told
    for who in (old, new, hand):
        assert ("placement.moved", case.id) in heard(town, feed, since, Actor("own", responder=who))


TOLD = "SELECT count(*) FROM fact WHERE subject = %(id)s AND kind LIKE 'incident.%%'"


def _rows(town: Town, incident: int) -> list[str]:
    """Return an incident, its reports and its assignments as they are written, without where they lie."""
    return [
        row for table, key in (("incident", "id"), ("report", "incident_id"), ("assignment", "incident_id"))
        for row in town.all(
            f"SELECT (to_jsonb(t) - 'community_id')::text FROM {table} t WHERE {key} = %(id)s ORDER BY id",
            id=incident,
        )
    ]  # fmt: skip


def publish(town: Town, whole: Partition) -> None:
    """Publish a grid on top of the one in force."""
    with town.database.transaction(SYSTEM) as tx:
        base = planning.release_at(tx, town.city, clock.now())
        assert base is not None
        ready = planning.prepare(tx, town.city, Draft(base.id, whole, clock.now(), "test"))
    with town.database.transaction(SYSTEM) as tx:
        planning.publish(tx, town.city, ready)


def _seen(town: Town, street: str) -> set[int]:
    with town.database.transaction(of_street(town, street)) as tx:
        return {one.id for one in incidents.incidents(tx, town.city, True, 2000)}


def test_a_stream_ends_when_what_its_account_may_changes_and_goes_on_behind(town: Town, feed: Feed) -> None:
    actor = replace(of_street(town, EAST), account=41)
    viewer = Viewer.of(actor, town.city.id, town.city.jurisdiction)
    since = feed.now()
    east = report(town, EAST_SPOT)
    with town.database.transaction(SYSTEM) as tx:
        facts.record(tx, "account.unbound", 42, None)
        facts.record(tx, "account.unbound", 41, None)
    never = report(town, EAST_SPOT)

    async def whole(position: Position) -> list[str]:
        return [event async for event in api._events(feed, position, viewer)]

    begin, *events, end = asyncio.run(asyncio.wait_for(whole(since), 60))
    assert begin.startswith("retry: 2000\n")
    told = [event for event in events if event.startswith("event:")]
    assert [f'"subject": {east}' in event for event in told] == [True]
    assert not any(str(f'"subject": {never}') in event for event in events)
    assert end.startswith("id: ")
    xid, number = end.removeprefix("id: ").strip().split("-")
    follow = heard(town, feed, Position(xid, int(number)), actor)
    assert follow == [("incident.reported", never)], "the page comes back behind what ended its stream"


def test_what_a_fact_names_like_the_cells_of_a_moved_thing_stops_nobody(town: Town, feed: Feed) -> None:
    since = feed.now()
    with town.database.transaction(of_city(town)) as tx:
        facts.record(tx, "plan.replaced", 7, town.city.jurisdiction, cells=3)
    assert heard(town, feed, since, of_city(town)) == [("plan.replaced", 7)]


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("placement.moved", {"cells": {"a": 1}, "of": "incident"}),
        ("placement.moved", {"cells": ["a"], "communities": "b"}),
        ("assignment.sent", {"incident": "c"}),
        ("assignment.sent", {}),
    ],
)
def test_a_fact_that_cannot_be_read_stops_nobody(
    town: Town, feed: Feed, kind: str, named: dict[str, Any]
) -> None:
    since = feed.now()
    with town.database.transaction(of_city(town)) as tx:
        facts.record(tx, kind, 7, town.city.jurisdiction, **named)
        facts.record(tx, "grid.changed", 8, town.city.jurisdiction)
    assert heard(town, feed, since, of_city(town)) == [(kind, 7), ("grid.changed", 8)]


def test_every_kind_that_is_recorded_says_whom_it_concerns() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "geo_app").rglob("*.py")]
    kinds = {kind for source in sources for kind in RECORDED.findall(source)}
    assert len(kinds) > 30
    assert not sorted(kind for kind in kinds if kind.partition(".")[0] not in KINDS)
    assert about("somebody.forgot") is None
    assert about("person.unmasked") is About.NOBODY
