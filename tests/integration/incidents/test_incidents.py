"""Reports are taken in with their place and their clock, joined, settled by people, and shown newest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from shapely import Point

from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.core.coords import Given
from geo_app.core.errors import BadInput, Conflict, NotFound, Stale
from geo_app.incidents import service
from geo_app.incidents.model import Channel, Incident, Located, NewReport, State, Telling
from geo_app.planning.model import Verdict
from tests import build
from tests.integration.conftest import Town

CATEGORY = CATEGORIES[0]
NAME, PHONE = "赵某某", "139 0000 1234"


def new(town: Town, **changes: object) -> NewReport:
    place: Point = town.one("SELECT point FROM incident ORDER BY id LIMIT 1")
    one = build.report(CATEGORY.code, place, clock.now(), "井盖\t丢了\n{\\N}")
    return replace(one, **changes)  # type: ignore[arg-type]


def report(town: Town, one: NewReport) -> Incident:
    with town.database.transaction(SYSTEM) as tx:
        return service.report(tx, town.city, one)


def telling(**changes: object) -> Telling:
    values: dict[str, object] = {
        "channel": Channel.HOTLINE,
        "description": "又来电",
        "occurred_at": clock.now(),
    }
    return Telling(**(values | changes))  # type: ignore[arg-type]


def test_a_report_is_taken_in_with_its_cell_and_its_clock(town: Town) -> None:
    one = new(town, occurred_at=clock.now() - timedelta(hours=3))
    taken = report(town, one)
    assert (taken.description, taken.category, taken.channel) == (one.description, CATEGORY.code, Channel.WEB)
    assert (taken.location, taken.cell) == (Verdict.SURE, f"{build.COMMUNITIES[0]}001")
    assert (taken.reports, taken.version, taken.state) == (1, 1, State.REPORTED)
    assert taken.occurred_at == one.occurred_at
    assert taken.respond_by - taken.reported_at == timedelta(minutes=CATEGORY.respond_minutes)
    assert taken.reported_at > taken.occurred_at + timedelta(hours=2), "the clock runs from the report"
    assert town.all("SELECT kind, subject FROM fact ORDER BY id DESC LIMIT 1") == [
        ("incident.reported", taken.id)
    ]


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.code)
def test_every_category_has_its_own_respond_clock(town: Town, category: object) -> None:
    code, minutes = category.code, category.respond_minutes  # type: ignore[attr-defined]
    taken = report(town, new(town, category=code))
    assert taken.respond_by == taken.reported_at + timedelta(minutes=minutes)


def test_a_report_outside_every_cell_is_kept_and_says_so(town: Town) -> None:
    taken = report(town, new(town, position=Point(0, 0)))
    assert (taken.cell, taken.location) == (None, Verdict.OUTSIDE)
    assert town.one("SELECT count(*) FROM placement WHERE subject_id = %(id)s", id=taken.id) == 1


def test_what_was_told_is_kept_word_for_word(town: Town) -> None:
    given = Given(116.1234567890123, -0.0, "bd09")
    taken = report(
        town,
        new(town, given=given, address="中山路1号", reporter_name=NAME, reporter_phone=PHONE,
            source="12345", source_key="A-1", is_exercise=True),
    )  # fmt: skip
    kept = town.one(
        "SELECT description, address, given_x, given_y::text, given_frame, source, source_key, received_at"
        " FROM report WHERE incident_id = %(id)s", id=taken.id,
    )  # fmt: skip
    assert kept == (
        "井盖\t丢了\n{\\N}", "中山路1号", given.x, "-0", "bd09", "12345", "A-1", taken.reported_at
    )  # fmt: skip
    assert taken.is_exercise
    assert taken.address == "中山路1号"


def test_who_reported_stands_in_no_fact(town: Town) -> None:
    taken = report(town, new(town, reporter_name=NAME, reporter_phone=PHONE))
    with town.database.transaction(SYSTEM) as tx:
        service.add_report(tx, taken.id, telling(reporter_name=NAME, reporter_phone=PHONE))
    told = " ".join(town.all("SELECT kind || data::text FROM fact"))
    assert "report.joined" in told
    assert not any(secret in told for secret in (NAME, PHONE, "1234"))


@pytest.mark.parametrize(("field", "value"), [
    ("category", "nothing"), ("description", ""), ("description", "x" * 4001), ("description", " \n\t "),
    ("description", "井\x00盖"), ("description", "\ud800"), ("address", ""), ("address", "x" * 501),
    ("address", "中山路\x00"), ("reporter_name", "x" * 101), ("reporter_name", "a\x1bb"),
    ("reporter_phone", "1" * 41), ("reporter_phone", "1\x002"), ("source", "12345"), ("source_key", "7"),
    ("closed_at", clock.now() - timedelta(days=900)), ("occurred_at", clock.now() + timedelta(days=1)),
    ("position", None), ("position", Point(27, 0)),
])  # fmt: skip
def test_what_breaks_a_rule_is_refused_by_name(town: Town, field: str, value: object) -> None:
    before = town.one("SELECT count(*) FROM incident"), town.one("SELECT count(*) FROM report")
    with pytest.raises(BadInput) as refused:
        report(town, new(town, **{field: value}))
    named = {"position": ("position", "address"), "source": ("source_key",)}.get(field, (field,))
    assert refused.value.field.replace(".", "_") in named
    assert (town.one("SELECT count(*) FROM incident"), town.one("SELECT count(*) FROM report")) == before
    if field.startswith("reporter"):
        assert str(value) not in str(refused.value)


def test_a_report_of_a_source_comes_in_once(town: Town) -> None:
    one = new(town, source="hotline.csv", source_key="17")
    first = report(town, one)
    before = town.one("SELECT count(*) FROM incident")
    with pytest.raises(Conflict, match=f"hotline.csv 17 came in before, as incident {first.id}"):
        report(town, one)
    assert town.one("SELECT count(*) FROM incident") == before
    with town.database.transaction(SYSTEM) as tx:
        assert service.known_keys(tx, town.city, "hotline.csv", ["16", "17"]) == {"17": first.id}
    report(town, replace(one, source="other.csv"))


def test_another_report_joins(town: Town) -> None:
    taken = report(town, new(town))
    with town.database.transaction(SYSTEM) as tx:
        number = service.add_report(tx, taken.id, telling(given=Given(1.5, 2.5, "gcj02"))).id
        again = service.incident(tx, taken.id)
    assert (again.reports, again.version) == (2, taken.version)
    assert town.all("SELECT subject, data ->> 'report' FROM fact WHERE kind = 'report.joined'") == [
        (taken.id, str(number))
    ]


def test_no_report_joins_what_is_closed_or_not_there(town: Town) -> None:
    closed = town.one("SELECT id FROM incident WHERE state = 'closed'")
    with pytest.raises(Conflict, match="closed"), town.database.transaction(SYSTEM) as tx:
        service.add_report(tx, closed, telling())
    with pytest.raises(NotFound), town.database.transaction(SYSTEM) as tx:
        service.add_report(tx, 999_999, telling())


def test_a_person_settles_where_it_is(town: Town) -> None:
    place: Point = town.one("SELECT point FROM incident ORDER BY id LIMIT 1")
    taken = report(town, new(town, position=None, address="世上没有的地方"))
    assert (taken.location, taken.position, taken.cell) == (Verdict.UNKNOWN, None, None)
    with town.database.transaction(SYSTEM) as tx:
        settled = service.settle_location(tx, taken.id, 1, Located(place, Given(1.0, 2.0, "bd09")))
    assert (settled.location, settled.cell, settled.version) == (
        Verdict.SURE, f"{build.COMMUNITIES[0]}001", 2,
    )  # fmt: skip
    assert settled.address == "世上没有的地方"
    with town.database.transaction(SYSTEM) as tx:
        moved = service.settle_location(tx, taken.id, 2, Located(Point(0, 0), None, "海上"))
    assert (moved.location, moved.cell, moved.address, moved.version) == (Verdict.OUTSIDE, None, "海上", 3)
    told = town.all("SELECT data FROM fact WHERE kind = 'incident.located' ORDER BY id")
    left = town.one("SELECT id FROM unit WHERE code = %(code)s", code=build.COMMUNITIES[0])
    assert told == [
        {"location": "sure", "x": 1.0, "y": 2.0, "frame": "bd09", "communities": []},
        {"location": "outside", "x": 0.0, "y": 0.0, "frame": "wgs84", "communities": [left]},
    ]


def test_settling_what_changed_meanwhile_or_is_closed_is_refused(town: Town) -> None:
    taken = report(town, new(town))
    where = Located(Point(0, 0))
    with (
        pytest.raises(Stale, match="is at version 1, you looked at 7"),
        town.database.transaction(SYSTEM) as tx,
    ):
        service.settle_location(tx, taken.id, 7, where)
    closed = town.one("SELECT id FROM incident WHERE state = 'closed'")
    with pytest.raises(Conflict), town.database.transaction(SYSTEM) as tx:
        service.settle_location(tx, closed, 1, where)
    with pytest.raises(NotFound), town.database.transaction(SYSTEM) as tx:
        service.settle_location(tx, 999_999, 1, where)


def test_what_is_handled_stays_open_and_is_told_once(town: Town) -> None:
    taken = report(town, new(town))
    for _ in range(2):
        with town.database.transaction(SYSTEM) as tx:
            service.handled(tx, taken.id)
            handled = service.incident(tx, taken.id)
            shown = service.incidents(tx, town.city, True, 100)
    assert (handled.state, handled.version) == (State.HANDLED, 2)
    assert taken.id in [one.id for one in shown]
    assert town.one("SELECT count(*) FROM fact WHERE kind = 'incident.handled'") == 1


def test_a_loaded_history_is_reported_when_it_occurred(town: Town) -> None:
    day = clock.now() - timedelta(days=40)
    known = new(town, occurred_at=day, closed_at=day + timedelta(hours=1), given=Given(0.1, 0.2, "gcj02"))
    rows = [
        known, replace(known, position=Point(0, 0)), replace(known, position=None, address="中山路1号"),
        replace(known, position=None, address="世上没有的地方"),
    ]  # fmt: skip
    with town.database.transaction(SYSTEM) as tx:
        assert service.load(tx, town.city, rows) == 2
    kept = town.all("SELECT location, reported_at = occurred_at FROM incident ORDER BY id DESC LIMIT 4")
    assert kept[::-1] == [("sure", True), ("outside", True), ("sure", True), ("unknown", True)]
    assert (
        town.all("SELECT given_x, given_y, given_frame FROM report WHERE given_x = 0.1")
        == [(0.1, 0.2, "gcj02")] * 4
    )
    assert town.one("SELECT count(*) FROM fact WHERE kind = 'incidents.loaded'") == 2


def test_incidents_are_shown_newest_first(town: Town, town_client: FlaskClient) -> None:
    for state, count in (("open", 2), ("closed", 1), ("all", 3)):
        found = town_client.get(f"/api/incidents?state={state}").get_json()["features"]
        moments = [one["properties"]["occurred_at"] for one in found]
        assert moments == sorted(moments, reverse=True)
        assert len(found) == count
        assert all(one["properties"]["cell"] for one in found)
    assert len(town_client.get("/api/incidents?state=all&limit=1").get_json()["features"]) == 1
