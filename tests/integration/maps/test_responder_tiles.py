"""Tiles of responders: each viewer sees whose position is theirs to see, nobody's name, and no cache keeps them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient

from geo_app.core import door
from geo_app.core.actor import NOBODY, SYSTEM, Actor
from geo_app.maps.model import SCOPED, edges
from tests import people
from tests.integration.conftest import Raw, Town
from tests.integration.identity.scoping import EAST, WEST, of_city, of_department, of_street

FIRST, LAST = SCOPED["responders"]
MAY_SEE = (
    "SELECT p.responder_id, ST_X(ST_Transform(p.point, 3857)) x, ST_Y(ST_Transform(p.point, 3857)) y"
    " FROM responder_position p"
)
Where = dict[int, tuple[float, float]]


@pytest.fixture
def see(still_town: Town, still_client: FlaskClient) -> Iterator[Callable[[Actor], FlaskClient]]:
    """Let requests come from somebody."""

    def become(actor: Actor) -> FlaskClient:
        door.identify(still_client.application, lambda: actor)
        return still_client

    yield become
    people.everybody(still_client.application)


def positions(town: Town, actor: Actor) -> Where:
    """Return where those are whom an actor may see, in Web Mercator."""
    with town.database.transaction(actor) as tx:
        rows = tx.all(Raw(MAY_SEE), dict)
    return {row["responder_id"]: (row["x"], row["y"]) for row in rows}


def tiles(some: Where, z: int) -> list[tuple[int, int]]:
    """Return every tile with some of these in it, and those around it."""
    west, _, east, _ = edges(z, 0, 0)
    side = east - west
    found = {(int((x - west) / side), int((-west - y) / side)) for x, y in some.values()}
    return sorted({(x + dx, y + dy) for x, y in found for dx in (-1, 0, 1) for dy in (-1, 0, 1)})


def fetch(client: FlaskClient, z: int, x: int, y: int) -> dict[str, list[dict[str, Any]]]:
    answer = client.get(f"/tiles/town/responders/{z}/{x}/{y}.mvt")
    assert answer.headers["Cache-Control"] == "private, no-store"
    if answer.status_code == 204:
        return {}
    assert answer.status_code == 200
    decoded = mapbox_vector_tile.decode(answer.data)
    return {name: [feature["properties"] for feature in one["features"]] for name, one in decoded.items()}


def viewers(town: Town) -> dict[str, Actor]:
    """Return who looks."""
    return {
        "east": of_street(town, EAST), "west": of_street(town, WEST), "city": of_city(town, "leader"),
        "department": of_department(town),
    }  # fmt: skip


@pytest.mark.parametrize("z", [FIRST, 12, LAST])
def test_each_viewer_sees_their_own_and_each_of_them_once(
    still_town: Town, see: Callable[[Actor], FlaskClient], z: int
) -> None:
    everybody = positions(still_town, SYSTEM)
    seen: dict[str, set[int]] = {}
    for who, actor in viewers(still_town).items():
        mine, client = positions(still_town, actor), see(actor)
        said = [one for tile in tiles(everybody, z) for one in fetch(client, z, *tile).get("responders", [])]
        assert Counter(one["id"] for one in said) == Counter(list(mine)), who
        assert all(set(one) == {"id", "kind", "status", "on_shift"} for one in said)
        seen[who] = set(mine)
    assert seen["east"] != seen["west"]
    assert seen["city"] == set(everybody) > seen["department"]


@pytest.mark.parametrize("z", [FIRST, LAST])
def test_where_there_are_many_they_are_counted(
    still_town: Town, see: Callable[[Actor], FlaskClient], monkeypatch: pytest.MonkeyPatch, z: int
) -> None:
    monkeypatch.setattr("geo_app.maps.store.MOST_POINTS", 0)
    everybody = positions(still_town, SYSTEM)
    for who, actor in viewers(still_town).items():
        client, mine = see(actor), positions(still_town, actor)
        groups = [
            one for tile in tiles(everybody, z) for one in fetch(client, z, *tile).get("responder_groups", [])
        ]
        assert sum(one["responders"] for one in groups) == len(mine), who
        assert all(one["free"] + one["off"] <= one["responders"] for one in groups)


def test_a_tile_is_for_who_may_see_responders(still_town: Town, see: Callable[[Actor], FlaskClient]) -> None:
    path = f"/tiles/town/responders/{FIRST}/0/0.mvt"
    assert see(NOBODY).get(path).status_code == 401
    assert see(of_city(still_town, "observer")).get(path).status_code in {401, 403}
    assert see(of_city(still_town)).get(path).status_code == 204
    assert see(of_city(still_town)).get(f"/tiles/town/responders/{LAST + 1}/0/0.mvt").status_code == 404
