"""Who is bound to one street sees its people and cases and no others; what is reported elsewhere is not lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from geo_app.core import clock, db
from geo_app.core.actor import SYSTEM, Actor, Scope
from geo_app.core.errors import Conflict, GeoError, NotFound, OutOfScope
from geo_app.dispatch import service as dispatch
from geo_app.dispatch.workflow import Step
from geo_app.identity import permissions
from geo_app.identity import service as identity
from geo_app.identity.model import Binding, NewAccount, Purpose
from geo_app.incidents import service as incidents
from geo_app.incidents.model import Located
from geo_app.patrols import service as patrols
from geo_app.photos import service as photos
from geo_app.planning import service as planning
from geo_app.planning.model import Draft
from geo_app.privacy import service as privacy
from geo_app.responders import service as responders
from geo_app.responders.model import Status
from grids.model import Partition
from tests import build
from tests.integration.conftest import Raw, Town
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
    units,
)
from tests.integration.planning.conftest import bring_forward

NOWHERE = Actor("nowhere", permissions.of_roles(["dispatcher"]), Scope())


def seen(town: Town, actor: Actor) -> set[int]:
    """Return the ids of the incidents somebody is shown."""
    with town.database.transaction(actor) as tx:
        return {one.id for one in incidents.incidents(tx, town.city, None, 2000)}


@pytest.fixture
def west(town: Town) -> int:
    """An incident in the west street; the town's own lie in the east."""
    return report(town, WEST_SPOT)


def test_a_case_is_seen_by_who_gets_it_from_the_instant_on_that_a_release_begins(
    town: Town, west: int
) -> None:
    """They were shown it only once a timer had come."""
    begins = clock.now() + timedelta(days=3)
    with town.database.transaction(SYSTEM) as tx:
        cells = planning.partition(tx, town.city, begins).cells.values()
        given = [replace(cell, community=build.COMMUNITIES[0]) for cell in cells]
        base = planning.releases(tx, town.city)[0].id
        draft = Draft(base, Partition.of(given), begins, "x")
        planning.publish(tx, town.city, planning.prepare(tx, town.city, draft))
    assert west not in seen(town, of_street(town, EAST))
    bring_forward(town, begins, clock.now())
    assert west in seen(town, of_street(town, EAST))
    assert west not in seen(town, NOWHERE)


def test_each_street_is_listed_its_own_incidents(town: Town, west: int) -> None:
    everything = seen(town, SYSTEM)
    assert seen(town, of_street(town, WEST)) == {west}
    assert seen(town, of_street(town, EAST)) == everything - {west}
    assert seen(town, of_city(town)) == everything
    assert seen(town, NOWHERE) == seen(town, of_department(town)) == set()


def test_one_community_sees_less_than_its_street(town: Town) -> None:
    first = replace(of_street(town, EAST), scope=Scope(units=units(town, build.COMMUNITIES[0])))
    assert len(seen(town, first)) == 2
    assert seen(town, first) < seen(town, of_street(town, EAST))


def test_what_lies_in_no_cell_is_seen_by_the_whole_city_only(town: Town) -> None:
    outside = report(town, (-5_000.0, -5_000.0))
    assert outside in seen(town, of_city(town))
    assert outside not in seen(town, of_street(town, EAST)) | seen(town, of_street(town, WEST))


@pytest.mark.parametrize("verb", ["incident", "lock", "reports", "reveal", "photos", "photo", "candidates", "assign",
                                  "settle", "join"])  # fmt: skip
def test_what_lies_elsewhere_is_refused_by_name(town: Town, west: int, verb: str) -> None:
    somebody = town.one("SELECT id FROM responder WHERE code = 'P0'")
    here = Located(spot(town, EAST_SPOT))
    telling = build.report("0102", spot(town, EAST_SPOT), clock.now())
    acts = {
        "incident": lambda tx: incidents.incident(tx, west),
        "lock": lambda tx: incidents.lock(tx, west),
        "reports": lambda tx: privacy.reports(tx, west),
        "reveal": lambda tx: privacy.reveal(tx, west, 1, "居民要求回电"),
        "photos": lambda tx: photos.photos(tx, west),
        "photo": lambda tx: photos.content(tx, west, 1, is_small=True),
        "candidates": lambda tx: dispatch.candidates(tx, west, 5),
        "assign": lambda tx: dispatch.assign(tx, west, somebody),
        "settle": lambda tx: incidents.settle_location(tx, west, 1, here),
        "join": lambda tx: incidents.add_report(tx, west, telling),
    }
    with (
        town.database.transaction(of_street(town, EAST)) as tx,
        pytest.raises(OutOfScope, match=f"incident {west} lies"),
    ):
        acts[verb](tx)
    with town.database.transaction(of_street(town, EAST)) as tx, pytest.raises(NotFound, match="no incident"):
        incidents.incident(tx, 999_999)


