"""A report by the web: taken in once, located or left for a person, refused by name, answered without its reporter."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from shapely import Point
from werkzeug.test import TestResponse

from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.core import clock
from tests import build
from tests.integration.conftest import Town
from tests.integration.dispatch.reporting import (
    CATEGORY,
    KNOWN,
    NOWHERE,
    WGS,
    body,
    count,
    here,
    plain,
    refused,
    tell,
)

NAME, PHONE = "赵某某", "139 0000 1234"
WIDE = "一社区"
HOSTILE = (
    "'; DROP TABLE incident; --", "<script>alert(1)</script>", "%s %(id)s :id {0}", "\u202eהפוך\u202c", "👩‍🚒🔥",
    "\\N\t\n\"'\\", "a" * 4000, "字" * 4000, "é́", "𠮷野家", "\ufeff", "null",
)  # fmt: skip


# what is taken in ----------------------------------------------------------------------------------------


def test_a_report_is_answered_with_its_place_its_clock_and_who_is_there_first(
    town: Town, town_client: FlaskClient
) -> None:
    answer = tell(town_client, body(reporter={"name": NAME, "phone": PHONE}))
    assert answer.status_code == 201
    said = answer.get_json()
    assert answer.headers["Location"] == f"/api/incidents/{said['id']}"
    cell = {"code": f"{build.COMMUNITIES[0]}001", "name": "第1网格"}
    assert (said["cell"], said["cells"], said["confidence"]) == (cell, [], {"verdict": "sure", "score": 1.0})
    assert said["community"] == {"code": build.COMMUNITIES[0], "name": "一社区"}
    assert said["release"] == town.one("SELECT id FROM release")
    assert (said["place"]["name"], said["place"]["kind"], said["place"]["how"]) == (KNOWN, "number", "name")
    assert (said["address"], said["version"]) == (KNOWN, 1)
    clock_runs = datetime.fromisoformat(said["respond_by"]) - datetime.fromisoformat(said["reported_at"])
    assert clock_runs == timedelta(minutes=CATEGORY.respond_minutes)
    listed = town_client.get(f"/api/incidents/{said['id']}/candidates?k=5").get_json()
    assert [one["responder"]["id"] for one in said["candidates"]] == [
        one["responder"]["id"] for one in listed["candidates"]
    ]
    assert said["candidates"]
    assert "route" not in said["candidates"][0]
    assert (said["mode"], said["is_estimate"]) == (listed["mode"], listed["is_estimate"])


def test_who_reported_is_kept_and_never_repeated(
    town: Town, town_client: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = tell(town_client, body(reporter={"name": NAME, "phone": PHONE}))
    incident = answer.get_json()["id"]
    joined = {"description": "又来电", "channel": "hotline", "reporter": {"name": NAME}}
    assert tell(town_client, joined, "j", f"/api/incidents/{incident}/reports").status_code == 201
    bad = tell(town_client, body(reporter={"name": NAME, "phone": PHONE + "0" * 40}), "b")
    assert refused(bad)["value"] == "'withheld'"
    extra = tell(town_client, body(reporter={"name": NAME, "tel": PHONE}), "c")
    ids = town.all("SELECT id FROM report WHERE name_sealed IS NOT NULL ORDER BY id")
    assert [plain(town, incident, one)[:2] for one in ids] == [(NAME, PHONE), (NAME, None)]
    told = [
        one.get_data(as_text=True)
        for one in (answer, bad, extra, town_client.get(f"/api/incidents/{incident}"))
    ]
    told += town.all("SELECT kind || data::text FROM fact") + town.all("SELECT body FROM idempotency")
    told += list(capfd.readouterr())
    assert not [text for text in told if NAME in text or "0000 1234" in text]


@pytest.mark.parametrize("frame", ["wgs84", "cgcs2000", "gcj02", "bd09", "epsg:4548", "EPSG:3857"])
def test_a_position_counts_in_any_frame_and_is_kept_as_given(
    town: Town, town_client: FlaskClient, frame: str
) -> None:
    given = here(town, frame)
    said = tell(town_client, body(position=given, address=NOWHERE)).get_json()
    point: Point = town.one("SELECT point FROM incident ORDER BY id LIMIT 1")
    assert said["place"]["position"] == pytest.approx([point.x, point.y], abs=2e-8)
    assert (said["address"], said["confidence"]["verdict"]) == (NOWHERE, "sure")
    assert town.one("SELECT given_x, given_y, given_frame, address FROM report ORDER BY id DESC LIMIT 1") == (
        given["lon"], given["lat"], frame, NOWHERE,
    )  # fmt: skip


def test_without_an_address_the_place_is_said_in_words(town: Town, town_client: FlaskClient) -> None:
    said = tell(town_client, body(address=..., position=here(town))).get_json()
    assert "一社区" in said["place"]["name"]
    assert (said["place"]["how"], said["address"]) == ("coordinates", None)


@pytest.mark.parametrize(("address", "verdict"), [
    (KNOWN, "sure"), ("中山路 99号", "unsure"), (WIDE, "border"), (NOWHERE, "unknown"), ("0.0,0.0", "outside"),
    ("路" * 201, "unknown"), ("'; DROP TABLE place; --", "unknown"), ("<b>街</b>", "unknown"), ("🔥", "unknown"),
])  # fmt: skip
def test_no_cell_is_ever_guessed(town: Town, town_client: FlaskClient, address: str, verdict: str) -> None:
    said = tell(town_client, body(address=address)).get_json()
    incident = said["id"]
    assert said["confidence"]["verdict"] == verdict
    shown = town_client.get(f"/api/incidents/{incident}").get_json()
    assert (shown["properties"]["location"], shown["properties"]["address"]) == (verdict, address)
    assert (shown["geometry"] is None) == (said["place"] is None) == (verdict == "unknown")
    assert (said["cell"] is not None) == (verdict == "sure")
    assert (len(said["cells"]) > 1) == (verdict in {"unsure", "border"})
    placed = town.one("SELECT count(*) FROM placement WHERE subject_id = %(id)s", id=incident)
    assert placed == (1 if verdict in {"sure", "outside"} else 0)
    assert (said["release"] is not None) == (placed == 1)
    assert bool(said["candidates"]) == (verdict != "unknown")
    waits = town_client.get("/api/incidents?location=unsettled").get_json()["features"]
    settled = town_client.get("/api/incidents?location=settled").get_json()["features"]
    assert (incident in [one["id"] for one in waits]) == (verdict not in {"sure", "outside"})
    assert len(waits) + len(settled) == len(town_client.get("/api/incidents").get_json()["features"])


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.code)
def test_the_respond_clock_runs_from_the_report(town: Town, town_client: FlaskClient, category: Any) -> None:
    said = tell(town_client, body(category=category.code, occurred_at="2026-01-05T08:30:00+08:00")).get_json()
    occurred, reported, until = (
        datetime.fromisoformat(said[name]) for name in ("occurred_at", "reported_at", "respond_by")
    )
    assert occurred == datetime(2026, 1, 5, 0, 30, tzinfo=UTC)
    assert until - reported == timedelta(minutes=category.respond_minutes)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(town: Town, town_client: FlaskClient, text: str) -> None:
    if not text.strip():
        return
    said = tell(
        town_client,
        body(description=text, address=text[:500], position=here(town),
             reporter={"name": ("某" + text)[:100], "phone": text[:40]}),
    )  # fmt: skip
    assert said.status_code == 201, said.get_data(as_text=True)
    shown = town_client.get(said.headers["Location"]).get_json()["properties"]
    assert (shown["description"], shown["address"]) == (text, text[:500])
    incident, report = town.one("SELECT incident_id, id FROM report ORDER BY id DESC LIMIT 1")
    assert plain(town, incident, report) == (("某" + text)[:100], text[:40], text)


# what is refused -----------------------------------------------------------------------------------------

BROKEN: list[tuple[dict[str, object], str]] = [
    ({"description": "a" * 4001}, "description"), ({"description": ""}, "description"),
    ({"description": " \n"}, "description"), ({"description": "井\x00盖"}, "description"),
    ({"description": "\x1b[31m"}, "description"), ({"description": "\ud800"}, "description"),
    ({"description": 7}, "description"), ({"description": None}, "description"),
    ({"category": "nothing"}, "category"), ({"category": "'; DROP TABLE category; --"}, "category"),
    ({"category": ["a"]}, "category"), ({"category": ...}, "category"),
    ({"channel": "phone"}, "channel"), ({"channel": ...}, "channel"), ({"channel": 1}, "channel"),
    ({"address": ""}, "address"), ({"address": "x" * 501}, "address"), ({"address": "a\x00"}, "address"),
    ({"address": " "}, "address"), ({"address": ...}, "address"), ({"address": None}, "address"),
    ({"position": WGS | {"frame": "mars"}}, "position.frame"), ({"position": WGS | {"frame": ""}}, "position.frame"),
    ({"position": WGS | {"frame": "epsg:999999"}}, "position.frame"),
    ({"position": {"lon": 1.0, "lat": 2.0}}, "position.frame"),
    ({"position": WGS | {"lon": float("nan")}}, "position.lon"),
    ({"position": WGS | {"lat": float("-inf")}}, "position.lat"),
    ({"position": WGS | {"lon": "117"}}, "position.lon"), ({"position": WGS | {"lon": True}}, "position.lon"),
    ({"position": WGS | {"lon": None}}, "position.lon"), ({"position": WGS | {"lon": 10**400}}, "position.lon"),
    ({"position": WGS | {"lon": 181.0}}, "position"), ({"position": WGS | {"lat": -90.1}}, "position"),
    ({"position": {"lon": 39.7, "lat": 117.0, "frame": "wgs84"}}, "position"),
    ({"position": {"lon": 39.7, "lat": 87.0, "frame": "gcj02"}}, "position"),
    ({"position": {"lon": 1e300, "lat": 1e300, "frame": "epsg:4548"}}, "position"),
    ({"position": {"lon": 27.0, "lat": 0.0, "frame": "wgs84"}}, "position"),
    ({"position": WGS | {"alt": 3}}, "position.alt"), ({"position": [117.0, 39.7]}, "position"),
    ({"occurred_at": "yesterday"}, "occurred_at"), ({"occurred_at": "2026-01-05T08:30:00"}, "occurred_at"),
    ({"occurred_at": "2026-02-30T08:30:00Z"}, "occurred_at"), ({"occurred_at": 1767573000}, "occurred_at"),
    ({"occurred_at": "2026-W01-1T00:00:00Z"}, "occurred_at"), ({"occurred_at": "1899-12-31T23:59:59Z"}, "occurred_at"),
    ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
    ({"occurred_at": "9999-12-31T23:59:59-14:00"}, "occurred_at"), ({"occurred_at": "x" * 41}, "occurred_at"),
    ({"occurred_at": "٢٠٢٦-01-05T08:30:00Z"}, "occurred_at"),
    ({"reporter": {"name": "x" * 101}}, "reporter.name"), ({"reporter": {"phone": "1" * 41}}, "reporter.phone"),
    ({"reporter": {"name": "a\x00b"}}, "reporter.name"), ({"reporter": {"phone": 139}}, "reporter.phone"),
    ({"reporter": NAME}, "reporter"), ({"more": 1}, "more"), ({"\ud800": 1}, "body"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "field"), BROKEN)
def test_what_breaks_a_rule_is_refused_by_field_value_and_rule(
    still_town: Town, still_client: FlaskClient, changes: dict[str, object], field: str
) -> None:
    before = count(still_town)
    report = refused(tell(still_client, body(**changes)))
    assert report["field"] == field
    assert report["rule"]
    name, _, inner = field.partition(".")
    said: Any = changes.get(name, ...)
    if inner and isinstance(said, dict):
        said = said.get(inner, ...)
    assert said is ... or "value" in report
    assert len(report.get("value", "")) <= 80
    assert count(still_town) == before, "a refusal leaves nothing behind, not even its key"


def test_a_time_that_has_not_come_is_refused_but_another_clock_may_run_ahead(
    town: Town, town_client: FlaskClient
) -> None:
    soon, later = (clock.now() + timedelta(seconds=s) for s in (20, 3600))
    assert tell(town_client, body(occurred_at=soon.isoformat()), "soon").status_code == 201
    report = refused(tell(town_client, body(occurred_at=later.isoformat()), "later"))
    assert report["field"] == "occurred_at"
    assert later.isoformat() in report["value"]


@pytest.mark.parametrize(("sent", "status", "value"), [
    (b'{"description": "\xff"}', 400, "byte 0xff at 17"), (b"\xc3", 400, "byte 0xc3 at 0"),
    ("{}".encode("utf-16"), 400, "byte 0xff at 0"), (b" " * 10_000_000, 413, "10000000 bytes"),
])  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused_by_name(
    still_client: FlaskClient, sent: bytes, status: int, value: str
) -> None:
    report = refused(tell(still_client, sent), status)
    assert (report["field"], report["value"]) == ("body", value)
    assert report["rule"]


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b"null", b'"x"', b"7", b"[" * 5000, b'{"a":' * 5000,
                                  b'{"description": ' + b"9" * 5000 + b"}"])  # fmt: skip
def test_a_body_that_is_no_report_is_refused(still_client: FlaskClient, sent: bytes) -> None:
    answer = tell(still_client, sent)
    refused(answer, answer.status_code)
    assert answer.status_code in {400, 422}


def test_a_city_must_be_one(still_client: FlaskClient) -> None:
    refused(tell(still_client, body(city="nowhere")), 404)
    assert refused(tell(still_client, body(city="x" * 41)))["field"] == "city"


# once for its key ----------------------------------------------------------------------------------------


def test_the_same_key_ten_times_at_once_makes_one_incident(town: Town, town_client: FlaskClient) -> None:
    app, all_ten, before = town_client.application, threading.Barrier(10), count(town)

    def ask(_: int) -> TestResponse:
        client = app.test_client()
        all_ten.wait(60)
        return tell(client, body(), "once")

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(ask, range(10)))
    assert {(one.status_code, one.data, one.headers["Location"]) for one in answers} == {
        (201, answers[0].data, answers[0].headers["Location"])
    }
    assert [now - then for now, then in zip(count(town), before, strict=True)] == [1, 1, 1, 1, 1]


def test_a_key_belongs_to_one_report(town: Town, town_client: FlaskClient) -> None:
    tell(town_client, body(), "mine")
    before = count(town)
    assert refused(tell(town_client, body(description="别的"), "mine"))["field"] == "Idempotency-Key"
    assert count(town) == before


def test_a_refused_report_leaves_its_key_free(town: Town, town_client: FlaskClient) -> None:
    before = count(town)
    refused(tell(town_client, body(category="nothing"), "again"))
    assert count(town) == before
    assert tell(town_client, body(), "again").status_code == 201
