"""A page brings the answers to what its script asks first, and tiles that name the city's stamp may be kept."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from geo_app.app import create_app
from tests import people
from tests.integration.conftest import Town

TILE = "/tiles/town/communities/12/3424/1553.mvt"


@pytest.fixture
def visitor(town: Town) -> FlaskClient:
    """Somebody of the street who has logged in."""
    app = create_app(town.settings, town.database)
    app.extensions["feed"].stop()
    client = app.test_client()
    secret = people.demo_link(town.database, "street.one", *people.STREET)
    assert client.post("/api/link/use", json={"secret": secret}).status_code == 200
    return client


def brought(client: FlaskClient, path: str) -> dict[str, Any]:
    """Return the answers that come with a page, by address."""
    html = client.get(path).get_data(as_text=True)
    block = re.search(r'<script type="application/json" id="page-answers"[^>]*>(.*?)</script>', html, re.S)
    assert block is not None
    answers: dict[str, Any] = json.loads(block[1])
    return answers


@pytest.mark.parametrize("path", ["/planner?city=town&lang=en", "/worker", "/dispatcher?lang=zh"])
def test_a_page_brings_what_it_would_ask_for_at_once(visitor: FlaskClient, path: str) -> None:
    answers = brought(visitor, path)
    assert set(answers) == {"/api/me", "/api/cities"}
    assert answers["/api/cities"] == visitor.get("/api/cities").get_json()
    now = visitor.get("/api/me").get_json()
    assert {name: answers["/api/me"][name] for name in ("account", "permissions", "is_bound")} == {
        name: now[name] for name in ("account", "permissions", "is_bound")
    }


def test_a_name_with_markup_stays_inside_its_block(town: Town, visitor: FlaskClient) -> None:
    hostile = "</script><svg onload=alert(1)>{{7*7}}@@nonce@@"
    town.run("UPDATE city SET name = %(name)s", name=hostile)
    assert brought(visitor, "/planner?city=town")["/api/cities"]["items"][0]["name"] == hostile


def test_a_tile_that_names_the_stamp_is_kept_and_any_other_asked_for_again(
    town: Town, town_client: FlaskClient
) -> None:
    stamp = town_client.get("/api/cities").get_json()["items"][0]["stamp"]
    named = town_client.get(TILE, query_string={"v": stamp})
    assert named.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert named.headers["Vary"] == "Accept-Encoding", "the cookie is another one every few minutes"
    town.run("UPDATE city SET loaded_at = loaded_at + interval '1 hour'")
    assert town_client.get("/api/cities").get_json()["items"][0]["stamp"] != stamp
    assert town_client.get(TILE, query_string={"v": stamp}).headers["Cache-Control"] == "no-cache"
    assert town_client.get(TILE).headers["Cache-Control"] == "no-cache"
