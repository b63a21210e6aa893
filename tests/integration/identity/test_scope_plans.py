"""A row policy costs no index: the application role plans queue, tile, near-duplicate and search as the owner does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2.extensions
import pytest

from geo_app.core import migrate, scope
from geo_app.core.actor import Actor
from tests.databases import Server, at, connected
from tests.integration.conftest import Town
from tests.integration.identity.scoping import EAST, of_city, of_department, of_street

WORSE = 1.5
"""How much more than the owner's a plan may cost."""
FILL = """
INSERT INTO incident (city_id, jurisdiction, category_id, channel, description, state, point, location, occurred_at,
  reported_at, respond_by, closed_at)
SELECT c.id, c.jurisdiction, (SELECT min(id) FROM category), 'web', 'x',
  CASE WHEN n % 10 < 8 THEN 'closed' ELSE 'reported' END,
  ST_Transform(ST_SetSRID(ST_Point(500000 + n % 599, 4400000 + n / 599 % 399), c.srid), 4326), 'sure',
  now() - n * interval '1 minute', now(), now(), CASE WHEN n % 10 < 8 THEN now() END
FROM city c, generate_series(1, {rows}) n;
INSERT INTO placement (city_id, jurisdiction, subject_kind, subject_id, point, cell_id, release_id, matched_at, is_open)
SELECT c.id, i.jurisdiction, 'incident', i.id, ST_Transform(i.point, c.srid), v.cell_id, v.release_id, now(),
  i.state <> 'closed'
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
QUERIES = {
    "queue": (
        """SELECT i.id, c.code, i.description, p.cell_id, (SELECT count(*) FROM report r WHERE r.incident_id = i.id)
        FROM incident i JOIN category c ON c.id = i.category_id
        LEFT JOIN placement p ON p.subject_kind = 'incident' AND p.subject_id = i.id
        WHERE i.city_id = {city} AND (i.state <> 'closed') = true ORDER BY i.occurred_at DESC, i.id DESC LIMIT 200""",
        "incident_queue",
    ),
    "tile": (
        """SELECT p.subject_id, ST_AsMVTGeom(p.point, {box}) FROM placement p
        WHERE p.city_id = {city} AND p.is_open AND p.subject_kind = 'incident' AND p.point && {box}""",
        "placement_open_by_place",
    ),
    "near": (
        """SELECT i.id FROM placement p JOIN incident i ON i.id = p.subject_id
        WHERE p.city_id = {city} AND p.is_open AND p.subject_kind = 'incident'
          AND ST_DWithin(p.point, {spot}, 20) AND i.occurred_at > now() - interval '7 days'""",
        "placement_open_by_place",
    ),
    "search": (
        """SELECT id, incident_id FROM report WHERE city_id = {city}
        AND phone_index = ANY (ARRAY[decode(md5('77'), 'hex')]) ORDER BY id DESC LIMIT 200""",
        "report_by_phone",
    ),
}


@dataclass(frozen=True, slots=True)
class Plans:
    """The town full of incidents, seen by the owner and by the application role."""

    town: Town
    owner: psycopg2.extensions.cursor
    app: psycopg2.extensions.cursor

    def plan(self, cursor: psycopg2.extensions.cursor, query: str) -> tuple[float, set[str]]:
        """Return cost and indexes of a query's plan."""
        box = f"ST_MakeEnvelope(500050, 4400050, 500110, 4400110, {self.town.city.srid})"
        spot = f"ST_SetSRID(ST_Point(500060, 4400060), {self.town.city.srid})"
        text = QUERIES[query][0].format(city=self.town.city.id, box=box, spot=spot)
        cursor.execute("EXPLAIN (FORMAT JSON) " + text)
        ((found,),) = cursor.fetchall()
        plan = (found if isinstance(found, list) else json.loads(found))[0]["Plan"]
        return plan["Total Cost"], set(_indexes(plan))


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
        yield Plans(town, owner, app)


@pytest.mark.parametrize("who", ["street", "city", "department", "own"])
@pytest.mark.parametrize("query", QUERIES)
def test_the_application_role_plans_as_the_owner(plans: Plans, query: str, who: str) -> None:
    actors = {
        "street": of_street(plans.town, EAST),
        "city": of_city(plans.town),
        "department": of_department(plans.town),
        "own": Actor("own", responder=plans.town.one("SELECT min(id) FROM responder"), account=7),
    }
    cost, indexes = plans.plan(plans.owner, query)
    assert QUERIES[query][1] in indexes, "the owner's own plan uses it"
    plans.app.execute("BEGIN")
    try:
        plans.app.execute(scope.SET, scope.of(actors[who]))
        guarded, used = plans.plan(plans.app, query)
    finally:
        plans.app.execute("ROLLBACK")
    assert QUERIES[query][1] in used
    assert guarded <= WORSE * cost, (guarded, cost)


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
