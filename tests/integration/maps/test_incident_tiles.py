"""Tiles of incidents: each viewer's own, counted far away, one by one near by, each incident in one tile of a zoom."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from flask.testing import FlaskClient

from geo_app.core import clock, coords, door
from geo_app.core.actor import NOBODY, SYSTEM, Actor
from geo_app.incidents import service as incidents
from geo_app.incidents.model import Channel, NewReport
from geo_app.maps.model import ACROSS, INCIDENT_ZOOMS, MOST_POINTS, POINTS_FROM, edges
from tests import build, people
from tests.integration.conftest import Town
from tests.integration.identity.scoping import EAST, WEST, of_city, of_department, of_street, spot

EXTENT = 4096
URGENT, OTHER = "0401", "0102"
LARGEST = 100_000
"""Bytes of a tile before it is packed."""


@dataclass(frozen=True, slots=True)
class Known:
    """An open incident as brute force sees it; x and y in Web Mercator."""

    id: int
    x: float
    y: float
    state: str
    category: str
    is_late: bool
    location: str
    community: str


@pytest.fixture(scope="module")
def known(still_town: Town) -> list[Known]:
    """Eighty incidents all over the town, some closed, handled, late; each told by its street."""
    town, chance, at = still_town, np.random.default_rng(9), clock.now()
    new = []
    for n in range(80):
        place = (float(chance.uniform(5, 595)), float(chance.uniform(5, 395)))
        told_at = at - timedelta(minutes=int(chance.integers(0, 40)))
        new.append(
            NewReport(
                category=URGENT if n % 5 == 0 else OTHER, channel=Channel.HOTLINE,
                description="请联系张三 13912345678", occurred_at=told_at, position=spot(town, place),
                reporter_name="张三", reporter_phone="13912345678", closed_at=at if n % 4 == 0 else None,
            )
        )  # fmt: skip
    with town.database.transaction(SYSTEM) as tx:
        incidents.load(tx, town.city, new)
    town.run("UPDATE incident SET state = 'handled' WHERE state = 'reported' AND id %% 3 = 0")
    return list(brute(town, at))


def brute(town: Town, at: datetime) -> Iterator[Known]:
    rows = town.all(
        "SELECT i.id, i.point, i.state, c.code, i.respond_by, i.location, coalesce(u.code, '') FROM incident i"
        " JOIN category c ON c.id = i.category_id LEFT JOIN unit u ON u.id = i.community_id WHERE i.state <> 'closed'"
    )
    xy = coords.convert(np.array([(row[1].x, row[1].y) for row in rows]), coords.WGS84, coords.MERCATOR)
    for row, (x, y) in zip(rows, xy, strict=True):
        is_late = row[2] == "reported" and row[4] < at
        yield Known(row[0], x, y, row[2], row[3], is_late, row[5], row[6])


@pytest.fixture
def crowded(still_town: Town, known: list[Known]) -> Iterator[Town]:
    """The town with a great many more, half of them on one spot; they go again."""
    place = spot(still_town, (60, 60))
    corner = spot(still_town, (0, 0))
    far = spot(still_town, (600, 400))
    chance = np.random.default_rng(3)
    half = MOST_POINTS + 200
    x = np.concatenate([chance.normal(place.x, 2e-4, half), chance.uniform(corner.x, far.x, half)])
    y = np.concatenate([chance.normal(place.y, 2e-4, half), chance.uniform(corner.y, far.y, half)])
    still_town.run(
        "INSERT INTO incident (city_id, jurisdiction, category_id, channel, description, state, point, occurred_at,"
        " respond_by, reported_at, community_id) SELECT c.id, c.jurisdiction, (SELECT min(id) FROM category), 'web',"
        " 'crowd', 'reported', ST_SetSRID(ST_MakePoint(one.x, one.y), 4326), now(), now() + interval '1 hour', now(),"
        " (SELECT id FROM unit WHERE code = %(east)s) FROM city c,"
        " unnest(%(x)s::float8[], %(y)s::float8[]) one (x, y)",
        x=x.tolist(), y=y.tolist(), east=build.COMMUNITIES[0],
    )  # fmt: skip
    yield still_town
    still_town.run("DELETE FROM incident WHERE description = 'crowd'")


@pytest.fixture
def see(still_town: Town, still_client: FlaskClient) -> Iterator[Callable[[Actor], FlaskClient]]:
    """Let requests come from somebody."""

    def become(actor: Actor) -> FlaskClient:
        door.identify(still_client.application, lambda: actor)
        return still_client

    yield become
    people.everybody(still_client.application)


def tiles(known: list[Known], z: int) -> list[tuple[int, int]]:
    """Return every tile with some of these in it, and those around it."""
    west, _, east, _ = edges(z, 0, 0)
    side = east - west
    found = {(int((one.x - west) / side), int((-west - one.y) / side)) for one in known}
    return sorted({(x + dx, y + dy) for x, y in found for dx in (-1, 0, 1) for dy in (-1, 0, 1)})


def fetch(client: FlaskClient, z: int, x: int, y: int) -> dict[str, list[dict[str, Any]]]:
    answer = client.get(f"/tiles/town/incidents/{z}/{x}/{y}.mvt")
    if answer.status_code == 204:
        return {}
    assert (answer.status_code, answer.mimetype) == (200, "application/vnd.mapbox-vector-tile")
    decoded = mapbox_vector_tile.decode(answer.data, default_options={"y_coord_down": True})
    assert {one["extent"] for one in decoded.values()} == {EXTENT}
    return {name: one["features"] for name, one in decoded.items()}


def viewers(town: Town) -> dict[str, tuple[Actor, Callable[[Known], bool]]]:
    """Return who looks, and what of it they may see."""
    return {
        "east": (of_street(town, EAST), lambda one: one.community.startswith(EAST)),
        "west": (of_street(town, WEST, "worker"), lambda one: one.community.startswith(WEST)),
        "city": (of_city(town, "leader"), lambda _: True),
        "department": (of_department(town), lambda _: False),
    }


@pytest.mark.parametrize("who", ["east", "west", "city", "department"])
@pytest.mark.parametrize("z", range(POINTS_FROM, INCIDENT_ZOOMS[1] + 1))
def test_near_by_each_incident_of_the_viewer_stands_in_one_tile(
    still_town: Town, known: list[Known], see: Callable[[Actor], FlaskClient], who: str, z: int
) -> None:
    actor, may_see = viewers(still_town)[who]
    client, expected = see(actor), {one.id: one for one in known if may_see(one)}
    found: Counter[int] = Counter()
    for x, y in tiles(known, z):
        west, south, east, north = edges(z, x, y)
        for one in fetch(client, z, x, y).get("incidents", []):
            said = one["properties"]
            found[said["id"]] += 1
            right = expected[said["id"]]
            assert set(said) == {"id", "category", "is_urgent", "state", "location", "is_late"}
            assert (said["category"], said["state"], said["is_urgent"], said["location"]) == (
                right.category, right.state, right.category == URGENT, right.location,
            )  # fmt: skip
            if right.is_late:  # what is not late yet may become so while the test runs
                assert said["is_late"]
            away = np.array(one["geometry"]["coordinates"]) - [
                (right.x - west) / (east - west) * EXTENT, (north - right.y) / (north - south) * EXTENT,
            ]  # fmt: skip
            assert np.abs(away).max() <= 1
    assert found == Counter(list(expected))


@pytest.mark.parametrize("who", ["east", "west", "city", "department"])
@pytest.mark.parametrize("z", range(INCIDENT_ZOOMS[0], POINTS_FROM))
def test_far_away_the_viewers_incidents_are_counted_in_squares(
    still_town: Town, known: list[Known], see: Callable[[Actor], FlaskClient], who: str, z: int
) -> None:
    actor, may_see = viewers(still_town)[who]
    client, mine = see(actor), [one for one in known if may_see(one)]
    total: Counter[str] = Counter()
    for x, y in tiles(known, z):
        west, south, east, north = edges(z, x, y)
        side = (east - west) / ACROSS
        squares: dict[tuple[int, int], Counter[str]] = {}
        for one in mine:
            if west <= one.x < east and south <= one.y < north:
                place = (int((one.x - west) / side), int((one.y - south) / side))
                counted = squares.setdefault(place, Counter())
                counted.update(["incidents", one.state, *(["urgent"] if one.category == URGENT else [])])
        groups = fetch(client, z, x, y).get("incident_groups", [])
        said = [one["properties"] for one in groups]
        names = ("incidents", "reported", "handled", "urgent")
        assert sorted(tuple(one[name] for name in names) for one in said) == sorted(
            tuple(counted[name] for name in names) for counted in squares.values()
        )
        for one in groups:
            assert all(0 <= c <= EXTENT for c in one["geometry"]["coordinates"])
            total.update({name: one["properties"][name] for name in (*names, "late")})
    assert total["incidents"] == len(mine)
    assert total["late"] >= sum(one.is_late for one in mine)
    assert total["late"] <= total["reported"]


@pytest.mark.parametrize("z", [6, 11, POINTS_FROM, INCIDENT_ZOOMS[1]])
def test_an_incident_on_the_corner_of_four_tiles_stands_in_one(
    town: Town, town_client: FlaskClient, z: int
) -> None:
    ((x0, y0),) = coords.convert(np.array([tuple(spot(town, (300, 200)).coords[0])]), 4326, coords.MERCATOR)
    west, _, east, _ = edges(z, 0, 0)
    x, y = int((x0 - west) / (east - west)), int((-west - y0) / (east - west))
    corner = edges(z, x, y)[0], edges(z, x, y)[3]
    for dx, dy in ((0.0, 0.0), (1e-6, 0.0), (-1e-6, 1e-6), (0.0, -1e-6)):
        town.run(
            "UPDATE incident SET point = ST_Transform(ST_SetSRID(ST_MakePoint(%(x)s, %(y)s), 3857), 4326)",
            x=corner[0] + dx, y=corner[1] + dy,
        )  # fmt: skip
        found: Counter[str] = Counter()
        for column in (x - 1, x, x + 1):
            for row in (y - 1, y, y + 1):
                for name, features in fetch(town_client, z, column, row).items():
                    found[name] += sum(one["properties"].get("incidents", 1) for one in features)
        assert found.total() == town.one("SELECT count(*) FROM incident WHERE state <> 'closed'")


@pytest.mark.parametrize("z", range(POINTS_FROM, INCIDENT_ZOOMS[1] + 1))
def test_in_a_crowded_tile_those_close_together_are_counted_and_none_is_lost(
    crowded: Town, see: Callable[[Actor], FlaskClient], z: int
) -> None:
    rows = crowded.all(
        "SELECT i.id, ST_X(mercator), ST_Y(mercator), coalesce(u.code, '') FROM incident i"
        " LEFT JOIN unit u ON u.id = i.community_id WHERE i.state <> 'closed'"
    )
    everyone = [Known(one, x, y, "reported", OTHER, False, "sure", code) for one, x, y, code in rows]
    sizes = set()
    for who, (actor, may_see) in viewers(crowded).items():
        client, mine = see(actor), {one.id for one in everyone if may_see(one)}
        named: Counter[int] = Counter()
        counted = 0
        for x, y in tiles(everyone, z):
            body = client.get(f"/tiles/town/incidents/{z}/{x}/{y}.mvt").data
            assert len(body) <= LARGEST
            layers = fetch(client, z, x, y)
            alone = [one["properties"]["id"] for one in layers.get("incidents", [])]
            groups = [one["properties"]["incidents"] for one in layers.get("incident_groups", [])]
            assert len(alone) + len(groups) <= MOST_POINTS
            assert all(number > 1 for number in groups)
            assert not groups or len(alone) + sum(groups) > MOST_POINTS
            named.update(alone)
            counted += sum(groups)
            sizes.add(bool(groups))
        assert named <= Counter(list(mine)), who
        assert named.total() + counted == len(mine)
    assert sizes == {False, True}


def test_a_tile_names_nobody(still_town: Town, known: list[Known], still_client: FlaskClient) -> None:
    z = INCIDENT_ZOOMS[1]
    whole = b"".join(
        still_client.get(f"/tiles/town/incidents/{z}/{x}/{y}.mvt").data for x, y in tiles(known, z)
    )
    assert b"reported" in whole
    for personal in ("张", "13912345678", "1391", "联系"):
        assert personal.encode() not in whole


def test_outside_the_pyramid_there_is_no_tile(still_client: FlaskClient) -> None:
    first, last = INCIDENT_ZOOMS
    for z, x, y in [
        (first - 1, 0, 0),
        (last + 1, 0, 0),
        (first, 2**first, 0),
        (first, 0, 2**first),
        (99, 0, 0),
    ]:
        answer = still_client.get(f"/tiles/town/incidents/{z}/{x}/{y}.mvt", headers={"If-None-Match": "*"})
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert still_client.get(f"/tiles/nowhere/incidents/{first}/0/0.mvt").status_code == 404
    empty = still_client.get(f"/tiles/town/incidents/{first}/0/0.mvt")
    assert (empty.status_code, empty.data) == (204, b"")


def test_no_cache_keeps_a_tile_and_it_is_packed_only_for_who_unpacks(
    still_town: Town, known: list[Known], see: Callable[[Actor], FlaskClient]
) -> None:
    client, z = see(of_city(still_town)), POINTS_FROM
    path = next(
        path for x, y in tiles(known, z)
        if client.get(path := f"/tiles/town/incidents/{z}/{x}/{y}.mvt").status_code == 200
    )  # fmt: skip
    plain = client.get(path)
    assert plain.headers["Cache-Control"] == "private, no-store"
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip;q=0"}).headers
    stamp = {"If-None-Match": plain.headers["ETag"]}
    assert client.get(path, headers=stamp).status_code == 304
    foreign = see(of_department(still_town)).get(path, headers=stamp)
    assert (foreign.status_code, foreign.data) == (204, b""), "who sees something else is told so"
    assert see(NOBODY).get(path, headers=stamp).status_code == 401
