"""Patrol routes know the cells they run through, and follow a new grid."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import NotReady
from geo_app.patrols import jobs, service
from grids.model import Cell
from tests import build, crossings
from tests.integration.conftest import Town

DATA = build.town()
CELLS = [Cell(row.code, row.name, row.community, row.geometry) for row in DATA.cells]


def test_a_route_knows_its_cells_in_the_order_it_is_walked(town: Town, town_client: FlaskClient) -> None:
    (feature,) = town_client.get("/api/routes").get_json()["features"]
    route = DATA.routes[0]
    assert feature["properties"]["length"] == pytest.approx(route.geometry.length, abs=0.05)
    assert feature["properties"]["responder"]["name"] == "王0"
    expected = crossings.along(route.geometry, CELLS)
    assert [part["code"] for part in feature["properties"]["cells"]] == [one.code for one in expected]
    names = {cell.code: cell.name for cell in CELLS}
    for part, one in zip(feature["properties"]["cells"], expected, strict=True):
        assert part["name"] == names[one.code]
        assert (part["enter"], part["exit"]) == pytest.approx((one.enter_at, one.exit_at), abs=0.05)


def test_matching_again_changes_nothing(town: Town) -> None:
    before = town.all("SELECT * FROM route_cell ORDER BY route_id, position")
    with town.database.transaction(SYSTEM) as tx:
        jobs.match_routes(tx, "town")
    assert town.all("SELECT * FROM route_cell ORDER BY route_id, position") == before
    assert town.one("SELECT count(*) FROM fact WHERE kind = 'routes.matched'") == 1, "open pages hear of it"


def test_a_route_of_a_city_without_grid_is_not_ready(town: Town) -> None:
    town.run("UPDATE release SET effective = tstzrange(now() + interval '1 day', NULL)")
    with pytest.raises(NotReady, match="no release in force"), town.database.transaction(SYSTEM) as tx:
        service.match_routes(tx, town.city, clock.now())
