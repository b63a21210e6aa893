"""What may have been reported already: the query against brute force, who sees it, filing all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.core import clock, coords, door
from geo_app.core.actor import SYSTEM, Actor
from geo_app.core.errors import BadInput
from geo_app.incidents import near, service
from geo_app.incidents.model import Channel, NewReport
from geo_app.incidents.nearness import MOST_DOUBT, Limits
from tests import people
from tests.integration.conftest import Run, Town
from tests.integration.identity.scoping import EAST, WEST, of_city, of_street, spot
from tests.sizes import size

LIMITS = Limits(50.0, timedelta(hours=72))
SKILLS = {one.code: one.skill for one in CATEGORIES}
RUBBISH, RUBBLE, WATER = "0102", "0103", "0402"
"""Two kinds that the same people handle, and one of others."""
BORDER_X = 400.0
"""Where the east street ends and the west one begins, metres from the town's corner."""


@dataclass(frozen=True, slots=True)
class Known:
    """An open incident as brute force sees it: its place in the metric frame."""

    id: int
    category: str
    x: float
    y: float
    doubt: float
    reported_at: datetime


def made(town: Town, metres: tuple[float, float], category: str = RUBBISH, **more: Any) -> int:
    """Take in a report at a place and return its incident's id."""
    with town.database.transaction(SYSTEM) as tx:
        return service.report(tx, town.city, told(town, metres, category, **more)).id


def told(town: Town, metres: tuple[float, float], category: str = RUBBISH, **more: Any) -> NewReport:
    said = {"occurred_at": clock.now(), "channel": Channel.HOTLINE, "description": "x", **more}
    return NewReport(category=category, position=spot(town, metres), **said)


def found(town: Town, actor: Actor, new: NewReport, limits: Limits = LIMITS) -> list[int]:
    with town.database.transaction(actor) as tx:
        return [one.id for one in near.of_report(tx, town.city, new, limits)]


def scatter(town: Town, count: int, at: datetime) -> list[Known]:
    """Put incidents of some kinds all over the town, some of them unsure, some too old, some closed."""
    chance = np.random.default_rng(5)
    kinds = [RUBBISH, RUBBLE, WATER, "0506"]
    new = []
    for n in range(count):
        hours, place = (
            float(chance.uniform(0, 100)),
            (float(chance.uniform(0, 600)), float(chance.uniform(0, 400))),
        )
        when = at - timedelta(hours=hours)
        closed_at = when + timedelta(minutes=1) if n % 4 == 0 else None
        new.append(told(town, place, kinds[n % 3 if n % 7 else 3], occurred_at=when, closed_at=closed_at))
    with town.database.transaction(SYSTEM) as tx:
        service.load(tx, town.city, new)
    town.run("UPDATE incident SET uncertainty = (id * 7919 %% 400) WHERE id %% 3 = 0")
    rows = town.all(
        "SELECT i.id, c.code, i.point, coalesce(i.uncertainty, 0), i.reported_at FROM incident i"
        " JOIN category c ON c.id = i.category_id WHERE i.state <> 'closed'"
    )
    places = coords.convert(np.array([(row[2].x, row[2].y) for row in rows]), 4326, town.city.srid)
    return [
        Known(row[0], row[1], x, y, min(row[3], MOST_DOUBT), row[4])
        for row, (x, y) in zip(rows, places, strict=True)
    ]


def expected(town: Town, everything: list[Known], new: NewReport) -> tuple[list[int], float]:
    """Return what brute force finds, the likeliest first, and by how little something is in or out."""
    assert new.position is not None
    ((x, y),) = coords.convert(np.array([(new.position.x, new.position.y)]), 4326, town.city.srid)
    order, least = [], np.inf
    for one in everything:
        away = float(np.hypot(one.x - x, one.y - y))
        hours = abs((new.occurred_at - one.reported_at).total_seconds()) / 3600
        if SKILLS[one.category] == SKILLS[new.category] and hours <= 72:
            least = min(least, abs(away - 50 - one.doubt))
            if away <= 50 + one.doubt:
                order.append((one.category != new.category, away / 50 + hours / 72, one.id))
    return [one[2] for one in sorted(order)][: near.MOST], least


