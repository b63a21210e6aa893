"""An anchor file that somebody changed or took away is named; the record beside it is still whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo_app.audit import anchors
from tests.integration.audit.conftest import Kept, first


@pytest.fixture
def copied(kept: Kept, tmp_path: Path) -> Kept:
    """The record with anchor files of one's own."""
    for path in (*kept.folder.glob("*.json"), *kept.folder.glob("anchors/*.json")):
        target = tmp_path / path.relative_to(kept.folder)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    return Kept(kept.database, kept.owner, tmp_path, kept.facts)


@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-21", "2026-11-22"])
@pytest.mark.parametrize(
    "member", [{"seq": 5}, {"hash": "ab" * 32}, {"previous": None, "date": "2026-11-01"}, {"x": 1}]
)
def test_an_altered_anchor_is_named(copied: Kept, day: str, member: dict[str, object]) -> None:
    path = copied.folder / "anchors" / f"{day}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **member}))
    with copied.tampering() as tx:
        assert first(copied, tx) == ("altered", "anchor", f"{day}.json")
        assert len(copied.verdict(tx).findings) == 1


@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-21", "2026-11-22"])
def test_a_deleted_or_empty_anchor_is_named(copied: Kept, day: str) -> None:
    path = copied.folder / "anchors" / f"{day}.json"
    path.write_bytes(b"")
    with copied.tampering() as tx:
        assert first(copied, tx) == ("altered", "anchor", f"{day}.json")
    path.unlink()
    with copied.tampering() as tx:
        assert first(copied, tx) == ("deleted", "anchor", f"{day}.json")


def test_an_altered_head_is_named(copied: Kept) -> None:
    path = copied.folder / anchors.HEAD
    path.write_text(json.dumps({**json.loads(path.read_text()), "seq": 10_000}))
    with copied.tampering() as tx:
        assert first(copied, tx) == ("truncated", "link", str(len(copied.facts) + 1))
        assert "head.json noted 10000" in copied.verdict(tx).findings[0].says
    path.write_text("nothing")
    with copied.tampering() as tx:
        assert first(copied, tx) == ("altered", "anchor", anchors.HEAD)
