"""`geo audit …`: seals, says whether the record is whole, and lists what was done."""

from __future__ import annotations

import json
from pathlib import Path
from time import monotonic

import pytest

from tests.databases import connected
from tests.integration.conftest import Shell, Town

DEADLINE = 60.0


@pytest.fixture
def geo(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: Shell) -> Shell:
    """The command line on the town, with a work folder of one's own."""
    monkeypatch.setenv("DATABASE_URL", town.settings.database_url)
    monkeypatch.setenv("APP_DATABASE_URL", town.settings.app_database_url)
    monkeypatch.setenv("GEO_WORK", str(tmp_path))
    return shell


def sealed(geo: Shell) -> None:
    """Seal until nothing waits; another test's transaction may hold some facts up."""
    end = monotonic() + DEADLINE
    while monotonic() < end:
        assert geo("audit", "seal")[0] == 0
        if json.loads(geo("audit", "verify", "--json")[1])["waiting"] == 0:
            return
    raise AssertionError("facts were not sealed before the deadline")


def test_a_sealed_record_is_whole_and_a_deleted_fact_is_named(geo: Shell, town: Town, tmp_path: Path) -> None:
    sealed(geo)
    assert (tmp_path / "audit" / "head.json").exists()
    assert len(list((tmp_path / "audit" / "anchors").glob("*.json"))) == 1
    code, out, err = geo("audit", "verify")
    assert (code, err) == (0, "")
    assert out.startswith("whole: ")
    gone = town.one("SELECT min(id) FROM fact")
    with connected(town.settings.database_url) as owner:
        owner.execute("DELETE FROM fact WHERE id = %s", (gone,))
    code, out, _ = geo("audit", "verify")
    assert code == 1
    assert out.startswith(f"fact {gone} deleted: ")
    code, out, _ = geo("audit", "verify", "--json")
    said = json.loads(out)
    assert (code, said["whole"]) == (1, False)
    assert [(one["kind"], one["what"], one["name"]) for one in said["findings"]] == [
        ("deleted", "fact", str(gone))
    ]


def test_a_chain_that_was_cut_off_is_not_sealed_over(geo: Shell, town: Town, tmp_path: Path) -> None:
    sealed(geo)
    before = (tmp_path / "audit" / "head.json").read_text()
    with connected(town.settings.database_url) as owner:
        owner.execute("DELETE FROM fact")
        owner.execute("TRUNCATE fact_link, fact_seal")
    code, _, err = geo("audit", "seal")
    assert code == 1
    assert err.startswith("refused: link 1 truncated")
    assert (tmp_path / "audit" / "head.json").read_text() == before


def test_facts_are_listed_and_the_list_is_recorded(geo: Shell) -> None:
    code, out, _ = geo(
        "audit", "list", "--kind", "city.added", "--since", "2026-01-01", "--city", "town", "--json"
    )
    (row,) = json.loads(out)
    assert (code, row["kind"], row["actor"], row["data"]) == (0, "city.added", "system", {"code": "town"})
    code, out, _ = geo("audit", "list", "--kind", "audit.searched", "--actor", "system", "--limit", "1")
    assert code == 0
    assert "audit.searched" in out
    assert geo("audit", "list", "--since", "yesterday")[0] == 2
    assert geo("audit", "list", "--city", "nowhere")[0] == 1
