"""Personal values are sealed under the newest key, open under every key, and are found by what they compare as."""

from __future__ import annotations

import secrets
import stat
from pathlib import Path

import pytest

from geo_app.core import secrecy
from geo_app.core.errors import WrongSetup
from geo_app.core.secrecy import Safe
from geo_app.core.settings import Settings

PHONE = "report.phone"


def safe(*keys: bytes) -> Safe:
    return Safe(lambda: list(keys))


def test_what_is_sealed_opens_and_is_never_the_same_twice() -> None:
    here = safe(secrets.token_bytes(32))
    first, second = here.seal(PHONE, "13900001234"), here.seal(PHONE, "13900001234")
    assert first is not None
    assert first != second
    assert b"13900001234" not in first
    assert here.open(PHONE, first) == here.open(PHONE, second) == "13900001234"
    assert here.seal(PHONE, None) is here.open(PHONE, None) is here.index(PHONE, None) is None


def test_the_newest_key_seals_and_every_key_opens() -> None:
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    was = safe(old).seal(PHONE, "1")
    both = safe(new, old)
    assert both.open(PHONE, was) == "1"
    assert safe(new).open(PHONE, both.seal(PHONE, "2")) == "2"
    with pytest.raises(WrongSetup, match="is not here"):
        safe(new).open(PHONE, was)


def test_a_value_that_was_touched_or_moved_does_not_open() -> None:
    here = safe(secrets.token_bytes(32))
    sealed = here.seal(PHONE, "13900001234")
    assert sealed is not None
    for kind, value in ((PHONE, sealed[:-1] + bytes([sealed[-1] ^ 1])), ("report.name", sealed)):
        with pytest.raises(WrongSetup, match="altered"):
            here.open(kind, value)


def test_an_index_finds_a_value_as_it_is_compared_under_every_key() -> None:
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    kept = safe(old).index(PHONE, "139 0000-1234")
    assert kept in safe(new, old).indexes(PHONE, "+86 １３９００００１２３４")
    assert kept not in safe(new, old).indexes("report.name", "13900001234")
    assert safe(old).index("id", "11010519491231002x") == safe(old).index("id", "11010519491231002X")


def test_keys_of_the_work_folder_are_made_read_and_added(tmp_path: Path) -> None:
    here = Settings(work=str(tmp_path))
    (first,) = secrecy.read(here)
    opened = secrecy.of(here)
    sealed = opened.seal(PHONE, "1")
    added = secrecy.add_key(here)
    newest, oldest = secrecy.read(here)
    assert (secrecy.key_id(newest).hex(), oldest) == (added, first)
    assert opened.open(PHONE, secrecy.of(here).seal(PHONE, "2")) == "2", (
        "a process that runs learns of a new key"
    )
    assert secrecy.of(here).open(PHONE, sealed) == "1"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_keys_of_the_environment_are_checked_and_not_added_to(tmp_path: Path) -> None:
    key = secrets.token_hex(32)
    here = Settings(work=str(tmp_path), personal_keys=f"{key}, {secrets.token_hex(32)}")
    assert secrecy.read(here)[0].hex() == key
    with pytest.raises(WrongSetup, match="GEO_PERSONAL_KEYS"):
        secrecy.add_key(here)
    with pytest.raises(WrongSetup, match="64 hex") as refused:
        secrecy.read(Settings(work=str(tmp_path), personal_keys="abc123"))
    assert "abc123" not in str(refused.value)
