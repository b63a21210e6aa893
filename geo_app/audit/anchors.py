"""Anchor files: how far the chain reached, written outside the database, one a day and one that moves on.

`anchors/2026-11-22.json` is written once and never again; each holds the SHA-256 of the one before. `head.json`
follows the newest seal, so that a tail cut off since the last anchor is seen too. A copy on another machine keeps
them from somebody who rules this one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from geo_app.audit.model import Anchor, AnchorFile, Break, Finding

HEAD = "head.json"
TYPES = {"date": str, "seq": int, "xid": str, "fact_id": int, "hash": str}


def read(folder: Path) -> list[AnchorFile]:
    """Return the anchor files of `folder`, oldest first."""
    return [_read(path) for path in sorted((folder / "anchors").glob("*.json"))]


def head(folder: Path) -> AnchorFile | None:
    """Return the file of the newest seal, None when none was written."""
    path = folder / HEAD
    return _read(path) if path.exists() else None


def write(folder: Path, anchor: Anchor) -> AnchorFile:
    """Write the anchor of its date and return the file; it is on the disk when this returns."""
    return _write(folder / "anchors" / f"{anchor.date}.json", anchor)


def move_head(folder: Path, anchor: Anchor) -> None:
    """Let the head follow the newest seal."""
    _write(folder / HEAD, anchor)


def broken(files: Sequence[AnchorFile], noted: Mapping[str, str]) -> list[Finding]:
    """Return what is wrong with anchor files; `noted` is the hash that facts hold of each, by date."""
    found: dict[str, Finding] = {}
    dates = {file.name.removesuffix(".json"): file for file in files}
    for date in sorted(noted.keys() - dates.keys()):
        found[date] = _finding(Break.DELETED, date, "a fact says it was written, it is not there")
    for date, file in dates.items():
        if file.anchor is None or file.anchor.date != date:
            found[date] = _finding(Break.ALTERED, date, "it is no anchor of its date")
        elif noted.get(date, file.sha256) != file.sha256:
            found[date] = _finding(Break.ALTERED, date, "a fact holds another hash of it")
    for (date, file), (later, following) in pairwise(dates.items()):
        if following.anchor and following.anchor.previous != file.sha256 and not {date, later} & found.keys():
            known = any(date < missing < later for missing in found)
            if not known:
                found[date] = _finding(Break.ALTERED, date, f"the anchor of {later} holds another hash of it")
    return [found[date] for date in sorted(found)]


def _finding(kind: Break, date: str, says: str) -> Finding:
    return Finding(kind, "anchor", f"{date}.json", None, says)


def _read(path: Path) -> AnchorFile:
    content = path.read_bytes()
    return AnchorFile(path.name, sha256(content).hexdigest(), _parsed(content))


def _parsed(content: bytes) -> Anchor | None:
    try:
        said = json.loads(content)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.keys() != {*TYPES, "previous"}:
        return None
    is_well = all(type(said[name]) is kind for name, kind in TYPES.items())
    if not is_well or not isinstance(said["previous"], str | None):
        return None
    return Anchor(**said)


def _write(path: Path, anchor: Anchor) -> AnchorFile:
    """Write beside the file and rename: whoever looks sees the old or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = (json.dumps(asdict(anchor), indent=2) + "\n").encode()
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return AnchorFile(path.name, sha256(content).hexdigest(), anchor)
