"""`/readyz` says what is missing, `/healthz` only that the process lives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from geo_app.app import create_app
from geo_app.core import kernels
from tests.databases import connected
from tests.integration.conftest import Town
from tests.integration.conftest import town as town  # noqa: PLC0414
from tests.integration.conftest import town_client as town_client  # noqa: PLC0414

BEAT = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %(ago)s * interval '1 second')"


@pytest.fixture(autouse=True)
def compiled() -> None:
    """The engines are compiled, so that only what a test takes away is missing."""
    if not kernels.is_compiled():
        kernels.compile_all()


def ready(client: FlaskClient) -> tuple[int, dict[str, Any]]:
    answer = client.get("/readyz")
    body: dict[str, Any] = answer.get_json()
    assert body["ready"] == (answer.status_code == 200)
    return answer.status_code, body["checks"]


def test_a_service_without_worker_is_not_ready(town_client: FlaskClient) -> None:
    status, checks = ready(town_client)
    assert status == 503
    assert checks["database"] == "ok"
    assert checks["worker"] == "no job worker has started yet"


def test_a_service_whose_worker_is_silent_is_not_ready(town: Town, town_client: FlaskClient) -> None:
    town.run(BEAT, ago=3600)
    status, checks = ready(town_client)
    assert status == 503
    assert checks["worker"].startswith("the job worker has been silent for 36")
    town.run(BEAT, ago=1)
    assert ready(town_client)[1]["worker"] == "ok"


def test_a_service_with_everything_is_ready(town: Town, town_client: FlaskClient) -> None:
    town.run(BEAT, ago=0)
    assert ready(town_client) == (200, {"database": "ok", "worker": "ok", "engines": "ok"})


def test_a_service_whose_database_is_away_is_alive_but_not_ready(town: Town) -> None:
    away = replace(town.settings, app_database_url="postgresql+psycopg2://app:s3cret@127.0.0.1:1/geo")
    client = create_app(away).test_client()
    status, checks = ready(client)
    assert status == 503
    assert checks["database"] == checks["worker"] == "the database does not answer"
    assert client.get("/healthz").get_json() == {"alive": True}


def test_a_service_whose_schema_is_missing_says_what_to_do(town: Town, town_client: FlaskClient) -> None:
    with connected(town.settings.database_url) as owner:
        owner.execute("DROP TABLE alembic_version")
    status, checks = ready(town_client)
    assert status == 503
    assert "geo db migrate" in checks["database"]
