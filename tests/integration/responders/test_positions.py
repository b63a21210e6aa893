"""Where responders are: the newest position wins, whatever comes late, twice, shuffled, at once or from the future."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from geo_app.core import clock, coords
from tests import build
from tests.integration.conftest import Town
from tests.sizes import size

EAST, NORTH = build.TOWN_CORNER
MOVED = "SELECT count(*) FROM fact WHERE kind = 'responder.moved'"


def lonlat(x: float, y: float, frame: str = "wgs84") -> tuple[float, float]:
    """Return a place of the town, metres from its corner, in a frame."""
    point = coords.convert(np.array([[EAST + x, NORTH + y]]), build.TOWN_SRID, coords.WGS84)
    (lon, lat) = coords.from_wgs84(point, frame)[0].tolist()
    return lon, lat


def one(
    responder: int, at: datetime, x: float = 10, y: float = 10, frame: str = "wgs84", **more: Any
) -> dict[str, Any]:
    lon, lat = lonlat(x, y, frame)
    return {"responder": responder, "lon": lon, "lat": lat, "at": at.isoformat(), **more}


def tell(
    client: FlaskClient, positions: Sequence[Any], key: str, frame: str = "wgs84", **more: Any
) -> TestResponse:
    return client.post(
        "/api/positions",
        data=json.dumps({"frame": frame, "positions": list(positions), **more}),
        headers={"Idempotency-Key": key, "Content-Type": "application/json"},
    )


def known(town: Town, responder: int) -> Any:
    return town.one("SELECT at, ST_X(point) AS x, ST_Y(point) AS y FROM responder_position WHERE responder_id = %(id)s",
                    id=responder)  # fmt: skip


@pytest.fixture
def people(town: Town) -> list[int]:
    """The four of the town, on shift at every hour, last seen an hour ago."""
    town.run("DELETE FROM shift")
    town.run("UPDATE responder_position SET at = %(at)s", at=clock.now() - timedelta(hours=1))
    return town.all("SELECT id FROM responder ORDER BY code")


@pytest.mark.parametrize("frame", ["wgs84", "gcj02", "bd09", "epsg:4548"])
def test_a_position_is_kept_as_given_and_shown_in_wgs_84(
    town: Town, town_client: FlaskClient, people: list[int], frame: str
) -> None:
    given = one(people[1], clock.now(), 150, 250, frame, accuracy=8.5)
    answer = tell(town_client, [given], "k", frame)
    assert (answer.status_code, answer.get_json()) == (200, {"stored": 1, "older": 0, "refused": []})
    _, x, y = known(town, people[1])
    assert (x, y) == pytest.approx(lonlat(150, 250), abs=2e-8)
    raw = town.one(
        "SELECT given_x, given_y, given_frame, accuracy FROM responder_position WHERE responder_id = %(id)s",
        id=people[1],
    )
    assert raw == (given["lon"], given["lat"], frame, 8.5)


def test_what_is_wrong_is_named_one_by_one_and_the_rest_is_taken(
    town: Town, town_client: FlaskClient, people: list[int]
) -> None:
    now = clock.now()
    batch = [
        one(people[0], now), one(999_999, now), one(people[1], now + timedelta(minutes=2)),
        {**one(people[1], now), "lon": 200.0}, {**one(people[1], now), "lat": float("nan")},
        {**one(people[1], now), "lon": 0.0, "lat": 0.0}, {**one(people[1], now), "at": "2026-05-01T08:30:00"},
        one(people[1], now, accuracy=-1.0), one(people[1], now, accuracy=float("inf")),
        {**one(people[1], now), "at": "x"},
        one(people[2], now),
    ]  # fmt: skip
    before = known(town, people[1])
    answer = tell(town_client, batch, "k")
    body = answer.get_json()
    assert (answer.status_code, body["stored"], body["older"]) == (200, 2, 0)
    assert [(refused["index"], refused["field"]) for refused in body["refused"]] == [
        (1, "responder"), (2, "at"), (3, "lon, lat"), (4, "lon, lat"), (5, "lon, lat"), (6, "at"), (7, "accuracy"),
        (8, "accuracy"), (9, "at"),
    ]  # fmt: skip
    assert all(refused["value"] and refused["rule"] for refused in body["refused"])
    assert known(town, people[1]) == before


def test_where_somebody_is_off_shift_is_refused_by_its_rule(
    town: Town, town_client: FlaskClient, people: list[int]
) -> None:
    now = clock.now()
    day = town.one(
        "SELECT extract(isodow FROM %(at)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::int", at=now
    )
    town.run("INSERT INTO shift (responder_id, weekday, starts, ends) VALUES (%(id)s, %(day)s, '08:00', '09:00')",
             id=people[1], day=(day + 2) % 7)  # fmt: skip
    before = known(town, people[1])
    body = tell(town_client, [one(people[0], now), one(people[1], now)], "k").get_json()
    assert (body["stored"], [refused["index"] for refused in body["refused"]]) == (1, [1])
    assert body["refused"][0]["field"] == "at"
    assert "shift" in body["refused"][0]["rule"]
    assert known(town, people[1]) == before


@pytest.mark.parametrize("change", [
    {"frame": "mars"}, {"frame": ""}, {"frame": None}, {"positions": []}, {"positions": None}, {"positions": [1]},
    {"positions": [{}]}, {"more": 1}, {"city": "nowhere"}, {"frame": "epsg:999999"},
])  # fmt: skip
def test_a_body_that_breaks_a_rule_is_refused_whole(
    town: Town, town_client: FlaskClient, people: list[int], change: dict[str, Any]
) -> None:
    body = {"frame": "wgs84", "positions": [one(people[0], clock.now())], **change}
    answer = town_client.post(
        "/api/positions",
        data=json.dumps(body),
        headers={"Idempotency-Key": "k", "Content-Type": "application/json"},
    )
    assert answer.status_code in {404, 422}
    assert answer.mimetype == "application/problem+json"


def test_no_more_than_five_hundred_at_once(town: Town, town_client: FlaskClient, people: list[int]) -> None:
    now = clock.now()
    many = [one(people[0], now - timedelta(seconds=i)) for i in range(501)]
    assert tell(town_client, many, "1").status_code == 422
    assert tell(town_client, many[:500], "2").get_json() == {"stored": 1, "older": 499, "refused": []}


def test_what_comes_late_or_twice_changes_nothing(
    town: Town, town_client: FlaskClient, people: list[int]
) -> None:
    now = clock.now()
    newest = one(people[0], now, 300, 300)
    assert tell(town_client, [newest], "1").get_json()["stored"] == 1
    after, told = known(town, people[0]), town.one(MOVED)
    late = one(people[0], now - timedelta(seconds=1), 10, 10)
    assert tell(town_client, [newest, late], "2").get_json() == {"stored": 0, "older": 2, "refused": []}
    assert tell(town_client, [newest], "1").get_json()["stored"] == 1, "the same key is the same answer"
    assert (known(town, people[0]), town.one(MOVED)) == (after, told)


def test_a_clock_that_runs_ahead_a_little_is_taken_and_a_lot_is_not(
    town: Town, town_client: FlaskClient, people: list[int]
) -> None:
    now = clock.now()
    ahead = [one(people[0], now + timedelta(seconds=50)), one(people[1], now + timedelta(days=3650))]
    body = tell(town_client, ahead, "1").get_json()
    assert (body["stored"], [refused["index"] for refused in body["refused"]]) == (1, [1])
    assert tell(town_client, [one(people[1], now)], "2").get_json()["stored"] == 1, "nothing pins it"


@settings(max_examples=max(10, size("examples") // 4),
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(
    track=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3000), st.integers(0, 500)), min_size=1, max_size=30
    ),
    cuts=st.lists(st.integers(1, 8), min_size=1, max_size=6),
    order=st.randoms(use_true_random=False),
)
def test_shuffled_doubled_and_cut_into_batches_the_newest_position_remains(
    town: Town, town_client: FlaskClient, people: list[int], track: list[tuple[int, int, int]], cuts: list[int],
    order: Any,
) -> None:  # fmt: skip
    start = clock.now() - timedelta(hours=1)
    town.run("UPDATE responder_position SET at = %(at)s", at=start - timedelta(seconds=1))
    # at one moment a responder is at one place
    places = {(who, second): x for who, second, x in track}
    said = [
        one(people[who], start + timedelta(seconds=second), float(x)) for (who, second), x in places.items()
    ]
    doubled = said + order.sample(said, len(said) // 2)
    order.shuffle(doubled)
    counted = {"stored": 0, "older": 0}
    while doubled:
        batch, doubled = doubled[: cuts[0]], doubled[cuts[0] :]
        cuts = [*cuts[1:], cuts[0]]
        seen = {who: known(town, who)[0] for who in people}
        body = tell(town_client, batch, str(uuid.uuid4())).get_json()
        assert body["stored"] + body["older"] == len(batch)
        assert body["refused"] == []
        assert all(known(town, who)[0] >= seen[who] for who in people), "never back in time"
        for name in counted:
            counted[name] += body[name]
    for number, who in enumerate(people):
        mine = [(second, x) for (person, second), x in places.items() if person == number]
        if mine:
            second, x = max(mine)
            at, lon, lat = known(town, who)
            assert at == start + timedelta(seconds=second)
            assert (lon, lat) == pytest.approx(lonlat(x, 10), abs=2e-9)


def test_many_phones_at_once_leave_the_newest_and_nobody_waits_forever(
    town: Town, town_client: FlaskClient, people: list[int]
) -> None:
    app, start = town_client.application, clock.now() - timedelta(minutes=30)
    seconds = np.random.default_rng(5).permutation(64)
    batches = [
        [one(who, start + timedelta(seconds=int(second)), 5.0 * second) for who in (people if n % 2 else people[::-1])]
        for n, second in enumerate(seconds)
    ]  # fmt: skip

    def send(numbered: tuple[int, list[dict[str, Any]]]) -> int:
        return tell(app.test_client(), numbered[1], str(numbered[0])).status_code

    with ThreadPoolExecutor(8) as phones:
        assert set(phones.map(send, enumerate(batches))) == {200}
    for who in people:
        at, lon, lat = known(town, who)
        assert at == start + timedelta(seconds=63)
        assert (lon, lat) == pytest.approx(lonlat(5.0 * 63, 10), abs=2e-9)


def test_everyone_is_told_of_a_move_and_not_of_a_phone_that_lies_still(
    town: Town, town_client: FlaskClient, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)  # a minute is one only when the test says so
    start = now - timedelta(minutes=10)

    def moved_to(x: float, second: int) -> int:
        before = town.one(MOVED)
        answer = tell(town_client, [one(people[0], start + timedelta(seconds=second), x)], f"{x} {second}")
        assert answer.get_json()["stored"] == 1
        return int(town.one(MOVED)) - before

    assert moved_to(100, 0) == 1, "the first is news"
    assert moved_to(100, 10) == moved_to(110, 20) == moved_to(118, 30) == 0
    assert moved_to(125, 40) == 1, "far from the point told last"
    assert moved_to(135, 50) == 0
    a_minute_ago = clock.now() - timedelta(seconds=61)
    town.run("UPDATE responder_position SET told_at = %(at)s", at=a_minute_ago)
    assert moved_to(136, 60) == 1, "some way, and nothing was told for a minute"
    town.run("UPDATE responder_position SET told_at = %(at)s", at=a_minute_ago)
    assert moved_to(138, 70) == moved_to(136, 80) == 0, "it lies still"
