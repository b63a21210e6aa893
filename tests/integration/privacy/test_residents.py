"""A resident reports without an account: taken in as every report is, masked, once, and answered with a code only.

All report in the town of this file; each test counts what came with its own.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo_app.app import create_app
from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.core import edges
from geo_app.core.actor import SYSTEM
from geo_app.dispatch import service as dispatch
from geo_app.incidents import service as incidents
from tests import pictures
from tests.integration.conftest import Town
from tests.integration.privacy.telling import ADDRESS, DESCRIPTION, MASKED, NAME, PHONE, dump, found, post

ANSWERED = {"code", "state", "location", "place", "community", "received_at"}


@pytest.fixture
def town(still_town: Town) -> Town:
    """The town of this file."""
    return still_town


@pytest.fixture
def street(town: Town) -> Iterator[FlaskClient]:
    """A browser of somebody who has no account."""
    app = create_app(town.settings, town.database)
    yield app.test_client()
    app.extensions["feed"].stop()


def body(town: Town, **changes: object) -> dict[str, Any]:
    lon, lat = town.one("SELECT ST_X(point) AS x, ST_Y(point) AS y FROM incident ORDER BY id LIMIT 1")
    said = {
        "category": CATEGORIES[0].code, "description": DESCRIPTION, "consent": True,
        "position": {"lon": lon, "lat": lat, "frame": "wgs84"}, "reporter": {"name": NAME, "phone": PHONE},
    }  # fmt: skip
    return {**said, **changes}


def tell(client: FlaskClient, said: object, key: str = "") -> TestResponse:
    return post(client, "/api/reports", said, key or uuid.uuid4().hex)


def test_a_resident_learns_the_code_and_what_was_understood_and_nothing_of_anybody_else(
    town: Town, street: FlaskClient
) -> None:
    answer = tell(street, body(town))
    said = answer.get_json()
    assert (answer.status_code, said.keys(), answer.headers["Cache-Control"]) == (201, ANSWERED, "no-store")
    assert (said["state"], said["location"]) == ("reported", "sure")
    assert said["community"] in town.all("SELECT name FROM unit WHERE level = 'community'")
    own = street.get(f"/api/reports/{said['code']}").get_json()
    assert (own["channel"], own["description"], own["name"], own["phone"]) == (
        "web", MASKED, "欧阳**", "139****4321",
    )  # fmt: skip
    with town.database.transaction(SYSTEM) as tx:
        taken = incidents.incident(tx, own["incident"])
        assert (taken.cell is not None, taken.reports) == (True, 1)
        assert dispatch.nearest(tx, town.city, taken, 5).mode, "it is dispatched as every other"


def test_what_a_resident_told_lies_nowhere_in_plain_words(town: Town, street: FlaskClient) -> None:
    assert tell(street, body(town, address=ADDRESS)).status_code == 201
    lying = dump(town.settings.database_url)
    assert "report" in lying
    assert not {table: found(text) for table, text in lying.items() if found(text)}


def test_consent_to_a_name_or_phone_is_asked_for_and_recorded_without_either(
    town: Town, street: FlaskClient
) -> None:
    before = town.one("SELECT max(id) FROM fact")
    refused = tell(street, body(town, consent=False))
    assert (refused.status_code, refused.get_json()["field"], found(refused.get_data(as_text=True))) == (
        422, "consent", [],
    )  # fmt: skip
    assert tell(street, body(town, consent=False, reporter={})).status_code == 201, "nothing is kept of them"
    assert tell(street, body(town)).status_code == 201
    sql = "SELECT kind, actor, address, data::text FROM fact WHERE kind = 'person.consented' AND id > %(before)s"
    facts = town.all(sql, before=before)
    assert [(kind, actor, address, json.loads(data)) for kind, actor, address, data in facts] == [
        ("person.consented", "teller", "127.0.0.1", {"to": "report.person", "days": 365})
    ]


def test_the_same_report_sent_twice_comes_in_once(town: Town, street: FlaskClient) -> None:
    before = town.one("SELECT count(*) FROM incident")
    key = uuid.uuid4().hex
    first, again = tell(street, body(town), key), tell(street, body(town), key)
    assert first.get_json() == again.get_json()
    assert town.one("SELECT count(*) FROM incident") == before + 1
    other = tell(street, body(town, description="另一件事"), key)
    assert (other.status_code, other.get_json()["field"]) == (422, "Idempotency-Key")


def test_a_key_that_a_stranger_may_also_choose_is_refused(town: Town, street: FlaskClient) -> None:
    """All residents are one actor: with a common key and the same words one would get the other's code."""
    before = town.one("SELECT count(*) FROM incident")
    answers = [tell(street, body(town), key) for key in ("1", "k" * 31)]
    assert [(one.status_code, one.get_json()["field"]) for one in answers] == [(422, "Idempotency-Key")] * 2
    assert town.one("SELECT count(*) FROM incident") == before


