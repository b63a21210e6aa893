"""Names: of files that are kept, of mends that are accepted (a finding's id, or cell and kind)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from geo_app.core.errors import BadInput
from grids.defects import Accepted, Finding, Kind, Weight, only

ID = re.compile(r"[0-9a-f]{12}", re.ASCII)
LONGEST = 200


def plain(name: str) -> str:
    """Return a file's name without folders and control characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[-LONGEST:] or "file"


def accepted(names: Sequence[str]) -> Accepted:
    """Return what these names accept; BadInput for one that is neither an id nor `cell:kind`."""
    ids, named = set(), set()
    for name in names:
        if ID.fullmatch(name):
            ids.add(name)
            continue
        cell, between, kind = name.rpartition(":")
        if not (between and cell) or kind not in set(Kind):
            raise BadInput(
                "accept", name, "the id of a finding of this file, or a cell and a kind: 110:overlap"
            )
        named.add((cell, Kind(kind)))
    return Accepted(frozenset(ids), frozenset(named))


def listed(path: Path) -> list[str]:
    """Return the names in a TOML file: `accept = ["…", "…"]`."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("accept")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadInput("accept", path.name, f"TOML that can be read ({error})") from error
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise BadInput("accept", path.name, 'a file that says accept = ["…", "…"]')
    return found


def waiting(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what is not decided yet, or cannot be."""
    return only(findings, (Weight.OPEN, Weight.REFUSED))
