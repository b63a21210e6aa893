"""The outer edge of the whole application: headers on every answer, names, proxies, sizes and the rate of writes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from geo_app.app import create_app
from geo_app.core import door, edges, log
from tests import people
from tests.integration.conftest import Town

NEEDED = {*edges.HEADERS, *edges.APART} - {"Cache-Control"}
OUTSIDE = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture(scope="module")
def public(still_town: Town) -> FlaskClient:
    """The service as a network sees it: by the name grid.example, behind a proxy at 10.0.0.1."""
    here = replace(still_town.settings, public_names="grid.example,2001:db8::5", trusted_proxies="10.0.0.1")
    app = create_app(here, still_town.database)
    app.extensions["feed"].stop()
    return people.everybody(app)


def test_every_answer_of_every_route_carries_the_headers(still_client: FlaskClient) -> None:
    """Also refusals, files and what is not there."""
    paths = {rule.rule.split("<")[0] for rule in still_client.application.url_map.iter_rules()}
    assert len(paths) > 20
    for path in sorted(paths | {"/nowhere", "/static/css/app.css", "/static/nowhere"}):
        for method in ("GET", "POST", "DELETE", "OPTIONS"):
            answer = still_client.open(path, method=method)
            assert not NEEDED - {*answer.headers.keys()}, (method, path, answer.status_code)
            assert "Strict-Transport-Security" not in answer.headers
            answer.close()


@pytest.mark.parametrize("path", ["/worker", "/healthz", "/nowhere", "/static/css/app.css"])
def test_browsers_are_told_to_come_by_https_only_over_https(still_client: FlaskClient, path: str) -> None:
    with still_client.get(path, base_url="https://localhost") as answer:
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    with still_client.get(path) as answer:
        assert "Strict-Transport-Security" not in answer.headers


def test_browsers_are_not_told_what_they_complain_of(public: FlaskClient) -> None:
    """By plain HTTP from another machine a browser wrote an error for it."""
    named = {"Host": "grid.example"}
    assert "Cross-Origin-Opener-Policy" not in public.get("/healthz", headers=named).headers
    by_https = public.get("/healthz", headers=named, base_url="https://grid.example")
    assert by_https.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(("name", "status"), [
    ("grid.example", 200), ("GRID.example", 200), ("grid.example:8443", 200), ("[2001:db8:0::5]:8443", 200),
    ("localhost", 200), ("127.0.0.1:8000", 200), ("evil.example", 421), ("x.grid.example", 421),
    ("grid.example.evil", 421), ("10.0.0.1", 421), ("0.0.0.0", 421), ("grid.example@evil", 421),
])  # fmt: skip
def test_the_service_answers_to_its_names_only(public: FlaskClient, name: str, status: int) -> None:
    answer = public.get("/healthz", headers={"Host": name})
    assert answer.status_code == status


def test_a_proxy_that_is_not_listed_is_not_believed(public: FlaskClient) -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "evil.example"}
    answer = public.get("/healthz", headers=said, environ_overrides=OUTSIDE)
    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers
    assert public.get("/healthz", headers=said, environ_overrides={"REMOTE_ADDR": "10.0.0.1"}).headers[
        "Strict-Transport-Security"
    ]


@pytest.mark.parametrize("said", [{}, {"X-Forwarded-Proto": "http"}, {"X-Forwarded-Proto": "https, http"}])
def test_a_proxy_must_have_been_asked_by_https(public: FlaskClient, said: dict[str, str]) -> None:
    answer = public.get("/healthz", headers=said, environ_overrides={"REMOTE_ADDR": "10.0.0.1"})
    assert answer.status_code == 403
    assert answer.get_json()["title"] == "HTTPS only"


def test_an_address_that_is_too_long_is_refused(still_client: FlaskClient) -> None:
    assert still_client.get("/healthz?" + "x" * (edges.LONGEST_ADDRESS - 8)).status_code == 200
    for path in ("/healthz?" + "x" * edges.LONGEST_ADDRESS, "/" + "x" * 50_000):
        answer = still_client.get(path)
        assert (answer.status_code, answer.mimetype) == (414, "application/problem+json")


def test_an_address_that_writes_too_fast_is_told_to_wait_and_still_reads(still_town: Town) -> None:
    app = create_app(still_town.settings, still_town.database)
    app.extensions["feed"].stop()
    app.extensions["writes"] = edges.Buckets(lambda: 1000.0)  # no time passes
    client = people.everybody(app)
    statuses = []
    for _ in range(int(edges.BURST) + 1):
        answer = client.post("/api/incidents", json={}, environ_overrides=OUTSIDE)
        statuses.append(answer.status_code)
    assert statuses.index(429) == edges.BURST
    assert int(answer.headers["Retry-After"]) == 1
    assert answer.get_json()["status"] == 429
    assert client.get("/healthz", environ_overrides=OUTSIDE).status_code == 200
    assert client.post("/api/incidents", json={}).status_code != 429


@pytest.mark.parametrize("path", ["/api/reports/no-such-code", "/api/second-factor"])
def test_nobody_guesses_fast_at_what_is_open_to_everyone(still_town: Town, path: str) -> None:
    app = create_app(still_town.settings, still_town.database)
    app.extensions["feed"].stop()
    app.extensions["tries"] = edges.Buckets(lambda: 1000.0, edges.TRY_RATE, burst=3)
    client = people.everybody(app)
    answers = [client.get(path, environ_overrides=OUTSIDE) for _ in range(5)]
    assert [answer.status_code == 429 for answer in answers] == [False] * 3 + [True] * 2
    assert answers[-1].headers["Retry-After"] == "1"
    assert answers[-1].mimetype == "application/problem+json"
    for free in ("/healthz", "/login", "/static/css/app.css", "/api/cities"):
        with client.get(free, environ_overrides=OUTSIDE) as answer:
            assert answer.status_code == 200, "no secret is behind it, or it asks who comes"
    assert client.get(path, environ_overrides={"REMOTE_ADDR": "203.0.113.8"}).status_code != 429


def test_a_request_that_breaks_logs_no_secret(still_town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    app = create_app(still_town.settings, still_town.database)
    app.extensions["feed"].stop()

    def broken(password: str = "s3cret-pass", phone: str = "13812345678") -> str:
        raise ValueError(f"{password} {phone}")

    app.add_url_rule("/broken", view_func=door.permit(door.PUBLIC)(broken))
    log.configure("info")
    answer = app.test_client().get("/broken")
    shown = answer.get_data(as_text=True) + "".join(capsys.readouterr())
    assert answer.status_code == 500
    assert "request.failed" in shown
    assert "s3cret-pass" not in shown
    assert "13812345678" not in shown
