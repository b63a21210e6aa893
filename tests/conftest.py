"""Fixtures every test may ask for: a database of one's own, a transaction in it, a client of the web service.

PostGIS is always real. A database is a clone of a migrated template, so a test may do with it what it likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from geo_app.core import clock, db, migrate
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from tests.databases import Place, Server, digest, work
from tests.sizes import size

hypothesis_settings.register_profile(
    "tests",
    max_examples=size("examples"),
    deadline=None,  # no test depends on speed
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)
hypothesis_settings.load_profile("tests")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file on one worker, and all that share the running service on one."""
    tests = Path(__file__).parent
    for item in items:
        path = item.path.relative_to(tests)
        group = path.parts[0] if path.parts[0] == "e2e" else str(path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """The log set up by a test ends with it: it must not write to what that test captured."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Server]:
    """The PostgreSQL server of the tests, shared by all workers."""
    server = Server(work() / "database")
    yield server
    server.leave()


@pytest.fixture(scope="session")
def migrated(cluster: Server) -> str:
    """The name of the template with the newest schema and nothing in it."""
    return cluster.template("migrated", digest("geo_app/migrations/**/*"), _migrate)


@pytest.fixture(scope="session")
def demo_city(cluster: Server) -> str:
    """The name of the template with the demo city loaded; of today, because its incidents end now."""
    key = f"{digest('geo_app/**/*.*', 'grids/*.py', 'requirements.txt')}_{clock.now():%m%d}"
    return cluster.template("demo", key, _load_demo)


@pytest.fixture
def settings(cluster: Server, migrated: str) -> Iterator[Settings]:
    """Settings of a fresh migrated database."""
    with cluster.clone(migrated) as place:
        yield _settings(place)


@pytest.fixture
def database(settings: Settings) -> Iterator[db.Database]:
    """A fresh migrated database, seen by the application role."""
    opened = db.Database(settings.app_database_url, settings)
    yield opened
    opened.dispose()


@pytest.fixture
def tx(database: db.Database) -> Iterator[db.Transaction]:
    """A transaction of the system in a fresh migrated database."""
    with database.transaction(SYSTEM) as transaction:
        yield transaction


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    """A client of the web service on a fresh migrated database."""
    return _client(settings)


@pytest.fixture
def demo_settings(cluster: Server, demo_city: str) -> Iterator[Settings]:
    """Settings of a database of one's own with the demo city."""
    with cluster.clone(demo_city) as place:
        yield _settings(place)


@pytest.fixture
def demo(demo_settings: Settings) -> Iterator[db.Database]:
    """A database of one's own with the demo city, seen by the application role."""
    opened = db.Database(demo_settings.app_database_url, demo_settings)
    yield opened
    opened.dispose()


@pytest.fixture
def demo_client(demo_settings: Settings) -> FlaskClient:
    """A client of the web service on a database of one's own with the demo city."""
    return _client(demo_settings)


def _settings(place: Place) -> Settings:
    return Settings(
        work=str(work()), database_url=place.owner_url, app_database_url=place.app_url, log_level="warning"
    )


def _migrate(place: Place) -> None:
    migrate.upgrade(place.owner_url, place.app_url)


def _client(settings: Settings) -> FlaskClient:
    from geo_app.app import create_app  # noqa: PLC0415  # only who asks for a client needs the whole service

    return create_app(settings).test_client()


def _load_demo(place: Place) -> None:
    from geo_app.cities import demo, service  # noqa: PLC0415  # only who asks for the city needs all of it

    _migrate(place)
    opened = db.Database(place.app_url, _settings(place))
    with opened.transaction(SYSTEM, patient=True) as tx:
        service.load(tx, demo.generate(clock.now()))
    opened.dispose()
