"""More reports of an incident, and where it really is: a dispatcher settles it on the version they saw."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import build
from tests.integration.conftest import Town
from tests.integration.dispatch.reporting import (
    NOWHERE,
    WGS,
    body,
    count,
    here,
    refused,
    settle,
    tell,
)


def test_more_reports_join_an_incident(town: Town, town_client: FlaskClient) -> None:
    incident = tell(town_client, body()).get_json()["id"]
    path = f"/api/incidents/{incident}/reports"
    joined = {"description": "又来电", "channel": "hotline", "position": here(town, "bd09")}
    answer = tell(town_client, joined, "j", path)
    assert (answer.status_code, answer.get_json()["incident"]) == (201, incident)
    assert tell(town_client, joined, "j", path).data == answer.data
    shown = town_client.get(f"/api/incidents/{incident}").get_json()["properties"]
    assert (shown["reports"], shown["version"]) == (2, 1)
    kept = town.one("SELECT id, given_x, given_frame FROM report ORDER BY id DESC LIMIT 1")
    assert kept == (answer.get_json()["id"], joined["position"]["lon"], "bd09")  # type: ignore[index]
    closed = town.one("SELECT id FROM incident WHERE state = 'closed'")
    refused(tell(town_client, joined, "c", f"/api/incidents/{closed}/reports"), 409)
    refused(tell(town_client, joined, "n", "/api/incidents/999999/reports"), 404)
    bad = joined | {"position": WGS | {"frame": "mars"}}
    assert refused(tell(town_client, bad, "b", path))["field"] == "position.frame"


def test_a_dispatcher_settles_a_report_of_the_locate_queue(town: Town, town_client: FlaskClient) -> None:
    incident = tell(town_client, body(address=NOWHERE)).get_json()["id"]
    looked = town_client.get(f"/api/incidents/{incident}")
    assert looked.headers["ETag"] == '"1"'
    answer = settle(town_client, incident, {"position": here(town, "gcj02")}, looked.headers["ETag"])
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    shown = answer.get_json()
    assert (shown["properties"]["location"], shown["properties"]["version"]) == ("sure", 2)
    assert shown["properties"]["cell"]["code"] == f"{build.COMMUNITIES[0]}001"
    assert shown["properties"]["address"] == NOWHERE
    assert shown == town_client.get(f"/api/incidents/{incident}").get_json()
    again = settle(town_client, incident, {"position": here(town, "gcj02")}, '"1"')
    assert (again.status_code, again.data, again.headers["ETag"]) == (200, answer.data, '"2"')
    assert town_client.get("/api/incidents?location=unsettled").get_json()["features"] == []
    assert town_client.get(f"/api/incidents/{incident}/candidates").get_json()["candidates"]


@pytest.mark.parametrize(("version", "status"), [
    (None, 428), ('"2"', 412), ('"0"', 412), ("1", 422), ('W/"1"', 422), ("*", 422), ('"1", "2"', 422),
    ('"x"', 422), ('"' + "9" * 40 + '"', 422), ("", 422),
])  # fmt: skip
def test_an_edit_says_what_it_was_made_on(
    still_town: Town, still_client: FlaskClient, version: str | None, status: int
) -> None:
    incident = still_town.one("SELECT min(id) FROM incident WHERE state <> 'closed'")
    before = count(still_town)
    report = refused(settle(still_client, incident, {"position": WGS}, version), status)
    assert report.get("field", "If-Match") == "If-Match"
    assert count(still_town) == before


def test_of_two_dispatchers_who_settle_at_once_one_learns_of_the_other(
    town: Town, town_client: FlaskClient
) -> None:
    app, both = town_client.application, threading.Barrier(2)
    incident = tell(town_client, body(address=NOWHERE)).get_json()["id"]
    place = here(town)

    def ask(number: int) -> TestResponse:
        client = app.test_client()
        both.wait(60)
        return settle(client, incident, {"position": place, "address": f"第{number}处"}, '"1"', f"s{number}")

    with ThreadPoolExecutor(2) as threads:
        first, second = sorted(threads.map(ask, range(2)), key=lambda one: one.status_code)
    assert first.status_code == 200
    assert "is at version 2, you looked at 1" in refused(second, 412)["detail"]
    assert town.one("SELECT count(*) FROM fact WHERE kind = 'incident.located'") == 1
    assert (
        town.one("SELECT address FROM incident WHERE id = %(id)s", id=incident)
        == first.get_json()["properties"]["address"]
    )


def test_settling_is_refused_where_it_makes_no_sense(town: Town, town_client: FlaskClient) -> None:
    closed = town.one("SELECT id FROM incident WHERE state = 'closed'")
    incident = town.one("SELECT min(id) FROM incident WHERE state <> 'closed'")
    refused(settle(town_client, closed, {"position": WGS}, '"1"'), 409)
    refused(settle(town_client, 999_999, {"position": WGS}, '"1"'), 404)
    for said, field in (
        ({}, "position"), ({"position": WGS | {"lon": 27.0, "lat": 0.0}}, "position"),
        ({"position": WGS, "address": "a\x00"}, "address"), ({"position": WGS | {"frame": "x"}}, "position.frame"),
        ({"address": "x"}, "position"), ({"position": WGS, "cell": "1"}, "cell"),
    ):  # fmt: skip
        assert refused(settle(town_client, incident, said, '"1"'))["field"] == field


def test_what_a_release_leaves_outside_says_so(town: Town, town_client: FlaskClient) -> None:
    incident = tell(town_client, body()).get_json()["id"]
    town.run("UPDATE placement SET cell_id = NULL WHERE subject_id = %(id)s", id=incident)
    shown = town_client.get(f"/api/incidents/{incident}").get_json()["properties"]
    assert (shown["location"], shown["cell"]) == ("outside", None)
