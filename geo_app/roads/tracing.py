"""A track of any length from fixes to a file: matched while it is read, written while it is matched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from geo_app.roads import travelled
from geo_app.roads.fixes import Fixes
from geo_app.roads.match import Matcher
from geo_app.roads.matched import Matched
from geo_app.roads.network import Network


def written(
    out: Path | None, parts: Iterable[Fixes], ground: tuple[Matcher, Network], srid: int
) -> dict[str, object]:
    """Match the parts of a track one after the other, write it to `out` as GeoJSON, and return what it comes to.

    The file is there when all of it is; a track that cannot be read leaves the one that was there before.
    """
    count, metres, edges, gaps = 0, 0.0, 0, Counter[str]()
    matcher, network = ground
    with _features(out) as file:
        for some, piece in _matched(parts, matcher):
            count += some
            metres += travelled.metres(piece)
            edges += len(piece.travels)
            gaps.update(str(one.why) for one in piece.gaps)
            if file is not None:
                for feature in travelled.features(piece, network, srid):
                    file.write(feature)
    told: dict[str, object] = {"positions": count, "metres": round(metres, 1), "edges": edges}
    return {**told, "gaps": gaps.total(), **{f"gaps {why}": some for why, some in sorted(gaps.items())}}


def _matched(parts: Iterable[Fixes], matcher: Matcher) -> Iterator[tuple[int, Matched]]:
    for part in parts:
        yield len(part), matcher.feed(part)
    yield 0, matcher.finish()


class _File:
    """A FeatureCollection that grows."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._before = file, "\n"

    def write(self, feature: dict[str, object]) -> None:
        """Write one feature."""
        self._file.write(self._before + json.dumps(feature, ensure_ascii=False))
        self._before = ",\n"


@contextmanager
def _features(out: Path | None) -> Iterator[_File | None]:
    """Give a file beside `out`, which becomes it at the end; None without one."""
    if out is None:
        yield None
        return
    beside = out.with_name(f".{out.name}.part")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write('{"type": "FeatureCollection", "features": [')
            yield _File(file)
            file.write("\n]}\n")
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
