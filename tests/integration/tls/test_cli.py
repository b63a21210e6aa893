"""`geo tls`: an authority is made once, renewed without a new trust, and never overwritten by itself."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from geo_app.core import clock, log, settings
from geo_app.core.settings import Settings
from geo_app.tls import jobs, service, store
from tests.integration.conftest import Shell


@pytest.fixture
def geo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: Shell) -> Shell:
    """The command line in a work folder of one's own."""
    monkeypatch.setenv("GEO_WORK", str(tmp_path))
    return shell


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / "tls").iterdir())}


def test_an_authority_is_made_for_names_and_shown(geo: Shell, tmp_path: Path) -> None:
    code, out, _ = geo("tls", "init", "--name", "Grid.Example", "--name", "10.0.0.5", "--days", "90")
    assert code == 0
    assert "certificate for grid.example, 10.0.0.5" in out
    assert "SHA-256" in out
    assert {*files(tmp_path)} == {"ca.crt", "ca.key", "server.crt", "server.key"}
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    for name in ("ca.key", "server.key"):
        assert stat.S_IMODE((tmp_path / "tls" / name).stat().st_mode) == 0o600
    code, out, _ = geo("tls", "show", "--json")
    rows = {row["which"]: row for row in json.loads(out)}
    assert code == 0
    assert rows["server"]["names"].startswith("grid.example, 10.0.0.5")
    assert len(rows["ca"]["sha256"]) == 64


def test_an_authority_is_never_overwritten_silently(geo: Shell, tmp_path: Path) -> None:
    geo("tls", "init", "--name", "grid.example")
    before = files(tmp_path)
    code, _, err = geo("tls", "init", "--name", "grid.example")
    assert code == 1
    assert "--replace" in err
    assert files(tmp_path) == before
    code, out, _ = geo("tls", "init", "--name", "grid.example", "--replace")
    assert code == 0
    assert files(tmp_path)["ca.crt"] != before["ca.crt"]
    (aside,) = tmp_path.glob("tls-until-*")
    assert str(aside) in out
    assert {file.name: file.read_bytes() for file in aside.iterdir()} == before


def test_renewing_changes_the_server_certificate_only(geo: Shell, tmp_path: Path) -> None:
    geo("tls", "init", "--name", "grid.example", "--days", "10")
    before = files(tmp_path)
    code, out, _ = geo("tls", "renew", "--name", "grid.example", "--name", "192.168.1.5")
    assert code == 0
    assert "192.168.1.5" in out
    after = files(tmp_path)
    assert {name for name in after if after[name] != before[name]} == {"server.crt"}


@pytest.mark.parametrize("words", [
    ("init",), ("init", "--name", "grid example"), ("init", "--name", "*.example"), ("renew",), ("show",),
])  # fmt: skip
def test_what_cannot_be_done_is_refused_in_one_line(
    geo: Shell, tmp_path: Path, words: tuple[str, ...]
) -> None:
    code, _, err = geo("tls", *words)
    assert code == 1
    assert err.startswith("refused: ")
    assert not (tmp_path / "tls").exists()


def test_a_name_beyond_the_limits_is_refused_and_nothing_changes(geo: Shell, tmp_path: Path) -> None:
    geo("tls", "init", "--name", "grid.example")
    before = files(tmp_path)
    assert geo("tls", "renew", "--name", "bank.example")[0] == 1
    assert geo("tls", "init", "--name", "x", "--days", "398")[0] == 2
    assert files(tmp_path) == before


def test_a_start_makes_and_renews_what_is_needed_and_nothing_more(tmp_path: Path) -> None:
    file = store.certificate_file(tmp_path)
    here = Settings(work=str(tmp_path), public_names="grid.example", tls_cert=str(file), tls_key="x")
    now = clock.now()
    assert service.prepare(here, now)
    assert not service.prepare(here, now)
    assert service.warning(here, now) is None
    with_more = replace(here, public_names="grid.example,10.0.0.7")
    assert service.prepare(with_more, now)
    assert not service.prepare(here, now)
    late = now + timedelta(days=380)
    told = service.warning(here, late)
    assert told is not None
    assert "geo tls renew" in told
    assert service.prepare(here, late)
    assert service.warning(here, late) is None
    assert not service.prepare(replace(here, tls_cert="/elsewhere.crt"), late)


def test_the_timer_warns_and_so_does_a_certificate_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = Settings(tls_cert=str(tmp_path / "gone.crt"), tls_key="x")
    monkeypatch.setattr(settings, "current", lambda: missing)
    log.configure("info")
    jobs.watch(None)  # type: ignore[arg-type]  # it needs no transaction
    assert "tls.ends_soon" in capsys.readouterr().err