def test_each_street_is_shown_who_works_for_it(town: Town, west: int) -> None:
    everybody = set(town.all("SELECT code FROM responder"))
    at = clock.now()
    with town.database.transaction(of_street(town, EAST)) as tx:
        (worker,) = responders.responders(tx, town.city, at)
        assert worker.code == "P0"
        assert [one.code for one in responders.available(tx, town.city, None, at)] == ["P0"]
        assert [one.code for one in responders.of_cell(tx, town.city, worker.cells[0], at)] == ["P0"]
        assert [one.code for one in patrols.routes(tx, town.city, at)] == ["R1"]
    department = town.one("SELECT id FROM responder WHERE code = 'P1'")
    with town.database.transaction(of_street(town, WEST)) as tx:
        assert responders.responders(tx, town.city, at) == patrols.routes(tx, town.city, at) == []
        with pytest.raises(OutOfScope, match=f"responder {worker.id} lies"):
            responders.responder(tx, town.city, worker.id, at)
        with pytest.raises(OutOfScope, match=f"responder {worker.id} lies"):
            responders.lock(tx, worker.id)
    with town.database.transaction(of_city(town)) as tx:
        assert {one.code for one in responders.responders(tx, town.city, at)} == everybody
        dispatch.assign(tx, west, department)
    with town.database.transaction(of_street(town, WEST)) as tx:
        (sent,) = responders.responders(tx, town.city, at)
        assert sent.id == department, "who is on the way to a street is seen there"
        assert dispatch.leads(tx, [west])[west].responder_name == sent.name
    with town.database.transaction(of_department(town)) as tx:
        assert {one.code for one in responders.responders(tx, town.city, at)} == everybody - {"P0"}
    assert seen(town, of_department(town)) == {west}, "a department sees what its people are sent to"


def test_assignments_of_one_street_are_not_the_others(town: Town, west: int) -> None:
    people = dict(town.all("SELECT code, id FROM responder"))
    east = town.one("SELECT min(id) FROM incident")
    with town.database.transaction(of_city(town)) as tx:
        made = {
            EAST: dispatch.assign(tx, east, people["P1"]),
            WEST: dispatch.assign(tx, west, people["P0"]),
        }
    for street, other in ((EAST, WEST), (WEST, EAST)):
        with town.database.transaction(of_street(town, street)) as tx:
            assert [one.id for one in dispatch.assignments(tx, town.city, None, None, 50)] == [
                made[street].id
            ]
            assert dispatch.leads(tx, [east, west]).keys() == {made[street].incident}
            foreign = made[other]
            with pytest.raises(OutOfScope, match=f"assignment {foreign.id} lies"):
                dispatch.assignment(tx, foreign.id)
            with pytest.raises(OutOfScope, match=f"assignment {foreign.id} lies"):
                dispatch.step(tx, foreign.id, foreign.version, Step.CANCEL, "x")


def test_who_works_elsewhere_is_busy_also_for_who_does_not_see_it(town: Town, west: int) -> None:
    """A responder would have been sent twice: the other assignment lay beyond the policy."""
    worker = town.one("SELECT id FROM responder WHERE code = 'P0'")
    mine = town.one("SELECT min(id) FROM incident")
    with town.database.transaction(of_city(town)) as tx:
        sent = dispatch.assign(tx, west, worker)
    at = clock.now()
    with town.database.transaction(of_street(town, EAST)) as tx:
        assert responders.responder(tx, town.city, worker, at).active == 1
        assert responders.available(tx, town.city, None, at) == []
        with pytest.raises(Conflict, match=f"already sent to incident {west}"):
            dispatch.assign(tx, mine, worker)
        with pytest.raises(Conflict, match=f"sent to incident {west}"):
            responders.switch(tx, worker, Status.OFF)
    with town.database.transaction(of_street(town, WEST)) as tx:
        done = dispatch.step(tx, sent.id, sent.version, Step.CANCEL, "x")
    assert done.responder == worker
    assert town.one("SELECT status FROM responder WHERE id = %(id)s", id=worker) == "free"


def test_a_responder_sees_what_they_are_sent_to(town: Town, west: int) -> None:
    worker, other = town.all("SELECT id FROM responder ORDER BY code LIMIT 2")
    actor = Actor("worker", permissions.of_roles(["worker"]), responder=worker)
    assert seen(town, actor) == set()
    with town.database.transaction(of_city(town)) as tx:
        made = dispatch.assign(tx, west, worker)
    assert seen(town, actor) == {west}
    with town.database.transaction(actor) as tx:
        assert [one.id for one in responders.responders(tx, town.city, clock.now())] == [worker]
        assert dispatch.step(tx, made.id, made.version, Step.ACCEPT, None).responder == worker
        with pytest.raises(OutOfScope):
            responders.lock(tx, other)


