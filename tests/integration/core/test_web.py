"""The web edge: a write happens once for its key, strangers are refused, errors explain and give nothing away."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo_app.app import create_app
from geo_app.core import db, door, jobs
from geo_app.core.actor import SYSTEM, Actor
from layers import words as layers_words
from layers.words import Lang
from tests import people
from tests.integration.conftest import Raw, Town

SECRET = "password=s3cret at /srv/private line 12"


def stream(
    client: FlaskClient, running: bool, key: str | None, path: str = "/api/demo/town/stream"
) -> TestResponse:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(path, json={"running": running}, headers=headers)


def started(town: Town) -> int:
    found: int = town.one("SELECT count(*) FROM fact WHERE kind = 'stream.started'")
    return found


def is_problem(answer: TestResponse, status: int) -> bool:
    body = answer.get_json()
    return (
        answer.status_code == status
        and answer.mimetype == "application/problem+json"
        and {"type", "title", "status", "detail"} <= body.keys()
        and body["status"] == status
    )


def test_the_same_key_ten_times_at_once_has_one_effect_and_one_answer(
    town: Town, town_client: FlaskClient
) -> None:
    app = town_client.application
    all_ten = threading.Barrier(10)

    def ask(_: int) -> TestResponse:
        client = app.test_client()
        all_ten.wait(60)
        return stream(client, True, "once")

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(ask, range(10)))
    assert {(answer.status_code, answer.mimetype, answer.data) for answer in answers} == {
        (200, "application/json", answers[0].data)
    }
    assert started(town) == 1


def test_a_key_belongs_to_one_request(town: Town, town_client: FlaskClient) -> None:
    assert stream(town_client, True, "mine").status_code == 200
    for other in (
        stream(town_client, False, "mine"),
        stream(town_client, True, "mine", "/api/demo/town/stream?x=1"),
    ):
        assert is_problem(other, 422)
        assert other.get_json()["field"] == "Idempotency-Key"
    assert town_client.get("/api/demo/town/stream").get_json() == {"running": True}


def test_a_refused_write_leaves_its_key_free(town: Town, town_client: FlaskClient) -> None:
    town.run("UPDATE city SET is_generated = false")
    assert is_problem(stream(town_client, True, "again"), 422)
    town.run("UPDATE city SET is_generated = true")
    assert stream(town_client, True, "again").status_code == 200
    assert started(town) == 1


def test_a_key_is_forgotten_after_two_days(town: Town, town_client: FlaskClient) -> None:
    stream(town_client, True, "old")
    town.run("UPDATE idempotency SET claimed_at = claimed_at - interval '49 hours'")
    (old,) = town.all("SELECT key FROM idempotency")
    stream(town_client, True, "new")
    with town.database.transaction(SYSTEM) as tx:
        jobs.forget_answers(tx)
    (kept,) = town.all("SELECT key FROM idempotency")
    assert kept not in {old, "new"}, "a key is kept by its digest: some make it of a phone"


@pytest.mark.parametrize("key", [None, "", "k" * 201])
def test_a_write_without_a_usable_key_is_refused(
    still_town: Town, still_client: FlaskClient, key: str | None
) -> None:
    answer = stream(still_client, True, key)
    assert is_problem(answer, 422)
    assert answer.get_json()["field"] == "Idempotency-Key"
    assert started(still_town) == 0


@pytest.mark.parametrize("kind", [
    None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
    "application/jsonx", "text/plain; application/json",
])  # fmt: skip
def test_a_form_of_another_site_is_refused(
    still_town: Town, still_client: FlaskClient, kind: str | None
) -> None:
    answer = still_client.post(
        "/api/demo/town/stream", data='{"running": true}', content_type=kind, headers={"Idempotency-Key": "k"}
    )
    assert is_problem(answer, 415)
    assert started(still_town) == 0


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', "null", '{"running": 1}', '{"running": "true"}',
                                  '{"running": true, "x": 1}', "\xff", "[" * 5000])  # fmt: skip
def test_a_body_that_breaks_a_rule_is_refused(still_client: FlaskClient, body: str) -> None:
    answer = still_client.post(
        "/api/demo/town/stream", data=body.encode("latin-1"), content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )  # fmt: skip
    assert answer.status_code in {400, 422}
    assert is_problem(answer, answer.status_code)


def test_a_body_that_is_too_large_is_refused(still_client: FlaskClient) -> None:
    answer = still_client.post(
        "/api/demo/town/stream", data=b" " * 1_000_001, content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )  # fmt: skip
    assert is_problem(answer, 413)


@pytest.mark.parametrize("host", [
    "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", "127.0.0.1@evil.example", "127.0.0.2",
    "[::2]", "[::1", "0.0.0.0", "xn--9krw2a.example", "localhost:port", "127.0.0.1:1:2", "a b",
])  # fmt: skip
def test_a_foreign_host_is_refused(still_client: FlaskClient, host: str) -> None:
    answer = still_client.get("/healthz", headers={"Host": host})
    assert answer.status_code in {400, 421}
    assert is_problem(answer, answer.status_code)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:9", "[::1]:8000", "LOCALHOST"])
def test_our_own_names_are_answered(still_client: FlaskClient, host: str) -> None:
    assert still_client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/api", "/api/nothing", "/static/nothing.js", "/static/../app.py",
                                  "/tiles/town/cells/14/1.mvt", "/api/incidents/x", "/%00"])  # fmt: skip
def test_an_unknown_address_is_a_problem_report(still_client: FlaskClient, path: str) -> None:
    answer = still_client.get(path)
    assert answer.status_code in {400, 404}
    assert is_problem(answer, answer.status_code)


def test_a_wrong_method_names_the_right_ones(still_client: FlaskClient) -> None:
    answer = still_client.delete("/api/cities", json={})
    assert is_problem(answer, 405)
    assert answer.get_json()["title"] == "Method Not Allowed", "it was called bad input"
    assert "GET" in answer.headers["Allow"]


@pytest.fixture
def broken(town: Town) -> APIFlask:
    """The application with a door behind which nothing is handled."""
    app = create_app(town.settings, town.database)

    @app.get("/broken")
    @door.permit(door.PUBLIC)
    def fall() -> str:
        raise RuntimeError(SECRET)

    return app


def test_what_nobody_expected_is_a_500_that_gives_nothing_away(
    broken: APIFlask, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = broken.test_client().get("/broken")
    assert is_problem(answer, 500)
    assert "s3cret" not in answer.get_data(as_text=True)
    assert "RuntimeError" not in answer.get_data(as_text=True)
    written = "".join(capsys.readouterr())
    assert "request.failed" in written
    assert "RuntimeError" in written


def test_a_database_that_is_away_is_a_503_that_gives_nothing_away(town: Town) -> None:
    away = "postgresql+psycopg2://app:s3cret@127.0.0.1:1/geo"
    app = create_app(replace(town.settings, app_database_url=away))
    for path in ("/api/cities", "/api/stream", "/tiles/town/cells/14/1/1.mvt", "/api/incidents/1"):
        answer = people.everybody(app).get(path)
        assert is_problem(answer, 503)
        assert "127.0.0.1" not in answer.get_data(as_text=True)
        assert "s3cret" not in answer.get_data(as_text=True)


def test_an_answer_that_takes_too_long_is_a_503(town: Town) -> None:
    impatient = replace(town.settings, statement_timeout="2000")
    database = db.Database(town.settings.app_database_url, impatient)
    app = create_app(impatient, database)
    with town.database.transaction(SYSTEM) as tx:
        tx.run(Raw("LOCK TABLE city IN ACCESS EXCLUSIVE MODE"))
        answer = people.everybody(app).get("/api/cities")
    assert is_problem(answer, 503)
    assert "too long" in answer.get_json()["detail"]
    database.dispose()


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "zh"}


def test_who_opens_an_address_in_a_browser_and_is_refused_gets_a_page(still_client: FlaskClient) -> None:
    """A worker who followed a link to the dispatcher's page saw raw JSON."""
    words = layers_words.of(Lang.ZH)
    answer = still_client.get("/no-such-page/<script>", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert words["refused.not_found"] in answer.text
    assert "<script>" not in answer.text
    assert is_problem(still_client.get("/no-such-page"), 404)
    assert is_problem(still_client.get("/api/incidents/999999", headers=BROWSER), 404)


def test_a_page_that_is_refused_says_so_in_both_languages(still_client: FlaskClient) -> None:
    app = still_client.application
    door.identify(app, lambda: Actor("somebody", frozenset(), account=1))
    try:
        for lang in Lang:
            answer = still_client.get(f"/dispatcher?lang={lang}", headers=BROWSER)
            assert answer.status_code == 403
            assert layers_words.of(lang)["refused.forbidden"] in answer.text
            assert "assignment.make" in answer.text
            assert 'href="/dispatcher?lang=' in answer.text
        assert is_problem(still_client.get("/dispatcher"), 403)
    finally:
        people.everybody(app)


def test_every_answer_carries_its_guards(still_client: FlaskClient) -> None:
    for path in ("/healthz", "/nothing", "/api/cities"):
        headers = still_client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
