"""Layers with defects, in files that are also to be read otherwise than they say: all fourteen kinds in one file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import LinearRing, LineString
from shapely.geometry import mapping

from geo_app.core import coords
from geo_app.exchange.frames import Target
from grids.defects import Finding, Kind, Row
from tests import defective
from tests.defective import Layer

SRID = 4548
PLACELESS = frozenset({Kind.FRAME, Kind.ENCODING, Kind.EMPTY})
"""Kinds of what is nowhere: how a file is read, and a row without a place."""
NEAR = 1.0
"""Metres from the spoilt cell within which a finding must lie."""
Placed = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Misread:
    """A defect of how a file is to be read: its kind, the rows it is of (none: all), and the reading that is right."""

    kind: Kind
    rows: frozenset[int]
    to: str | None


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A file with defects of all kinds: what is wrong with its cells, and with how it is to be read."""

    path: Path
    layer: Layer
    target: Target
    misread: tuple[Misread, ...]
    names: tuple[str, ...]
    """As they are when the texts are read rightly, by row."""

    @property
    def seeded(self) -> int:
        """Return how many defects were put in."""
        return len(self.layer.seeded) + len(self.misread)


def _lonlat(xy: np.ndarray) -> np.ndarray:
    return coords.convert(xy, SRID, coords.WGS84)


FRAMES: dict[str, Placed] = {
    "frame=gcj02": lambda xy: coords.from_wgs84(_lonlat(xy), "gcj02"),
    "frame=bd09": lambda xy: coords.from_wgs84(_lonlat(xy), "bd09"),
    "axes=yx": lambda xy: _lonlat(xy)[:, ::-1],
    "frame=epsg:4548": lambda xy: xy,
    "frame=epsg:4548 axes=yx": lambda xy: xy[:, ::-1],
    "frame=epsg:4527": lambda xy: np.add(xy, (39_000_000.0, 0.0)),
    "frame=epsg:3857": lambda xy: coords.convert(xy, SRID, coords.MERCATOR),
}
"""Coordinates of files that are WGS 84 by the rule of their format, by the reading that is right."""
TEXTS = ("latin-1", "cp1252", "gb18030", "lost")
"""What UTF-8 was taken for before it was written as UTF-8 once more; or characters that were lost."""
WORDS = {"latin-1": "网格{}", "cp1252": "东里{}", "gb18030": "街道网格{}", "lost": "第{}网格"}
BROKEN = "\N{REPLACEMENT CHARACTER}"


def spoilt(folder: Path, columns: int, rows: int, each: int, *, seed: int) -> Spoilt:
    """Write a GeoJSON file with `each` defects of the twelve kinds of cells, one of frame and one of texts."""
    layer = defective.spoilt(columns, rows, each, seed=seed)
    to = list(FRAMES)[seed % len(FRAMES)]
    wrong = TEXTS[seed % len(TEXTS)]
    names = tuple(WORDS[wrong].format(row.number) for row in layer.rows)
    written = list(names)
    bad = range(1, len(names) + 1) if wrong != "lost" else range(3, len(names) + 1, 50)
    for number in bad:
        name = names[number - 1]
        written[number - 1] = name.replace("网", BROKEN) if wrong == "lost" else name.encode().decode(wrong)
    path = folder / "spoilt.geojson"
    path.write_text(json.dumps(_collection(layer.rows, written, FRAMES[to])), encoding="utf-8")
    misread = (
        Misread(Kind.FRAME, frozenset(), to),
        Misread(Kind.ENCODING, frozenset(bad), None if wrong == "lost" else "utf-8"),
    )
    known = tuple(written) if wrong == "lost" else names
    return Spoilt(path, layer, Target(SRID, layer.ground.land), misread, known)


def clean(folder: Path, columns: int, rows: int, *, seed: int) -> Spoilt:
    """Write a GeoJSON file without a defect."""
    layer = defective.whole(columns, rows, seed=seed)
    names = tuple(islice(cycle(("东里社区", "Résidence", "plain")), len(layer.rows)))
    path = folder / "clean.geojson"
    path.write_text(json.dumps(_collection(layer.rows, names, _lonlat)), encoding="utf-8")
    return Spoilt(path, layer, Target(SRID, layer.ground.land), (), names)


def _collection(rows: Iterable[Row], names: Iterable[str], placed: Placed) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {"code": row.code, "name": name, "community": row.community},
            "geometry": None if row.shape is None else _geometry(shapely.transform(row.shape, placed)),
        }
        for row, name in zip(rows, names, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _geometry(shape: shapely.Geometry) -> dict[str, Any]:
    """Return a shape as GeoJSON, which has no rings of their own."""
    return dict(mapping(LineString(shape) if isinstance(shape, LinearRing) else shape))


def missed(given: Spoilt, findings: Iterable[Finding]) -> list[object]:
    """Return the defects put in that no finding tells: of its kind, naming it, and where it is."""
    told = list(findings)
    misread = [
        one
        for one in given.misread
        if not any(
            found.kind is one.kind and found.to == one.to and (not one.rows or one.rows == set(found.rows))
            for found in told
        )
    ]
    by_kind: dict[Kind, list[Finding]] = {}
    for found in told:
        by_kind.setdefault(found.kind, []).append(found)
    seeded = [
        seed
        for seed in given.layer.seeded
        if not any(
            seed.cells & {*found.cells, *(f"row {number}" for number in found.rows)}
            and (seed.kind in PLACELESS or shapely.dwithin(seed.place, found.place, NEAR))
            for found in by_kind.get(seed.kind, ())
        )
    ]
    return [*misread, *seeded]


def as_read(given: Spoilt) -> list[Row]:
    """Return the rows as they are when the file is read rightly."""
    return [replace(row, name=name) for row, name in zip(given.layer.rows, given.names, strict=True)]
