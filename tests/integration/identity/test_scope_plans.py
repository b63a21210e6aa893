"""A row policy costs no index: the application role plans queue, tile, near-duplicate and search as the owner does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import psycopg2.extensions
import pytest
from shapely import Point

from geo_app.core import clock, coords, db, migrate, scope
from geo_app.core.actor import SYSTEM, Actor
from geo_app.incidents import near
from geo_app.incidents import service as incidents
from geo_app.incidents.nearness import Limits
from geo_app.maps import service as maps
from geo_app.maps.model import Address, edges
from geo_app.organisation.model import City
from geo_app.privacy import service as privacy
from tests import build
from tests.databases import Server, at, connected
from tests.integration.conftest import Town
from tests.integration.identity.scoping import EAST, of_city, of_department, of_street

WORSE = 1.5
"""How much more than the owner's a plan may cost."""
FILL = """
INSERT INTO incident (city_id, jurisdiction, category_id, channel, description, state, point, location, occurred_at,
  reported_at, respond_by, closed_at)
SELECT city_id, jurisdiction, category_id, 'web', 'x', CASE WHEN n % 10 < 8 THEN 'closed' ELSE 'reported' END,
  ST_Transform(ST_SetSRID(ST_Point(500000 + n % 599 * far, 4400000 + n / 599 % 399 * far), srid), 4326), 'sure',
  now() - n * interval '1 minute', now() - n * interval '1 minute', now(), CASE WHEN n % 10 < 8 THEN now() END
FROM (
  SELECT c.id AS city_id, c.jurisdiction, c.srid, n, CASE WHEN n % 3 = 0 THEN 1 ELSE 20 END AS far,
    (SELECT min(id) FROM category) + n % 5 AS category_id
  FROM city c, generate_series(1, {rows}) n
) made;
INSERT INTO placement (city_id, jurisdiction, subject_kind, subject_id, point, cell_id, release_id, matched_at, is_open,
  closed_at)
SELECT c.id, i.jurisdiction, 'incident', i.id, ST_Transform(i.point, c.srid), v.cell_id, v.release_id, now(),
  i.state <> 'closed', CASE WHEN i.state = 'closed' THEN now() END
FROM city c JOIN incident i ON i.city_id = c.id
JOIN LATERAL (
  SELECT cell_id, release_id FROM cell_version
  WHERE city_id = c.id AND ST_Intersects(geometry, ST_Transform(i.point, c.srid)) ORDER BY code LIMIT 1
) v ON true
ON CONFLICT (subject_kind, subject_id) DO NOTHING;
INSERT INTO report (city_id, jurisdiction, incident_id, channel, description, occurred_at, received_at, phone_index)
SELECT city_id, jurisdiction, id, 'web', 'x', now(), now(), decode(md5(id::text), 'hex') FROM incident;
ANALYZE;
"""
"""Incidents by the thousand: a third in the town, the others up to twelve kilometres away."""
Ask = Callable[[db.Transaction, City], object]
HERE = (300.0, 200.0)
"""Metres from the town's corner."""


def queue(tx: db.Transaction, city: City) -> object:
    """Ask for what is open, newest first."""
    return incidents.incidents(tx, city, True, 200)


def tile(tx: db.Transaction, city: City) -> object:
    """Ask for the tile of incidents with the middle of the town in it."""
    at = coords.convert(np.array([HERE]) + build.TOWN_CORNER, city.srid, coords.MERCATOR)[0]
    west, _, east, _ = edges(16, 0, 0)
    x, y = int((at[0] - west) / (east - west)), int((-west - at[1]) / (east - west))
    return maps.incidents(tx, city, Address("incidents", 16, x, y), clock.now())


def near_duplicates(tx: db.Transaction, city: City) -> object:
    """Ask what a report from the middle of the town would repeat."""
    where = coords.to_lonlat(Point(*(np.array(HERE) + build.TOWN_CORNER)), city.srid)
    category = min(incidents.categories(tx, city, clock.now()).values(), key=lambda one: one.id).code
    new = build.report(category, where, clock.now())
    return near.of_report(tx, city, new, Limits(50.0, timedelta(hours=72)))


def search(tx: db.Transaction, city: City) -> object:
    """Ask which reports a phone told."""
    return privacy.find(tx, city, None, "13912345678", "居民来电查询")


QUERIES: dict[str, tuple[Ask, str, str]] = {
    "queue": (queue, "ORDER BY i.occurred_at DESC", "incident_queue"),
    "tile": (tile, "ST_AsMVT", "incident_open_on_tiles"),
    "near": (near_duplicates, "AS MATERIALIZED", "incident_open_by_place"),
    "search": (search, "phone_index = ANY", "report_by_phone"),
}
"""What is asked for, by which words its statement is known, and the index it uses."""
OWN = {"queue": "incident_pkey"}
"""The index for who sees single incidents only, where it is another."""


