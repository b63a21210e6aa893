"""Fixtures every test may ask for: a database of one's own, a transaction in it, a client of the web service.

PostGIS is always real. A database is a clone of a migrated template, so a test may do with it what it likes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from geo_app.core import clock, db, migrate
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from tests import people
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


PATIENCE = "120000"
"""Milliseconds for a statement and for a connection: many hands on few rows must not fail where all is slow."""


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keeps the tests of a file on one worker, and all that share the running service on one.

    xdist's own groups do not work with this pytest: it no longer reads the changed name of a test.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "tests/e2e" if file.startswith("tests/e2e/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Hand the tests out by file."""
    return ByFile(config, log)


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """The log set up by a test ends with it: it must not write to what that test captured."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Server]:
    """The PostgreSQL server of this worker's tests.

    A worker has its own, because facts wait for the oldest transaction of a whole server: a long one in another
    worker's database would hold them back.
    """
    server = Server(work() / f"database-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    yield server
    server.leave()


@pytest.fixture(scope="session")
def migrated(cluster: Server) -> str:
    """The name of the template with the newest schema and nothing in it; of this month, for the months it makes."""
    key = f"{digest('geo_app/migrations/**/*')}_{clock.now():%Y%m}"
    return cluster.template("migrated", key, _migrate)


@pytest.fixture(scope="session")
def demo_city(cluster: Server) -> str:
    """The name of the template with the demo city loaded; of today, because its incidents end now."""
    key = f"{digest('geo_app/**/*.*', 'grids/*.py', 'requirements.txt')}_{clock.now():%m%d}"
    return cluster.template("demo", key, _load_demo)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data."""
    named = os.environ.get("GEO_DATA")
    if not named:
        pytest.skip("GEO_DATA does not name the folder of real data; CI always has it")
    return Path(named)


@pytest.fixture(scope="session")
def two_cities(cluster: Server, real_data: Path) -> str:
    """The name of the template with 回天 and Manhattan loaded side by side."""
    sources = digest("geo_app/**/*.*", "grids/*.py", "requirements.txt", "tests/cities/*/city.toml")
    return cluster.template("cities", f"{sources}_{clock.now():%m%d}", _load_kits)


@pytest.fixture
def real_cities(cluster: Server, two_cities: str) -> Iterator[db.Database]:
    """A database of one's own with 回天 and Manhattan, seen by the application role."""
    with cluster.clone(two_cities) as place:
        opened = db.Database(place.app_url, _settings(place))
        yield opened
        opened.dispose()


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
        work=str(work()), database_url=place.owner_url, app_database_url=place.app_url, log_level="warning",
        statement_timeout=PATIENCE, pool_wait=PATIENCE,
    )  # fmt: skip


def _migrate(place: Place) -> None:
    migrate.upgrade(place.owner_url, place.app_url)


def _client(settings: Settings) -> FlaskClient:
    from geo_app.app import create_app  # noqa: PLC0415  # only who asks for a client needs the whole service

    return people.everybody(create_app(settings))


def _load_kits(place: Place) -> None:
    from geo_app.cities import kit, service  # noqa: PLC0415  # only who asks for the cities needs all of it

    _migrate(place)
    opened = db.Database(place.app_url, _settings(place))
    for name in ("huitian", "manhattan"):
        folder = Path(__file__).parent / "cities" / name
        report = kit.examine(folder, os.environ, clock.now())
        assert report.data is not None, [item.line() for item in report.findings.refused]
        with opened.transaction(SYSTEM, patient=True) as tx:
            service.load(tx, report.data)
    opened.dispose()


def _load_demo(place: Place) -> None:
    from geo_app.cities import demo, service  # noqa: PLC0415  # only who asks for the city needs all of it

    _migrate(place)
    opened = db.Database(place.app_url, _settings(place))
    with opened.transaction(SYSTEM, patient=True) as tx:
        service.load(tx, demo.generate(clock.now()))
    opened.dispose()