@pytest.mark.parametrize(("changes", "location"), [
    ({"position": {"lon": 0.0, "lat": 0.0, "frame": "wgs84"}}, "outside"),
    ({"position": None, "address": "没有人听说过的地方"}, "unknown"),
])  # fmt: skip
def test_what_lies_in_no_cell_is_kept_and_said(
    town: Town, street: FlaskClient, changes: dict[str, object], location: str
) -> None:
    said = tell(street, body(town, **changes)).get_json()
    assert (said["location"], said["community"]) == (location, None)
    assert street.get(f"/api/reports/{said['code']}").status_code == 200


@pytest.mark.parametrize(("changes", "status", "field"), [
    ({"city": "nowhere"}, 404, None),
    ({"category": "nothing"}, 422, "category"),
    ({"position": None}, 422, "address"),
    ({"position": {"lon": 200.0, "lat": 0.0, "frame": "wgs84"}}, 422, "position"),
    ({"position": {"lon": 0.0, "lat": 0.0, "frame": "mars"}}, 422, "position.frame"),
    ({"description": "  "}, 422, "description"),
    ({"description": "x" * 4001}, 422, "description"),
    ({"reporter": {"phone": "1" * 41}}, 422, "reporter.phone"),
    ({"channel": "patrol"}, 422, "channel"),
])  # fmt: skip
def test_what_cannot_be_taken_in_is_told_by_field_and_rule(
    town: Town, street: FlaskClient, changes: dict[str, object], status: int, field: str | None
) -> None:
    before = town.one("SELECT count(*) FROM incident")
    answer = tell(street, body(town, **changes))
    told = answer.get_json()
    assert (answer.status_code, told.get("field")) == (status, field), told
    assert told["detail"]
    assert (field is None) == ("rule" not in told)
    assert found(answer.get_data(as_text=True)) == []
    assert town.one("SELECT count(*) FROM incident") == before


def test_a_photo_joins_ones_own_report_by_its_code_and_no_other(town: Town, street: FlaskClient) -> None:
    def send(code: str) -> TestResponse:
        data, kind = pictures.form(pictures.photo(), "photo.jpg")
        head = {"Idempotency-Key": uuid.uuid4().hex}
        return street.post(f"/api/reports/{code}/photos", data=data, content_type=kind, headers=head)

    code = tell(street, body(town)).get_json()["code"]
    answer = send(code)
    assert (answer.status_code, answer.get_json().keys()) == (201, {"width", "height", "added_at"})
    incident = street.get(f"/api/reports/{code}").get_json()["incident"]
    assert town.one("SELECT count(*) FROM photo WHERE incident_id = %(id)s", id=incident) == 1
    assert send("AAAA-AAAA-AAAA-AAAA").status_code == 404
    assert street.get(f"/api/incidents/{incident}/photos").status_code == 401, "nobody sees it here again"


def test_an_address_that_reports_too_fast_waits_and_everybody_else_goes_on(
    town: Town, street: FlaskClient
) -> None:
    street.application.extensions["reports"] = edges.Buckets(lambda: 1000.0, edges.REPORT_RATE, burst=2)

    def status(address: str) -> tuple[int, str | None]:
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        peer = {"REMOTE_ADDR": address}
        answer = street.post("/api/reports", json=body(town), headers=headers, environ_overrides=peer)
        return answer.status_code, answer.headers.get("Retry-After")

    assert [status("203.0.113.7") for _ in range(3)] == [(201, None), (201, None), (429, "5")]
    assert status("203.0.113.8") == (201, None)


def test_the_page_names_what_may_be_reported_and_asks_which_city_when_there_are_several(
    town: Town, street: FlaskClient
) -> None:
    shown = street.get("/report?lang=zh").get_data(as_text=True)
    assert CATEGORIES[0].name in shown
    assert 'href="/report?city=town&amp;lang=en"' in shown
    assert street.get("/report?city=nowhere").status_code == 404
    columns = "srid, time_zone, attribution, is_generated, code_scheme"
    town.run(f"INSERT INTO city (code, name, name_en, jurisdiction, loaded_at, {columns})"
             f" SELECT 'other', '别处', 'Elsewhere', '110000', now(), {columns} FROM city")  # fmt: skip
    both = street.get("/report?lang=en").get_data(as_text=True)
    town.run("DELETE FROM city WHERE code = 'other'")
    assert "Elsewhere" in both
    assert CATEGORIES[0].name not in both
