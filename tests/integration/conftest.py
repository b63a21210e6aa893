"""A small city of one's own, for what needs more than an empty database and less than the demo city."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from geo_app import cli
from geo_app.app import create_app
from geo_app.cities import service as cities
from geo_app.core import db
from geo_app.core import settings as all_settings
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.organisation.model import City
from tests import build, people
from tests.databases import Server

Run = Callable[..., Any]
Shell = Callable[..., tuple[int, str, str]]


@dataclass(slots=True)
class Raw:
    """A statement only a test needs."""

    sql: str


@dataclass(frozen=True, slots=True)
class Town:
    """The town of `tests.build` in a database of its own."""

    city: City
    database: db.Database
    settings: Settings

    def all(self, sql: str, **values: Any) -> list[Any]:
        """Return the rows of a statement, each as its only value or as a tuple, in a transaction of its own."""
        with self.database.transaction(SYSTEM) as tx:
            rows = tx.all(Raw(sql), lambda row: tuple(row.values()), **values)
        return [row[0] if len(row) == 1 else row for row in rows]

    def one(self, sql: str, **values: Any) -> Any:
        """Return the only row of a statement."""
        (row,) = self.all(sql, **values)
        return row

    def run(self, sql: str, **values: Any) -> int:
        """Run a statement in a transaction of its own."""
        with self.database.transaction(SYSTEM) as tx:
            return tx.run(Raw(sql), **values)


@pytest.fixture
def town(database: db.Database, settings: Settings) -> Town:
    """The town in a database of one's own."""
    with database.transaction(SYSTEM) as tx:
        city = cities.load(tx, build.town())
    return Town(city, database, settings)


@pytest.fixture(scope="module")
def still_town(cluster: Server, migrated: str) -> Iterator[Town]:
    """The town, for examples that only look or roll back."""
    with cluster.clone(migrated) as place:
        settings = Settings(database_url=place.owner_url, app_database_url=place.app_url)
        database = db.Database(place.app_url, settings)
        with database.transaction(SYSTEM) as tx:
            city = cities.load(tx, build.town())
        yield Town(city, database, settings)
        database.dispose()


@pytest.fixture
def town_client(town: Town) -> Iterator[FlaskClient]:
    """A client of the web service on the town."""
    app = create_app(town.settings, town.database)
    yield people.everybody(app)
    app.extensions["feed"].stop()


@pytest.fixture(scope="module")
def still_client(still_town: Town) -> FlaskClient:
    """A client of the web service on the town, for tests that change nothing; streams end at once."""
    app = create_app(still_town.settings, still_town.database)
    app.extensions["feed"].stop()
    return people.everybody(app)


@pytest.fixture
def geo(town: Town, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line on the town; returns what it printed, as JSON when asked for that, or each line of it."""
    return command_line(town.settings, monkeypatch)


def command_line(connected: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs `geo` with these settings, inside the test: refusals are raised."""
    monkeypatch.setattr("geo_app.core.settings.connected", lambda: connected)

    def run(*words: object, obj: object = None, is_lines: bool = False) -> Any:
        texts = [str(word) for word in words]
        done = CliRunner().invoke(cli.geo, texts, obj=obj, catch_exceptions=False, standalone_mode=False)
        if is_lines:
            return [json.loads(line) for line in done.stdout.splitlines()]
        return json.loads(done.stdout) if "--json" in texts else done.stdout

    return run


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """`geo` as a shell runs it, in the environment of the test; returns exit code, output and errors."""

    def run(*words: str) -> tuple[int, str, str]:
        all_settings.current.cache_clear()
        monkeypatch.setattr("sys.argv", ["geo", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as left:
            code = int(left.code or 0)
        return code, *capsys.readouterr()

    yield run
    monkeypatch.undo()
    all_settings.current.cache_clear()