class Listening(db.Transaction):
    """A transaction that keeps what it says to the database."""

    def __init__(self, tx: db.Transaction) -> None:
        super().__init__(tx._connection, tx.actor, tx.safe)
        self.said: list[str] = []

    @contextmanager
    def _run(self, statement: db.Statement, values: Mapping[str, Any]) -> Iterator[Any]:
        with super()._run(statement, values) as cursor:
            self.said.append(cursor.query.decode())
            yield cursor


@dataclass(frozen=True, slots=True)
class Plans:
    """The town full of incidents, seen by the owner and by the application role."""

    town: Town
    owner: psycopg2.extensions.cursor
    app: psycopg2.extensions.cursor

    def statement(self, query: str, actor: Actor) -> str:
        """Return the statement the service runs for an actor, values filled in."""
        ask, words, _ = QUERIES[query]
        with self.town.database.transaction(actor) as tx:
            listening = Listening(tx)
            ask(listening, self.town.city)
        (found,) = {one for one in listening.said if words in one}
        return found


def plan(cursor: psycopg2.extensions.cursor, statement: str) -> tuple[float, set[str]]:
    """Return cost and indexes of a statement's plan."""
    cursor.execute("EXPLAIN (FORMAT JSON) " + statement)
    ((found,),) = cursor.fetchall()
    top = (found if isinstance(found, list) else json.loads(found))[0]["Plan"]
    return top["Total Cost"], set(_indexes(top))


def _indexes(plan: dict[str, Any]) -> Iterator[str]:
    if "Index Name" in plan and ("Index Cond" in plan or plan["Node Type"] != "Bitmap Index Scan"):
        yield plan["Index Name"]
    for below in plan.get("Plans", ()):
        yield from _indexes(below)


@pytest.fixture(scope="module")
def plans(still_town: Town) -> Iterator[Plans]:
    """The town with 20,000 incidents."""
    town = still_town
    with connected(town.settings.database_url) as owner, connected(town.settings.app_database_url) as app:
        owner.execute(FILL.format(rows=20_000))
        owner.execute("VACUUM ANALYZE incident, report, placement")  # as autovacuum leaves them
        yield Plans(town, owner, app)


def people_of(town: Town) -> dict[str, Actor]:
    """Return one of each kind of viewer; all may search for people, so that only what they see differs."""
    one = {
        "street": of_street(town, EAST),
        "city": of_city(town),
        "department": of_department(town),
        "own": Actor("own", responder=town.one("SELECT min(id) FROM responder"), account=7),
    }
    return {name: replace(actor, permissions=None) for name, actor in one.items()}


@pytest.mark.parametrize("who", ["street", "city", "department", "own"])
@pytest.mark.parametrize("query", QUERIES)
def test_the_application_role_plans_as_the_owner(plans: Plans, query: str, who: str) -> None:
    index, actor = QUERIES[query][2], people_of(plans.town)[who]
    cost, indexes = plan(plans.owner, plans.statement(query, SYSTEM))
    assert index in indexes, "the owner's own plan uses it"
    statement = plans.statement(query, actor)
    plans.app.execute("BEGIN")
    try:
        plans.app.execute(scope.SET, scope.of(actor))
        guarded, used = plan(plans.app, statement)
    finally:
        plans.app.execute("ROLLBACK")
    assert (OWN.get(query, index) if who in {"department", "own"} else index) in used
    assert guarded <= WORSE * cost, (guarded, cost)


@pytest.mark.parametrize("who", ["department", "own"])
def test_who_sees_single_incidents_is_not_led_through_the_queue_of_a_city(plans: Plans, who: str) -> None:
    """The policy was asked about every open incident before somebody without any learned that there is none."""
    actor = people_of(plans.town)[who]
    statement = plans.statement("queue", actor)
    plans.app.execute("BEGIN")
    try:
        plans.app.execute(scope.SET, scope.of(actor))
        plans.app.execute("EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, FORMAT JSON) " + statement)
        ((found,),) = plans.app.fetchall()
    finally:
        plans.app.execute("ROLLBACK")
    top = (found if isinstance(found, list) else json.loads(found))[0]["Plan"]
    assert max(_looked_at(top)) < 100


def _looked_at(plan: dict[str, Any]) -> Iterator[float]:
    """Yield how many rows each step of a plan had before it."""
    yield (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    for below in plan.get("Plans", ()):
        yield from _looked_at(below)


def test_the_private_database_has_marked_its_functions(cluster: Server, migrated: str) -> None:
    with cluster.clone(migrated) as place:
        assert migrate.missing_marks(place.owner_url) == []


def test_elsewhere_an_administrator_is_told_what_to_run_and_an_administrator_runs_it(
    cluster: Server, migrated: str
) -> None:
    statement = "ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;"
    with cluster.clone(migrated) as place:
        admin = at(cluster.admin_url, place.name)
        with connected(admin) as cursor:
            cursor.execute(statement.replace(" LEAKPROOF", " NOT LEAKPROOF"))
        assert migrate.missing_marks(place.owner_url) == [statement]
        assert migrate.missing_marks(admin) == []
        assert migrate.missing_marks(place.owner_url) == []
