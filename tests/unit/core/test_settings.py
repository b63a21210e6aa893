"""Settings come from the environment, and what is wrong is named before it does harm."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from geo_app.core import settings
from geo_app.core.errors import WrongSetup

URL = "postgresql+psycopg2://owner:s3cret@db.example/geo"


def test_nothing_set_gives_the_defaults() -> None:
    here = settings.read({})
    assert (here.port, here.host, here.database_url) == ("8000", "127.0.0.1", "")
    assert here.work_path == settings.work_folder()


def test_an_empty_value_counts_as_not_set() -> None:
    assert settings.read({"GEO_PORT": "", "DATABASE_URL": ""}) == settings.read({})


def test_each_setting_is_read_by_its_name(tmp_path: Path) -> None:
    here = settings.read({"GEO_WORK": str(tmp_path), "GEO_PORT": "8001", "DATABASE_URL": URL})
    assert (here.work_path, here.port, here.database_url) == (tmp_path, "8001", URL)


@pytest.mark.parametrize("url", [
    URL,
    "postgresql+psycopg2://owner:p%40ss@127.0.0.1:5433/geo",
    "postgresql+psycopg2://owner@/geo?host=/run/postgresql",
    "postgresql+psycopg2://owner:x@[::1]:5432/geo?sslmode=require",
])  # fmt: skip
def test_an_address_of_postgresql_is_taken_as_it_is(url: str) -> None:
    assert settings.read({"DATABASE_URL": url, "APP_DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize("name", ["DATABASE_URL", "APP_DATABASE_URL"])
@pytest.mark.parametrize("url", [
    "postgresql://owner:s3cret@db.example/geo",
    "postgres://owner:s3cret@db.example/geo",
    "postgresql+psycopg://owner:s3cret@db.example/geo",
    "db.example",
    "postgresql+psycopg2://",
    "postgresql+psycopg2://owner:s3cret@db.example",
    "postgresql+psycopg2://owner:s3cret@db.example:port/geo",
    "postgresql+psycopg2://db.example/geo",
])  # fmt: skip
def test_another_address_is_refused_by_name_and_its_password_is_not_shown(name: str, url: str) -> None:
    with pytest.raises(WrongSetup, match=rf"^{name} must") as refused:
        settings.read({name: url})
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("name", ["GEO_PORT", "GEO_STATEMENT_TIMEOUT", "GEO_POOL_SIZE", "GEO_POOL_WAIT"])
@pytest.mark.parametrize("value", ["eight", "-1", "0", "1.5", "²", "８０００", "9" * 5000, " 8000"])
def test_a_number_that_is_none_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(WrongSetup, match=name):
        settings.read({name: value})


def test_a_log_level_nobody_knows_is_refused() -> None:
    with pytest.raises(WrongSetup, match="GEO_LOG_LEVEL='loud'"):
        settings.read({"GEO_LOG_LEVEL": "loud"})


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment with a work folder of its own and nothing else set."""
    for name in ("DATABASE_URL", "APP_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GEO_WORK", str(tmp_path))
    monkeypatch.setattr(settings, "current", lambda: settings.read(os.environ))
    return monkeypatch


def test_without_a_database_the_message_says_how_to_get_one(environment: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongSetup, match="set DATABASE_URL, or start the private one"):
        settings.connected()


def test_an_owner_without_application_role_is_sent_to_migrate(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", URL)
    with pytest.raises(WrongSetup, match="geo db migrate"):
        settings.connected()


def test_the_kept_address_of_the_application_role_is_taken(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("DATABASE_URL", URL)
    (tmp_path / settings.APP_URL).write_text("postgresql+psycopg2://app:x@db.example/geo")
    assert settings.connected().app_database_url == "postgresql+psycopg2://app:x@db.example/geo"


def test_the_private_database_is_found_in_the_work_folder(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "database").mkdir()
    (tmp_path / "database" / "urls.json").write_text('{"owner_url": "o", "app_url": "a"}')
    here = settings.connected()
    assert (here.database_url, here.app_database_url) == ("o", "a")


def test_names_and_proxies_are_lists() -> None:
    here = settings.read(
        {"GEO_PUBLIC_NAMES": "Grid.Example, 10.0.0.5,,10.0.0.5", "GEO_TRUSTED_PROXIES": "10.1.0.0/16, ::1"}
    )
    assert here.names == ("grid.example", "10.0.0.5")
    assert [str(network) for network in here.proxies] == ["10.1.0.0/16", "::1/128"]
    assert here.is_secure
    assert not settings.read({}).is_secure


@pytest.mark.parametrize(("wrong", "named"), [
    ({"GEO_TLS_CERT": "a.crt"}, "belong together"), ({"GEO_TLS_KEY": "a.key"}, "belong together"),
    ({"GEO_PUBLIC_NAMES": "grid example"}, "GEO_PUBLIC_NAMES"), ({"GEO_PUBLIC_NAMES": "*"}, "GEO_PUBLIC_NAMES"),
    ({"GEO_TRUSTED_PROXIES": "everybody"}, "GEO_TRUSTED_PROXIES"),
    ({"GEO_TRUSTED_PROXIES": "10.0.0.1/8"}, "GEO_TRUSTED_PROXIES"),
    ({"GEO_HOST": "0.0.0.0"}, "plain HTTP stays on this machine"),
    ({"GEO_HOST": "10.0.0.5", "GEO_TRUSTED_PROXIES": "10.0.0.1"}, "plain HTTP stays on this machine"),
    ({"GEO_INSTALL_PORT": "70000"}, "GEO_INSTALL_PORT"), ({"GEO_INSTALL_PORT": "x"}, "GEO_INSTALL_PORT"),
])  # fmt: skip
def test_what_would_open_the_service_by_mistake_is_refused(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(WrongSetup, match=named):
        settings.read(wrong)


def test_another_address_is_listened_on_with_a_certificate() -> None:
    here = settings.read({"GEO_HOST": "0.0.0.0", "GEO_TLS_CERT": "a.crt", "GEO_TLS_KEY": "a.key"})
    assert here.is_secure


@pytest.mark.parametrize("months", ["1", "5", "1201"])
def test_facts_are_kept_for_six_months_at_least(months: str) -> None:
    with pytest.raises(WrongSetup, match="from 6 to 1200"):
        settings.read({"GEO_FACTS_KEPT": months})