def test_a_report_in_another_street_is_kept_and_its_reporter_may_follow_it(town: Town) -> None:
    worker = replace(of_street(town, EAST, "worker"), account=41)
    taken = report(town, WEST_SPOT, worker)
    assert taken in seen(town, of_street(town, WEST))
    assert taken in seen(town, worker)
    assert taken not in seen(town, replace(worker, account=42))
    with town.database.transaction(worker) as tx:
        telling = build.report("0102", spot(town, WEST_SPOT), clock.now())
        assert incidents.add_report(tx, taken, telling).id > 0


def test_nobody_reports_where_they_are_bound_to_nothing(town: Town) -> None:
    elsewhere = Actor("elsewhere", permissions.of_roles(["worker"]), Scope(cities=(999_999,)), account=41)
    for actor in (elsewhere, replace(elsewhere, scope=Scope())):
        with pytest.raises(OutOfScope) as refused:
            report(town, EAST_SPOT, actor)
        assert refused.value.status == 403
        assert refused.value.members() == {"scope": "it"}


def test_settling_a_place_in_another_street_hands_the_incident_over(town: Town) -> None:
    mine = report(town, EAST_SPOT)
    east, west = of_street(town, EAST), of_street(town, WEST)
    assert mine in seen(town, east) - seen(town, west)
    with town.database.transaction(east) as tx:
        settled = incidents.settle_location(tx, mine, 1, Located(spot(town, WEST_SPOT)))
    assert (settled.cell or "").startswith(build.COMMUNITIES[2])
    assert mine in seen(town, west) - seen(town, east)


def test_a_key_that_came_in_elsewhere_is_told_and_not_a_failure(town: Town) -> None:
    category = "0102"
    one = replace(build.report(category, spot(town, WEST_SPOT), clock.now()), source="12345", source_key="7")
    with town.database.transaction(SYSTEM) as tx:
        incidents.report(tx, town.city, one)
    worker = replace(of_street(town, EAST, "worker"), account=41)
    with pytest.raises(Conflict, match="12345 7 came in before"), town.database.transaction(worker) as tx:
        incidents.report(tx, town.city, one)


def test_a_binding_to_a_street_reaches_everything_below_it_while_it_lasts(town: Town) -> None:
    (street,) = units(town, WEST)
    at = clock.now()
    with town.database.transaction(SYSTEM) as tx:
        made, _ = identity.invite(tx, NewAccount("zhao.lei", "赵雷", ("dispatcher",)))
        identity.bind(tx, Binding(0, made.id, town.city.id, street, None, at - timedelta(hours=1), None))
        later = Binding(0, made.id, town.city.id, units(town, EAST)[0], None, at + timedelta(1), None)
        identity.bind(tx, later)
        key = tx.value(Raw("SELECT fs_uniquifier FROM account WHERE id = %(id)s"), id=made.id)
        actor = identity.actor_by_session(tx, key, None)
    assert actor is not None
    assert actor.scope == Scope(units=units(town, WEST, build.COMMUNITIES[2]))
    west = report(town, WEST_SPOT)
    assert seen(town, actor) == {west}


def test_accounts_are_seen_by_their_owners_and_by_who_administers(town: Town) -> None:
    with town.database.transaction(SYSTEM) as tx:
        made = [identity.invite(tx, NewAccount(name, "人", ("worker",)))[0] for name in ("aa", "bb")]
        secret = identity.link(tx, made[0].id, Purpose.RECOVER)

    def known(role: str, account: int | None = None) -> list[str]:
        with town.database.transaction(Actor(role, permissions.of_roles([role]), account=account)) as tx:
            return [one.username for one in identity.accounts(tx)]

    assert known("worker") == known("dispatcher") == []
    assert known("worker", made[1].id) == ["bb"]
    for role in ("system_admin", "security_admin", "audit_admin"):
        assert known(role) == ["aa", "bb"]
    with town.database.transaction(Actor("nobody")) as tx:
        assert identity.look_at_link(tx, secret)[0].username == "aa", "a link is its own key"
        assert identity.accounts(tx) == []
    auditor = Actor("audit", permissions.of_roles(["audit_admin"]))
    with town.database.transaction(auditor) as tx:
        assert tx.run(Raw("UPDATE account SET active = false")) == 0, "reading is not keeping"


def test_a_scope_is_whole_again_after_work_beyond_it(town: Town, west: int) -> None:
    def count(tx: db.Transaction) -> int:
        found: int = tx.value(Raw("SELECT count(*) FROM incident"))
        return found

    with town.database.transaction(of_street(town, WEST)) as tx:
        with tx.beyond_scope():
            with tx.beyond_scope():
                assert count(tx) > 1
            assert count(tx) > 1
        assert count(tx) == 1
        with pytest.raises(GeoError), tx.beyond_scope():
            raise GeoError
        assert count(tx) == 1
        assert planning.open_in_cell(tx, _cell(tx, town), "incident") == 1
    assert west


def _cell(tx: db.Transaction, town: Town) -> planning.StandingCell:
    placed = planning.cell_at(tx, town.city, spot(town, WEST_SPOT), clock.now())
    return planning.cell(tx, town.city, placed.code or "", clock.now())
