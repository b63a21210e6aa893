"""Every route answers: with something sensible, or with a problem report that explains; and OpenAPI describes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.routing import Rule

INT = ["1", "0", "999999999", "9223372036854775808", "1" * 30, "9" * 5000]
TEXT = ["town", "nowhere", "cells", "%00", "%ff", "'", "</script>", "网", "..", "990101001001001", "a" * 300]
QUERIES = [
    "", "city=town", "city=", "city=nowhere", "city=%00", "city=%ff%fe", "city=" + "a" * 300, "limit=0", "limit=-1",
    "limit=1e3", "limit=" + "9" * 30, "limit=%D9%A1", "state=lost", "k=0", "k=21", "k=x", "lang=fr", "lang=en",
    "city=town&city=other", "x=1",
]  # fmt: skip
BODIES: list[object] = [
    {},
    [],
    None,
    {"responder": 1},
    {"responder": 2**62},
    {"running": True},
    {"running": "yes"},
]
ANSWERS = {
    200: None, 201: "application/json", 204: None, 302: "text/html", 304: None,
    400: "application/problem+json", 401: "application/problem+json", 403: "application/problem+json",
    404: "application/problem+json", 405: "application/problem+json",
    409: "application/problem+json", 415: "application/problem+json", 422: "application/problem+json",
    428: "application/problem+json",
}  # fmt: skip


def rules(still_client: FlaskClient) -> list[Rule]:
    return sorted(still_client.application.url_map.iter_rules(), key=lambda rule: rule.rule)


def paths(rule: Rule) -> Iterator[str]:
    """Yield addresses of a rule: each of its parts takes each value while the others take the first."""
    values = [INT if type(rule._converters[name]).__name__ == "Number" else TEXT
              for name in sorted(rule.arguments)]  # fmt: skip
    for changed in range(max(len(values), 1)):
        choices = [some if i == changed else some[:1] for i, some in enumerate(values)]
        for chosen in product(*choices):
            path = rule.rule
            for name, value in zip(sorted(rule.arguments), chosen, strict=True):
                start = path.index("<")
                for part in [part for part in path.split("<")[1:] if part.split(">")[0].endswith(name)]:
                    inside = part.split(">")[0]
                    if inside.split(":")[-1] == name:
                        path = path.replace(f"<{inside}>", value)
                assert start >= 0
            yield path


def sensible(still_client: FlaskClient, method: str, path: str, body: Any = None) -> None:
    sent = json.dumps(body) if method == "POST" else None
    key = f"{method} {path[:80]} {body}"
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"} if sent else {}
    answer = still_client.open(path, method=method, data=sent, headers=headers)
    shown = f"{method} {path[:120]} {body}: {answer.status_code} {answer.get_data(as_text=True)[:300]}"
    if path.startswith("/readyz") and answer.status_code != 400:  # its report is its answer
        assert answer.get_json()["ready"] == (answer.status_code == 200), shown
        return
    assert answer.status_code in ANSWERS, shown
    expected = ANSWERS[answer.status_code]
    assert expected is None or answer.mimetype == expected, shown
    if answer.status_code >= 400:
        report = answer.get_json()
        assert {"type", "title", "status", "detail"} <= report.keys(), shown
        assert report["status"] == answer.status_code, shown
        assert report["detail"], shown
    answer.close()


def test_every_route_answers_whatever_stands_in_its_address(still_client: FlaskClient) -> None:
    seen = 0
    for rule in rules(still_client):
        for path in paths(rule):
            sensible(still_client, "GET", path)
            seen += 1
    assert seen > 50


def test_every_route_answers_whatever_stands_in_its_query(still_client: FlaskClient) -> None:
    for rule in rules(still_client):
        if "GET" in (rule.methods or ()):
            path = next(paths(rule))
            for query in QUERIES:
                sensible(still_client, "GET", f"{path}?{query}")


def test_every_write_answers_whatever_it_is_sent(still_client: FlaskClient) -> None:
    written = [rule for rule in rules(still_client) if "POST" in (rule.methods or ())]
    assert written
    for rule in written:
        for path, body in product(paths(rule), BODIES):
            sensible(still_client, "POST", path, body)


def test_the_description_is_openapi_and_names_every_route(still_client: FlaskClient) -> None:
    description = still_client.get("/openapi.json").get_json()
    OpenAPIV31SpecValidator(description).validate()
    assert description["openapi"].startswith("3.1")
    for rule in rules(still_client):
        if rule.endpoint.startswith("security."):  # the library's own doors, only for our pages
            continue
        if rule.rule.startswith(("/api/", "/tiles/", "/healthz", "/readyz")) and rule.rule != "/api/docs":
            named = rule.rule.replace("<", "{").replace(">", "}")
            while ":" in named:
                start = named.rindex("{", 0, named.index(":"))
                named = named[: start + 1] + named[named.index(":") + 1 :]
            assert named in description["paths"], rule.rule