def test_the_query_finds_what_brute_force_finds_in_the_same_order(town: Town) -> None:
    at = clock.now()
    everything = scatter(town, size("near_incidents"), at)
    chance = np.random.default_rng(6)
    hits = 0
    for n in range(size("near_questions")):
        place = (float(chance.uniform(-100, 700)), float(chance.uniform(-100, 500)))
        new = told(town, place, [RUBBISH, RUBBLE, WATER][n % 3], occurred_at=at)
        right, least = expected(town, everything, new)
        if least > 1e-4:  # a place is kept to a tenth of a millimetre
            assert found(town, SYSTEM, new) == right
            hits += bool(right)
    assert hits > size("near_questions") / 4


def test_distance_time_and_category_decide(town: Town) -> None:
    at = clock.now()
    same = made(town, (300, 200))
    alike = made(town, (300, 199), RUBBLE)
    made(town, (300, 200), WATER)
    made(town, (300, 251))
    assert found(town, SYSTEM, told(town, (300, 199))) == [same, alike], "its own category goes first"
    assert found(town, SYSTEM, told(town, (300, 150.1))) == [same, alike]
    assert found(town, SYSTEM, told(town, (300, 149.9))) == [alike]
    assert found(town, SYSTEM, told(town, (300, 149.9)), Limits(51.0, timedelta(hours=72))) == [same, alike]
    assert found(town, SYSTEM, told(town, (300, 200), occurred_at=at + timedelta(hours=73))) == []
    town.run("UPDATE incident SET uncertainty = 30 WHERE id = %(id)s", id=same)
    assert found(town, SYSTEM, told(town, (300, 121))) == [same], "what is unsure may lie nearer"
    town.run("UPDATE incident SET state = 'closed', closed_at = now() WHERE id = %(id)s", id=same)
    assert found(town, SYSTEM, told(town, (300, 150))) == [alike]


def test_a_case_of_a_foreign_street_is_not_shown(town: Town) -> None:
    east, west = made(town, (BORDER_X - 20, 200)), made(town, (BORDER_X + 15, 200))
    new = told(town, (BORDER_X, 200))
    assert found(town, of_city(town), new) == [west, east]
    assert found(town, of_street(town, EAST), new) == [east]
    assert found(town, of_street(town, WEST), new) == [west]
    assert found(town, Actor("nobody"), new) == []


def test_a_report_that_waits_for_its_place_is_found_too(town: Town) -> None:
    first = made(town, (300, 200))
    town.run("UPDATE incident SET location = 'unsure' WHERE id = %(id)s", id=first)
    town.run("DELETE FROM placement WHERE subject_id = %(id)s AND subject_kind = 'incident'", id=first)
    assert found(town, of_city(town), told(town, (300, 200))) == [first]


def test_an_address_nobody_knows_has_nothing_near_and_a_far_place_neither(town: Town) -> None:
    made(town, (300, 200))
    nowhere = NewReport(
        category=RUBBISH,
        channel=Channel.WEB,
        description="x",
        occurred_at=clock.now(),
        address="世上没有的地方",
    )
    assert found(town, SYSTEM, nowhere) == []
    with town.database.transaction(SYSTEM) as tx, pytest.raises(BadInput):
        near.of_report(tx, town.city, NewReport(**{**_said(nowhere), "category": "9999"}), LIMITS)


def _said(new: NewReport) -> dict[str, Any]:
    return {
        name: getattr(new, name) for name in ("category", "channel", "description", "occurred_at", "address")
    }


@pytest.fixture
def asked(town: Town, town_client: FlaskClient) -> Callable[..., Any]:
    """Ask the door about a place of the town."""

    def ask(metres: tuple[float, float] | None, **more: Any) -> Any:
        at = None if metres is None else spot(town, metres)
        place = {} if at is None else {"lon": at.x, "lat": at.y}
        return town_client.get("/api/incidents/near", query_string={"category": RUBBISH, **place, **more})

    return ask


