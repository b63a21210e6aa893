"""The door of responders gives all of a city or those that are asked for."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.integration.conftest import Town


def test_some_responders_are_asked_for_by_their_ids(town: Town, town_client: FlaskClient) -> None:
    everyone = town_client.get("/api/responders").get_json()["features"]
    first, _, third, _ = (one["id"] for one in everyone)
    some = town_client.get(f"/api/responders?id={third},{first},999999").get_json()["features"]
    assert some == [everyone[0], everyone[2]]


@pytest.mark.parametrize("wrong", ["", "x", "1,", "-1", "1.5", "9" * 19, ",".join(["1"] * 51)])
def test_what_are_no_ids_is_refused_by_name(town_client: FlaskClient, wrong: str) -> None:
    answer = town_client.get(f"/api/responders?id={wrong}")
    assert answer.status_code == 422
    assert answer.get_json()["field"] == "id"
