"""Through which cells somebody went on shift: told to who may see their way, and so that jitter is no visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from shapely import LineString
from shapely.ops import substring

from geo_app.core import clock, door
from geo_app.core.actor import SYSTEM, Actor
from geo_app.tracks import service
from geo_app.tracks.model import Position
from tests import build
from tests import people as everybody
from tests.driven import trips
from tests.integration.conftest import Run, Town
from tests.integration.identity.scoping import EAST, WEST, of_street
from tests.integration.tracks.test_seeing import worker
from tests.integration.tracks.walking import kept, spot

WHY = "核对巡查到位情况"
PACE = 1.2
ACCURACY = 7.0
"""Metres within which the made-up receiver is two times of three."""
CELLS = build.town().cells
ROW = [(30.0, 150.0), (570.0, 150.0)]
"""Through the middle of six cells, half a cell beside every road."""


@pytest.fixture
def client(town_client: FlaskClient) -> Iterator[FlaskClient]:
    """A client whose requests come from whom `ask` says."""
    yield town_client
    everybody.everybody(town_client.application)


@pytest.fixture
def start(town: Town) -> datetime:
    """When somebody began to walk, two hours ago, in a town without roads."""
    town.run("DELETE FROM road_network")
    return clock.now() - timedelta(hours=2)


def walk(
    town: Town, who: int, start: datetime, corners: list[tuple[float, float]], seed: int | None
) -> LineString:
    """Let somebody walk from corner to corner, a position every second, and return the line they really walked."""
    line = LineString(corners)
    seconds = np.arange(0.0, line.length / PACE)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(line, seconds * PACE))
    if seed is not None:
        xy = xy + trips.errors(len(xy), np.random.default_rng(seed))
    walked = [
        Position(who, start + timedelta(seconds=at), spot(town, (x, y)), ACCURACY)
        for at, (x, y) in zip(seconds.tolist(), xy.tolist(), strict=True)
    ]
    with town.database.transaction(SYSTEM) as tx:
        service.keep(tx, town.city, walked, clock.now())
    return shapely.transform(line, lambda flat: flat + np.array(build.TOWN_CORNER))


def ask(client: FlaskClient, actor: Actor, responder: int, start: datetime, **query: Any) -> Any:
    door.identify(client.application, lambda: actor)
    query.setdefault("from", (start - timedelta(minutes=1)).isoformat())
    return client.get(f"/api/responders/{responder}/visits", query_string=query)


def test_a_walk_through_a_row_of_cells_visits_each_once(
    town: Town, client: FlaskClient, people: list[int], start: datetime
) -> None:
    line = walk(town, people[0], start, ROW, seed=5)
    answer = ask(client, worker(people[0]), people[0], start)
    body = answer.get_json()
    truth = [
        (cell, line.intersection(cell.geometry).length) for cell in CELLS if cell.geometry.intersects(line)
    ]
    truth.sort(key=lambda one: line.project(one[0].geometry.centroid))
    assert [one["cell"]["code"] for one in body["visits"]] == [cell.code for cell, _ in truth]
    for visit, (cell, metres) in zip(body["visits"], truth, strict=True):
        assert visit["cell"]["name"] == cell.name
        assert visit["community"]["code"] == cell.community
        assert visit["seconds"] == pytest.approx(metres / PACE, abs=30.0)
    moments = [(one["entered_at"], one["left_at"]) for one in body["visits"]]
    assert [leave for _, leave in moments[:-1]] == [enter for enter, _ in moments[1:]]
    assert moments[0][0] == start.isoformat()
    assert answer.headers["Cache-Control"] == "no-store"
    totals = {(one["level"], one["code"]): one for one in body["totals"]}
    whole = (datetime.fromisoformat(moments[-1][1]) - start).total_seconds()
    assert totals["district", "990101"]["seconds"] == pytest.approx(whole, abs=1.0)
    assert totals["district", "990101"]["visits"] == 1
    assert sum(one["seconds"] for key, one in totals.items() if key[0] == "cell") == pytest.approx(
        whole, abs=1.0
    )


def test_up_and_down_a_border_is_one_visit(
    town: Town, client: FlaskClient, people: list[int], start: datetime
) -> None:
    border = shapely.line_merge(CELLS[7].geometry.intersection(CELLS[8].geometry))
    flat = shapely.get_coordinates(substring(border, 0.2, 0.8, normalized=True))
    corners = [(float(x), float(y)) for x, y in flat - np.array(build.TOWN_CORNER)]
    walk(town, people[0], start, [*corners, *corners[::-1]] * 4, seed=11)
    body = ask(client, worker(people[0]), people[0], start).get_json()
    assert len(body["visits"]) == 1
    assert body["visits"][0]["cell"]["code"] in {CELLS[7].code, CELLS[8].code}


def test_a_walk_along_a_road_visits_the_cells_the_road_is_deep_in(
    town: Town, client: FlaskClient, people: list[int]
) -> None:
    start = clock.now() - timedelta(hours=2)
    line = walk(town, people[0], start, [(10.0, 100.0), (590.0, 100.0)], seed=None)
    found = [
        one["cell"]["code"] for one in ask(client, worker(people[0]), people[0], start).get_json()["visits"]
    ]
    at = shapely.line_interpolate_point(line, np.arange(0.0, line.length, 1.0))
    deep = [
        cell.code for cell in CELLS
        if (shapely.contains(cell.geometry, at) & (shapely.distance(cell.geometry.boundary, at) > 12.0)).sum() > 30
    ]  # fmt: skip
    near = {cell.code for cell in CELLS if cell.geometry.distance(line) < 1.0}
    assert deep
    assert set(deep) <= set(found) <= near


def test_who_stands_still_is_in_one_cell_all_the_time(
    town: Town, client: FlaskClient, people: list[int], start: datetime
) -> None:
    place = spot(town, (60, 60))
    kept(town, [(people[0], start + timedelta(seconds=10 * n), place) for n in range(30)])
    (visit,) = ask(client, worker(people[0]), people[0], start).get_json()["visits"]
    assert (visit["cell"]["code"], visit["seconds"], visit["metres"]) == (CELLS[0].code, 290.0, 0.0)


def test_only_who_may_see_the_way_sees_the_cells_and_why_is_recorded(
    town: Town, client: FlaskClient, people: list[int], start: datetime
) -> None:
    walk(town, people[0], start, ROW, seed=5)
    assert ask(client, of_street(town, WEST), people[0], start, reason=WHY).status_code == 403
    assert ask(client, of_street(town, EAST), people[0], start).status_code == 422
    assert ask(client, worker(people[1]), people[0], start, reason=WHY).status_code == 403
    assert town.one("SELECT count(*) FROM fact WHERE kind = 'track.read'") == 0
    answer = ask(client, of_street(town, EAST), people[0], start, reason=WHY)
    assert len(answer.get_json()["visits"]) == 6
    assert town.one("SELECT subject, reason FROM fact WHERE kind = 'track.read'") == (people[0], WHY)


def test_a_way_without_positions_has_no_visits(
    client: FlaskClient, people: list[int], start: datetime
) -> None:
    body = ask(client, worker(people[2]), people[2], start).get_json()
    assert (body["visits"], body["totals"]) == ([], [])


def test_the_command_line_lists_visits(town: Town, people: list[int], start: datetime, geo: Run) -> None:
    walk(town, people[0], start, ROW, seed=5)
    rows = geo("responders", "visits", people[0], "--from", start.isoformat(), "--reason", WHY, "--json")
    assert len(rows) == 6
    assert rows[0]["entered_at"] == start.isoformat(timespec="seconds")
    assert abs(sum(row["metres"] for row in rows) - 540) < 1000