def test_the_door_says_how_far_and_how_long_ago_and_nothing_of_a_person(
    town: Town, asked: Callable[..., Any]
) -> None:
    incident = made(
        town,
        (300, 200),
        description="请联系张三 13912345678",
        reporter_name="张三",
        reporter_phone="13912345678",
    )
    answer = asked((330, 200))
    (one,) = answer.get_json()["items"]
    assert (one["id"], one["metres"], one["is_same_category"]) == (incident, 30.0, True)
    assert 0 <= one["seconds"] < 3600
    assert "13912345678" not in answer.get_data(as_text=True)
    assert {name: answer.get_json()[name] for name in ("metres", "hours")} == {"metres": 50.0, "hours": 72.0}
    gcj = coords.from_wgs84(np.array([[spot(town, (330, 200)).x, spot(town, (330, 200)).y]]), "gcj02")[0]
    assert len(asked(None, lon=gcj[0], lat=gcj[1], frame="gcj02").get_json()["items"]) == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "address"),
        ({"category": "9999", "address": "中山路1号"}, "category"),
        ({"lon": "x", "lat": "1"}, "lon"),
        ({"lon": "116.4"}, "lat"),
        ({"lon": "500", "lat": "1"}, "position"),
        ({"lon": "116", "lat": "39", "frame": "?"}, "position.frame"),
    ],
)
def test_what_the_door_refuses_is_named(asked: Callable[..., Any], said: dict[str, str], field: str) -> None:
    answer = asked(None, **said)
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)


@pytest.mark.parametrize("lonlat", [(0, 90), (0, -90), (-180, 0), (180, 89.99), (116, 85.2)])
def test_the_ends_of_the_world_have_nothing_near(
    asked: Callable[..., Any], lonlat: tuple[float, float]
) -> None:
    answer = asked(None, lon=lonlat[0], lat=lonlat[1])
    assert answer.status_code in {200, 422}
    assert answer.get_json().get("items", []) == []


def test_the_answer_to_a_report_names_what_it_may_repeat_and_files_all_the_same(
    town: Town, town_client: FlaskClient
) -> None:
    at = spot(town, (300, 200))
    said = {
        "category": RUBBISH, "channel": "web", "description": "垃圾",
        "position": {"lon": at.x, "lat": at.y, "frame": "wgs84"},
    }  # fmt: skip
    answers = [
        town_client.post("/api/incidents", json=said, headers={"Idempotency-Key": f"k{n}"}) for n in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    first, second = (answer.get_json() for answer in answers)
    assert first["near"] == []
    assert [one["id"] for one in second["near"]] == [first["id"]]
    door.identify(town_client.application, lambda: of_street(town, WEST, account=7))
    try:
        foreign = town_client.post("/api/incidents", json=said, headers={"Idempotency-Key": "k3"})
        assert (foreign.status_code, foreign.get_json()["near"]) == (201, [])
    finally:
        people.everybody(town_client.application)


def test_the_command_line_names_what_may_be_repeated(geo: Run, town: Town, tmp_path: Path) -> None:
    first = made(town, (300, 200))
    at = spot(town, (310, 200))
    place = ("--position", at.x, at.y, "--frame", "wgs84")
    (one,) = geo("incidents", "near", "--category", RUBBISH, *place, "--json")
    assert (one["id"], one["metres"]) == (first, 10.0)
    assert f"{first}" in geo("incidents", "near", "--category", RUBBISH, *place)
    assert geo("incidents", "near", "--category", WATER, *place).strip() == "nothing"
    told = geo("incidents", "report", "--category", RUBBISH, "--description", "又一处", *place, "--json")
    assert [near["id"] for near in told["near"]] == [first]
    file = tmp_path / "t.geojson"
    file.write_text(json.dumps(_features(town)))
    assert geo("incidents", "load", file, "--json")["near"] == 1


def _features(town: Town) -> dict[str, Any]:
    """Return a table of three: one that repeats what is open, one long over, one elsewhere."""
    at = clock.now()
    over = (at - timedelta(minutes=1)).isoformat()
    rows = [((300, 200), None), ((300, 200), over), ((30, 30), None)]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": list(spot(town, metres).coords[0])},
                "properties": {
                    "category": RUBBISH, "channel": "hotline", "description": f"第{n}处", "key": str(n),
                    "occurred_at": (at - timedelta(hours=1)).isoformat(), "closed_at": closed_at or "",
                },
            }
            for n, (metres, closed_at) in enumerate(rows)
        ],
    }  # fmt: skip
