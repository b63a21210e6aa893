"""Patrol routes know the cells they run through, and follow a new grid."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from shapely import LineString

from geo_app.core import clock, coords
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import NotFound, NotReady
from geo_app.patrols import jobs, service
from grids.model import Cell
from tests import build, crossings
from tests.integration.conftest import Run, Town

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


def laid(town: Town, drawn: list[tuple[float, float]]) -> None:
    """Draw the route of the town anew, in metres from its corner."""
    x, y = build.TOWN_CORNER
    line = shapely.set_srid(LineString([(x + east, y + north) for east, north in drawn]), build.TOWN_SRID)
    town.run("UPDATE patrol_route SET line = %(line)s", line=line)


def walked(client: FlaskClient) -> dict[str, Any]:
    (feature,) = client.get("/api/routes?roads=yes").get_json()["features"]
    found: dict[str, Any] = feature["properties"]["walked"]
    return found


def test_a_route_drawn_beside_roads_is_walked_along_them(town: Town, town_client: FlaskClient) -> None:
    laid(town, [(5, 108), (150, 94), (307, 105), (295, 195)])
    found = walked(town_client)
    line = coords.to_metric(shapely.geometry.shape(found["line"]), town.city.srid)
    x, y = build.TOWN_CORNER
    true = LineString([(x + 5, y + 100), (x + 300, y + 100), (x + 300, y + 195)])
    assert shapely.hausdorff_distance(line, true) < 8.0
    assert (found["roads"], found["off_roads"]) == (["中山路"], pytest.approx(0, abs=1))
    assert found["metres"] == pytest.approx(true.length, abs=15)
    assert found["minutes"] == pytest.approx(true.length / 1.2 / 60, abs=0.2)
    for parts in (found["cells"], found["streets"]):
        assert sum(part["metres"] for part in parts) == pytest.approx(found["metres"], abs=1)
        assert sum(part["minutes"] for part in parts) == pytest.approx(found["minutes"], abs=0.3)
    assert {part["street"]["code"] for part in found["cells"]} == {part["code"] for part in found["streets"]}


def test_where_no_road_is_near_a_route_stays_on_its_drawn_line_and_says_so(
    town: Town, town_client: FlaskClient
) -> None:
    town.run("DELETE FROM road_network")
    found = walked(town_client)
    route = DATA.routes[0]
    assert (found["on_roads"], found["roads"]) == (0, [])
    assert found["off_roads"] == pytest.approx(route.geometry.length, abs=0.1)
    assert found["cells"]


def test_the_command_line_tells_cells_with_metres_and_minutes(town: Town, geo: Run) -> None:
    laid(town, [(5, 108), (150, 94), (307, 105), (295, 195)])
    rows = geo("routes", "cells", "R1", "--json")
    assert {row["route"] for row in rows} == {"R1"}
    assert sum(row["metres"] for row in rows) == pytest.approx(390, abs=15)
    with pytest.raises(NotFound, match="has no route R9"):
        geo("routes", "cells", "R9")


def test_routes_tell_their_roads_only_when_they_are_asked(still_client: FlaskClient) -> None:
    (feature,) = still_client.get("/api/routes").get_json()["features"]
    assert feature["properties"]["walked"] is None
