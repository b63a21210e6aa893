"""The doors to the pages: a fresh nonce each time, a policy that keeps strangers out, language and city checked."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_app.core import door
from geo_app.core.actor import Actor
from geo_app.core.errors import BadInput
from geo_app.identity.permissions import of_roles
from geo_app.maps.pages import routes
from layers.page import Role


@pytest.fixture
def client() -> FlaskClient:
    """A client of an application that has only the pages."""
    app = Flask(__name__)
    app.testing = True
    app.register_blueprint(routes)
    return app.test_client()


@pytest.mark.parametrize("role", Role)
def test_the_nonce_is_fresh_and_the_one_in_the_policy(client: FlaskClient, role: Role) -> None:
    seen = set()
    for _ in range(2):
        answer = client.get(f"/{role}")
        nonces = set(re.findall(r'nonce="([^"]+)"', answer.text))
        assert len(nonces) == 1
        assert (
            f"script-src 'nonce-{next(iter(nonces))}' 'strict-dynamic'"
            in answer.headers["Content-Security-Policy"]
        )
        seen |= nonces
    assert len(seen) == 2


def test_the_policy_allows_no_foreign_host_and_no_inline_script(client: FlaskClient) -> None:
    policy = client.get("/worker").headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", maxsplit=1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    assert "unsafe" not in rules["style-src"]
    assert not re.search(r"https?:|\*", policy)
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"


def test_a_page_is_never_kept(client: FlaskClient) -> None:
    answer = client.get("/planner")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("asked", "accepted", "lang"),
    [
        ("", "", "zh-CN"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "fr", "zh-CN"),
        ("?lang=en", "zh", "en"),
        ("?lang=zh", "en", "zh-CN"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_one_read(
    client: FlaskClient, asked: str, accepted: str, lang: str
) -> None:
    answer = client.get(f"/worker{asked}", headers={"Accept-Language": accepted})
    assert f'<html lang="{lang}">' in answer.text


@pytest.mark.parametrize(
    "query", ["city=<svg>", "city=A", "city=" + "a" * 41, "city=a%00", "lang=fr", "lang="]
)
def test_a_wrong_city_or_language_is_refused(client: FlaskClient, query: str) -> None:
    with pytest.raises(BadInput, match=query.split("=", maxsplit=1)[0]):
        client.get(f"/worker?{query}")


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("dispatcher", "/dispatcher"), ("worker", "/worker"), ("leader", "/planner"), ("audit_admin", "/audit"),
        ("system_admin", "/accounts"), (None, "/account"),
    ],
)  # fmt: skip
def test_the_root_leads_everyone_to_their_page_and_keeps_the_query(
    client: FlaskClient, role: str | None, path: str
) -> None:
    actor = Actor("somebody", of_roles([role] if role else []))
    door.identify(client.application, lambda: actor)
    assert client.get("/").headers["Location"] == path
    assert client.get("/?city=demo&lang=en").headers["Location"] == f"{path}?city=demo&lang=en"
