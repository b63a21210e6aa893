"""The categories a form offers: all that are valid, urgent ones first, each with its deadline."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests import build
from tests.integration.conftest import Town


def test_every_category_of_the_city_is_offered_urgent_ones_first(
    town: Town, town_client: FlaskClient
) -> None:
    items = town_client.get(f"/api/categories?city={town.city.code}").get_json()["items"]
    known = {row.code: row for row in build.town().categories}
    assert {item["code"] for item in items} == known.keys()
    assert [item["is_urgent"] for item in items] == sorted(
        (row.is_urgent for row in known.values()), reverse=True
    )
    assert all(item["respond_minutes"] == known[item["code"]].respond_minutes for item in items)


def test_an_unknown_city_has_no_categories(town: Town, town_client: FlaskClient) -> None:
    assert town_client.get("/api/categories?city=nowhere").status_code == 404
