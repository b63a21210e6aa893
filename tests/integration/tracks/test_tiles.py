"""Tiles of a track: for who has opened it, a while long, and only as long as they may see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient

from geo_app.core import clock, coords, door
from geo_app.core.actor import Actor, Scope
from geo_app.identity import permissions
from geo_app.maps.model import HALF, SCOPED
from tests import people as everybody
from tests.integration.conftest import Town
from tests.integration.identity.scoping import EAST, WEST, of_street
from tests.integration.tracks.walking import kept, spot

WHY = "核对派单轨迹"
FACTS = "SELECT count(*) FROM fact WHERE kind = 'track.read'"
EXTENT = 4096
WAY = [(20 + 5 * n, 60 + 30 * np.sin(n / 6)) for n in range(100)]
"""Metres from the town's corner, ten seconds apart; in the middle nothing came for a while."""
BREAK = 50


@pytest.fixture
def start(town: Town, people: list[int]) -> datetime:
    """When the first of them began to walk."""
    start = clock.now() - timedelta(hours=1)
    moments = [start + timedelta(seconds=10 * n + (400 if n >= BREAK else 0)) for n in range(len(WAY))]
    kept(
        town,
        [(people[0], at, spot(town, place)) for at, place in zip(moments, WAY, strict=True)],
    )
    return start


@pytest.fixture
def client(town_client: FlaskClient) -> Iterator[FlaskClient]:
    """A client whose requests come from whom `become` says."""
    yield town_client
    everybody.everybody(town_client.application)


def become(client: FlaskClient, actor: Actor) -> FlaskClient:
    """Let the next requests come from somebody."""
    door.identify(client.application, lambda: actor)
    return client


def opening(client: FlaskClient, actor: Actor, responder: int, **query: Any) -> str:
    """Open the track of the last two hours and return the word for its tiles."""
    query["from"] = (clock.now() - timedelta(hours=2)).isoformat()
    answer = become(client, actor).get(f"/api/responders/{responder}/track", query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return str(answer.get_json()["opened"])


def over(town: Town, z: int) -> list[tuple[int, int]]:
    """Return column and row of every tile over the way."""
    ways = coords.convert(np.array([spot(town, place).coords[0] for place in WAY]), 4326, coords.MERCATOR)
    side = 2 * HALF / 2**z
    cells = np.column_stack([(ways[:, 0] + HALF) // side, (HALF - ways[:, 1]) // side]).astype(int)
    return sorted({(int(x), int(y)) for x, y in cells})


def ask(client: FlaskClient, z: int, x: int, y: int, word: str | None) -> Any:
    """Ask for a tile."""
    return client.get(
        f"/tiles/town/tracks/{z}/{x}/{y}.mvt", query_string={} if word is None else {"opened": word}
    )


@pytest.mark.parametrize("z", [8, 14, 16])
def test_who_opened_a_track_sees_its_line_broken_where_nothing_came(
    town: Town, client: FlaskClient, people: list[int], start: datetime, z: int
) -> None:
    word = opening(client, of_street(town, EAST), people[0], reason=WHY)
    assert town.one(FACTS) == 1
    unit = 2 * HALF / 2**z / EXTENT
    lines, moments = [], set()
    for x, y in over(town, z):
        answer = ask(client, z, x, y, word)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
        decoded = mapbox_vector_tile.decode(answer.data, default_options={"y_coord_down": True})
        corner = np.array([x * EXTENT * unit - HALF, HALF - y * EXTENT * unit])
        for one in decoded["tracks"]["features"]:
            assert set(one["properties"]) == {"since", "until"}
            moments.add(tuple(one["properties"].values()))
            shape = shapely.geometry.shape(one["geometry"])
            lines.append(shapely.transform(shape, lambda xy, at=corner: at + xy * [unit, -unit]))
    assert town.one(FACTS) == 1, "the reason for the opening is the reason for its tiles"
    assert abs(min(since for since, _ in moments) - start.timestamp()) <= 1
    if z > 8:
        assert len(moments) == 2
        walked = coords.convert(
            np.array([spot(town, place).coords[0] for place in WAY]), 4326, coords.MERCATOR
        )
        parts = [shapely.LineString(walked[:BREAK]), shapely.LineString(walked[BREAK:])]
        assert shapely.hausdorff_distance(shapely.union_all(lines), shapely.union_all(parts)) < 7 * unit


def test_one_sees_the_tiles_of_ones_own_way(
    town: Town, client: FlaskClient, people: list[int], start: datetime
) -> None:
    worker = Actor("worker", permissions.of_roles(["worker"]), Scope(), 7, people[0])
    word = opening(client, worker, people[0])
    (x, y), *_ = over(town, 16)
    assert ask(client, 16, x, y, word).status_code == 200
    assert town.one(FACTS) == 0


def test_a_word_is_no_good_for_another_person_nor_another_word_nor_without_the_right(
    town: Town, client: FlaskClient, people: list[int], start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    east = of_street(town, EAST)
    word = opening(client, east, people[0], reason=WHY)
    (x, y), *_ = over(town, 16)
    assert ask(client, 16, x, y, word).status_code == 200
    said, _, signature = word.partition(".")
    for other in (
        None,
        "",
        ".",
        "x" + word,
        f"{said}x.{signature}",
        f"{said}.{'0' * len(signature)}",
        "网.格",
    ):
        assert ask(client, 16, x, y, other).status_code == 422
    for who, status in (
        (of_street(town, WEST), 422),  # opened by somebody else
        (Actor(east.name, east.permissions, of_street(town, WEST).scope), 403),  # moved to another street
        (Actor(east.name, permissions.of_roles(["leader"]), east.scope, 9), 403),  # no dispatcher any more
    ):
        assert ask(become(client, who), 16, x, y, word).status_code == status
    become(client, east)
    monkeypatch.setattr("geo_app.responders.opened.LASTS", timedelta(seconds=-1))
    assert ask(client, 16, x, y, word).status_code == 422


def test_a_tile_of_a_long_stay_is_small(
    town: Town, client: FlaskClient, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_app.maps.store.LINE_POINTS", 200)
    chance, since = np.random.default_rng(4), clock.now() - timedelta(hours=1)
    places = chance.normal((300, 200), 8, (3000, 2))
    kept(
        town,
        [(people[0], since + timedelta(seconds=n), spot(town, (x, y))) for n, (x, y) in enumerate(places)],
    )
    word = opening(client, of_street(town, EAST), people[0], reason=WHY)
    z = SCOPED["tracks"][1]
    side = 2 * HALF / 2**z
    ((x, y),) = coords.convert(np.array([spot(town, (300, 200)).coords[0]]), 4326, coords.MERCATOR)
    answer = ask(client, z, int((x + HALF) // side), int((HALF - y) // side), word)
    assert answer.status_code in {200, 204}
    assert len(answer.data) < 2000
