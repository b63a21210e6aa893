"""What the row policies let somebody see is what the rule says, row by row, worked out in Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from geo_app.core import db, scope
from geo_app.core.actor import SYSTEM, Actor, Scope
from tests.integration.conftest import Raw, Town
from tests.integration.conftest import still_town as still_town  # noqa: PLC0414

ROWS = 12
Ids = set[int]


class Undo(Exception):
    """Ends an example without a trace."""


@dataclass(frozen=True)
class World:
    """Every guarded row, as the system sees it."""

    incidents: list[dict[str, Any]]
    assignments: list[dict[str, Any]]
    responders: list[dict[str, Any]]
    duties: list[dict[str, Any]]
    reports: list[dict[str, Any]]

    def cases(self, who: Actor) -> Ids:
        """Return the incidents somebody may see: where they lie, whose they are, whom they concern."""
        mine = {one["id"] for one in self.responders if one["department_id"] in who.scope.departments}
        mine |= {who.responder} if who.responder else set()
        sent = {one["incident_id"] for one in self.assignments if one["responder_id"] in mine}
        return {
            one["id"] for one in self.incidents
            if who.scope.everything or one["city_id"] in who.scope.cities or one["id"] in sent
            or (one["community_id"] is not None and one["community_id"] in who.scope.units)
            or (one["taken_by"] is not None and one["taken_by"] == who.account)
        }  # fmt: skip

    def people(self, who: Actor, states: Ids | set[str]) -> Ids:
        """Return the responders somebody may see, of those sent only in these states."""
        cases = self.cases(who) if not who.scope.cities else set()
        is_open = {one["id"]: one["state"] != "closed" for one in self.incidents}
        units = set(who.scope.units)
        found = set()
        for one in self.responders:
            cells = {duty["community_id"] for duty in self.duties if duty["responder_id"] == one["id"]}
            sent = any(
                job["responder_id"] == one["id"] and job["incident_id"] in cases
                and is_open[job["incident_id"]] and job["state"] in states
                for job in self.assignments
            )  # fmt: skip
            if (
                who.scope.everything or one["city_id"] in who.scope.cities or one["id"] == who.responder
                or one["department_id"] in who.scope.departments or cells & units or sent
            ):  # fmt: skip
                found.add(one["id"])
        return found


ON_IT = {"offered", "accepted", "under_way", "on_site"}
STATES = sorted(ON_IT | {"done", "declined", "cancelled"})


@st.composite
def stories(draw: st.DrawFn) -> list[tuple[int, int, str, int, str, int]]:
    """Return incidents as (community or none, who took it in, state), each with one assignment (responder, state)."""
    one = st.tuples(
        st.integers(-1, 2), st.integers(0, 3), st.sampled_from(["reported", "handled", "closed"]),
        st.integers(-1, 3), st.sampled_from(STATES), st.integers(0, 3),
    )  # fmt: skip
    return draw(st.lists(one, max_size=ROWS))


@st.composite
def viewers(draw: st.DrawFn) -> tuple[bool, bool, list[int], bool, int, int]:
    """Return everything, the city, communities, the department, a responder and an account (0: none)."""
    return draw(st.tuples(
        st.sampled_from([False, False, False, True]),
        st.sampled_from([False, False, True]), st.lists(st.integers(0, 2), unique=True), st.booleans(),
        st.integers(0, 4), st.integers(0, 3),
    ))  # fmt: skip


def rows(tx: db.Transaction, sql: str) -> list[dict[str, Any]]:
    return tx.all(Raw(sql), dict)


def write(tx: db.Transaction, town: Town, told: list[tuple[int, int, str, int, str, int]]) -> None:
    """Write what the story tells, as the system does."""
    units = [row["id"] for row in rows(tx, "SELECT id FROM unit WHERE level = 'community' ORDER BY code")]
    cells = {
        row["community_id"]: row for row in
        rows(tx, "SELECT DISTINCT ON (community_id) community_id, cell_id, release_id FROM cell_version")
    }  # fmt: skip
    people = [row["id"] for row in rows(tx, "SELECT id FROM responder ORDER BY code")]
    for slot, (community, account, state, responder, step, duty) in enumerate(told, 2):
        incident = tx.value(Raw("""
            INSERT INTO incident (city_id, jurisdiction, category_id, channel, description, state, point, occurred_at,
              reported_at, respond_by, closed_at, taken_by)
            SELECT %(city)s, '990101', min(id), 'web', 'x', %(state)s, ST_SetSRID(ST_Point(117, 39), 4326), now(),
              now(), now(), CASE WHEN %(state)s = 'closed' THEN now() END, nullif(%(account)s, 0) FROM category
            RETURNING id"""), city=town.city.id, state=state, account=account)  # fmt: skip
        tx.run(Raw("""
            INSERT INTO report (city_id, jurisdiction, incident_id, channel, description, occurred_at, received_at)
            VALUES (%(city)s, '990101', %(incident)s, 'web', 'x', now(), now())"""),
            city=town.city.id, incident=incident)  # fmt: skip
        if community >= 0:
            cell = cells[units[community]]
            tx.run(Raw("""
                INSERT INTO placement (city_id, jurisdiction, subject_kind, subject_id, point, cell_id, release_id,
                  matched_at, is_open)
                VALUES (%(city)s, '990101', 'incident', %(incident)s, ST_SetSRID(ST_Point(0, 0), %(srid)s), %(cell)s,
                  %(release)s, now(), true)"""), city=town.city.id, incident=incident, srid=town.city.srid,
                cell=cell["cell_id"], release=cell["release_id"])  # fmt: skip
            tx.run(Raw("""INSERT INTO responder_cell VALUES (%(responder)s, %(cell)s) ON CONFLICT DO NOTHING"""),
                   responder=people[duty], cell=cell["cell_id"])  # fmt: skip
        if responder >= 0:
            tx.run(Raw("""
                INSERT INTO assignment (city_id, jurisdiction, incident_id, responder_id, role, state, offered_at,
                  ended_at, changed_at, ranking, slot)
                VALUES (%(city)s, '990101', %(incident)s, %(responder)s, 'co_handler', %(state)s, now(),
                  CASE WHEN %(over)s THEN now() END, now(), '{}', %(slot)s)
                ON CONFLICT DO NOTHING"""), city=town.city.id, incident=incident, responder=people[responder],
                state=step, over=step not in ON_IT, slot=min(slot, 9))  # fmt: skip


def world(tx: db.Transaction) -> World:
    return World(
        rows(tx, """SELECT i.id, i.city_id, i.state, i.taken_by,
          (SELECT v.community_id FROM placement p JOIN cell_version v ON v.cell_id = p.cell_id
           WHERE p.subject_kind = 'incident' AND p.subject_id = i.id LIMIT 1) AS community_id FROM incident i"""),
        rows(tx, "SELECT id, incident_id, responder_id, state FROM assignment"),
        rows(tx, "SELECT id, city_id, department_id FROM responder"),
        rows(tx, """SELECT c.responder_id, v.community_id FROM responder_cell c
          JOIN cell_version v ON v.cell_id = c.cell_id"""),
        rows(tx, "SELECT id, incident_id FROM report"),
    )  # fmt: skip


def ids(tx: db.Transaction, sql: str) -> Ids:
    return {next(iter(row.values())) for row in rows(tx, sql)}


@given(stories(), viewers())
def test_the_policies_show_what_the_rule_says(
    still_town: Town,
    told: list[tuple[int, int, str, int, str, int]],
    viewer: tuple[bool, bool, list[int], bool, int, int],
) -> None:
    everything, whole_city, communities, in_department, responder, account = viewer
    try:
        with still_town.database.transaction(SYSTEM) as tx:
            write(tx, still_town, told)
            all_of_it = world(tx)
            units = [
                row["id"] for row in rows(tx, "SELECT id FROM unit WHERE level = 'community' ORDER BY code")
            ]
            people = [row["id"] for row in rows(tx, "SELECT id FROM responder ORDER BY code")]
            (department,) = rows(tx, "SELECT id FROM department")
            bound = Scope(
                everything, (still_town.city.id,) if whole_city else (), tuple(units[n] for n in communities),
                (department["id"],) if in_department else (),
            )  # fmt: skip
            own = people[responder - 1] if responder else None
            who = Actor("somebody", frozenset(), bound, account or None, own)
            tx.run(Raw(scope.SET.replace("%s", "'{}'").format(*scope.of(who))))
            check(tx, who, all_of_it)
            raise Undo
    except Undo:
        pass


def check(tx: db.Transaction, who: Actor, all_of_it: World) -> None:
    """Compare what somebody sees of each table with the rule."""
    cases = all_of_it.cases(who)
    known = all_of_it.people(who, ON_IT | {"done"})
    assert ids(tx, "SELECT id FROM incident") == cases
    assert ids(tx, "SELECT incident_id FROM report") == {
        one["incident_id"] for one in all_of_it.reports if one["incident_id"] in cases
    }
    assert ids(tx, "SELECT id FROM assignment") == {
        one["id"] for one in all_of_it.assignments if one["incident_id"] in cases
    }
    placed = {one["id"] for one in all_of_it.incidents if one["community_id"] is not None}
    assert ids(tx, "SELECT subject_id FROM placement WHERE cell_id IS NOT NULL") == cases & placed
    assert ids(tx, "SELECT id FROM responder") == known
    assert ids(tx, "SELECT responder_id FROM responder_position") == all_of_it.people(who, ON_IT)
    assert ids(tx, "SELECT responder_id FROM responder_cell") == {
        one["responder_id"] for one in all_of_it.duties if one["responder_id"] in known
    }
