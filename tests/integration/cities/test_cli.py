"""`geo`: prints what it did, exits 0 when done, 1 when refused, 2 when used wrongly, and can be run twice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.integration.conftest import Shell, Town


@pytest.fixture
def geo(still_town: Town, monkeypatch: pytest.MonkeyPatch, shell: Shell) -> Shell:
    """The command line on the town."""
    monkeypatch.setenv("DATABASE_URL", still_town.settings.database_url)
    monkeypatch.setenv("APP_DATABASE_URL", still_town.settings.app_database_url)
    return shell


def test_cities_are_listed_for_people_and_for_programs(geo: Shell) -> None:
    code, out, err = geo("cities", "list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == ["code", "town"]
    code, out, _ = geo("cities", "list", "--json")
    assert code == 0
    (row,) = json.loads(out)
    assert row == {"code": "town", "name": "小城", "jurisdiction": "990101", "srid": 4548, "cells": 24,
                   "is_generated": True}  # fmt: skip


def test_releases_are_listed(geo: Shell) -> None:
    code, out, _ = geo("releases", "list", "--json")
    (row,) = json.loads(out)
    assert (code, row["cells"], row["note"], row["to"]) == (0, 24, "first release", None)
    assert geo("releases", "list", "--city", "town")[0] == 0


def test_migrating_again_changes_nothing(geo: Shell) -> None:
    first = geo("db", "migrate")
    assert first[0] == 0
    assert re.fullmatch(r"schema \d{4}\n0 reports and incidents sealed and masked\n", first[1])
    assert geo("db", "migrate") == first


def test_a_city_is_not_generated_beside_another_when_only_an_empty_place_wants_one(geo: Shell) -> None:
    assert geo("cities", "generate", "--if-empty")[0] == 0
    assert len(json.loads(geo("cities", "list", "--json")[1])) == 1


def test_the_stream_is_started_and_stopped_twice(geo: Shell) -> None:
    for words, said in (
        ("start", "running until"),
        ("start", "running until"),
        ("stop", "stopped"),
        ("stop", "stopped"),
    ):
        code, out, _ = geo("demo", words)
        assert code == 0
        assert said in out


def test_settings_are_shown_without_passwords(geo: Shell, still_town: Town) -> None:
    code, out, _ = geo("settings")
    assert code == 0
    assert "GEO_PORT=8000" in out
    assert "DATABASE_URL=(set)" in out
    assert still_town.settings.database_url not in out


def test_a_refusal_is_one_line_and_exit_1(geo: Shell) -> None:
    code, out, err = geo("releases", "list", "--city", "nowhere")
    assert (code, out) == (1, "")
    assert err.startswith("refused: there is no city 'nowhere'")
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [
    ["nothing"], ["cities", "nothing"], ["cities", "list", "--nothing"], ["cities", "list", "more"],
    ["releases", "list", "--city"],
])  # fmt: skip
def test_wrong_use_is_exit_2(geo: Shell, words: list[str]) -> None:
    code, out, err = geo(*words)
    assert (code, out) == (2, "")
    assert err


@pytest.mark.parametrize(("name", "value", "said"), [
    ("GEO_PORT", "x", "GEO_PORT"),
    ("GEO_LOG_LEVEL", "loud", "GEO_LOG_LEVEL"),
    ("DATABASE_URL", "sqlite://", "postgresql"),
    ("APP_DATABASE_URL", "postgresql+psycopg2://app:s3cret@127.0.0.1:1/geo", "does not answer"),
])  # fmt: skip
def test_a_wrong_setting_is_refused_in_one_line(
    geo: Shell, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    """A port that is no number was a traceback."""
    monkeypatch.setenv(name, value)
    code, out, err = geo("cities", "list")
    assert (code, out) == (1, "")
    assert err.startswith("refused: ")
    assert said in err
    assert "s3cret" not in err
    assert err.count("\n") == 1


def test_households_are_counted_from_a_file_and_counted_anew(
    geo: Shell, still_town: Town, tmp_path: Path
) -> None:
    lon, lat = still_town.one("SELECT array[ST_X(point), ST_Y(point)] FROM place WHERE kind = 'number'")
    file, ask = tmp_path / "homes.csv", ("households", "import", "--city", "town", "--frame", "wgs84")
    file.write_text(f"lon,lat,户数\n{lon},{lat},40\n{lon},{lat},2\n", encoding="utf-8")
    for _ in range(2):
        code, out, err = geo(*ask, "--count", "户数", "--xy", "lon", "lat", str(file))
        assert (code, err) == (0, "")
        assert "counted 42 households of town at 2 places" in out
        assert still_town.all("SELECT households FROM household_count ORDER BY id") == [40, 2]
    told = "SELECT data FROM fact WHERE kind = 'households.counted' ORDER BY id DESC LIMIT 1"
    assert still_town.one(told)["households"] == 42
    file.write_text(f"lon,lat,户数\n{lon},{lat},40\n{lon},{lat},two\n", encoding="utf-8")
    code, out, err = geo(*ask, "--count", "户数", "--xy", "lon", "lat", str(file))
    assert (code, "row 2" in out, "nothing was changed" in err) == (1, True, True)
    assert still_town.one("SELECT sum(households) FROM household_count") == 42
