"""How cells, communities, streets and districts look on the map, band by band.

Pure. Within a band everything comes from one drawing: units are unions of what lies below them, so borders of
all levels run along each other exactly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo_app.core import coords
from geo_app.organisation.model import Level, Unit
from geo_app.planning.bands import BANDS, CELLS, HALF, LABELS_FROM, Band
from geo_app.planning.model import Outline
from grids import outlines
from grids.model import Partition
from grids.outlines import Shapes

CORNER = np.array([-HALF, HALF])
"""The north-west corner of the world in Web Mercator."""
MOST_BYTES = 80_000
"""Bytes that the largest tile of a level may have, about; where it had more, what lies above stands alone in a band."""
THING_BYTES, POINT_BYTES = 25, 3
"""Bytes in a tile of a thing without words, and of a vertex, about."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Everything of one level, in order: codes, names, labels (Web Mercator), and the place of each one's parent."""

    level: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    labels: Shapes
    parents: np.ndarray


def draw(
    partition: Partition, units: Sequence[Unit], mercator: Shapes, labels: dict[str, Shapes]
) -> list[Outline]:
    """Return the outlines of all levels in all bands.

    `mercator` are the cells' polygons in Web Mercator, `labels` the points of each level's things, both in the order
    of `tiers`.
    """
    levels = tiers(partition, units, labels)
    shapes: dict[str, Shapes] = {CELLS: _to_grid(mercator)}
    unit, found = BANDS[-1].unit, list[Outline]()
    for band in reversed(BANDS):
        base = _scaled(shapes[band.base], unit / band.unit)
        shapes, unit = {band.base: outlines.draw(base, band.tolerance)}, band.unit
        below = band.base
        for level in band.above:
            shapes[level] = _unions(shapes[below], levels[below].parents, len(levels[level].codes))
            below = level
        for level, drawn in shapes.items():
            found += _outlines(band, levels[level], drawn)
    return found


def tiers(partition: Partition, units: Sequence[Unit], labels: dict[str, Shapes]) -> dict[str, Tier]:
    """Return the levels from the cells upward; units stand in order of code, those without cells are left out."""
    by_code, by_id = {unit.code: unit for unit in units}, {unit.id: unit for unit in units}
    cells = tuple(partition.cells.values())
    codes, names = tuple(cell.code for cell in cells), tuple(cell.name for cell in cells)
    owners: list[Unit | None] = [by_code[cell.community] for cell in cells]
    found = {}
    for level in (CELLS, Level.COMMUNITY, Level.STREET):
        ordered = sorted({unit.code for unit in owners if unit is not None})
        place = {code: number for number, code in enumerate(ordered)}
        parents = np.array([-1 if unit is None else place[unit.code] for unit in owners])
        found[str(level)] = Tier(level, codes, names, labels[level], parents)
        here = [by_code[code] for code in ordered]
        codes, names = tuple(ordered), tuple(unit.name for unit in here)
        owners = [None if unit.parent is None else by_id[unit.parent] for unit in here]
    found[str(Level.DISTRICT)] = Tier(
        Level.DISTRICT, codes, names, labels[Level.DISTRICT], np.full(len(codes), -1)
    )
    return found


def _to_grid(mercator: Shapes) -> Shapes:
    """Return shapes in units of the nearest band, from the north-west corner of the world, y downwards."""
    unit = BANDS[-1].unit
    found: Shapes = shapely.transform(mercator, lambda xy: (xy - CORNER) / (unit, -unit))
    return found


def _scaled(shapes: Shapes, by: float) -> Shapes:
    found: Shapes = shapely.transform(shapes, lambda xy: xy * by)
    return found


def _unions(shapes: Shapes, parents: np.ndarray, count: int) -> Shapes:
    found: Shapes = np.full(count, None, dtype=object)
    order = np.argsort(parents, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(parents[order])) + 1):
        if parents[group[0]] >= 0:
            found[parents[group[0]]] = outlines.union(shapes[group])
    return found


def _outlines(band: Band, tier: Tier, drawn: Shapes) -> Iterator[Outline]:
    """Yield what is to be seen of a level in a band."""
    seen = np.flatnonzero(~shapely.is_missing(drawn))
    if band is not BANDS[-1] and _largest(band, tier, seen, drawn[seen]) > MOST_BYTES:
        return
    unit = band.unit
    shapes = shapely.set_srid(
        shapely.transform(drawn[seen], lambda xy: xy * (unit, -unit) + CORNER), coords.MERCATOR
    )
    labels = tier.labels[seen]
    outside = ~shapely.intersects(shapes, labels)
    labels[outside] = shapely.point_on_surface(shapes[outside])
    written = (shapely.to_wkb(both, hex=True, include_srid=True).tolist() for both in (shapes, labels))
    for number, shape, label in zip(seen.tolist(), *written, strict=True):
        code, name = tier.codes[number], tier.names[number]
        digest = hashlib.sha256(f"{name} {label} {shape}".encode()).hexdigest()[:32]
        yield Outline(band.first, tier.level, code, name, shape, label, digest)


def _largest(band: Band, tier: Tier, seen: np.ndarray, shapes: Shapes) -> float:
    """Return about how many bytes the largest tile of a level would have in the first zoom of a band."""
    if not len(seen):
        return 0.0
    codes, names = (
        np.array([len(words[number].encode()) for number in seen.tolist()])
        for words in (tier.codes, tier.names)
    )
    sizes = (THING_BYTES + codes + POINT_BYTES * shapely.get_num_coordinates(shapes)).astype(float)
    if tier.level != CELLS:
        sizes += names
    if band.first >= LABELS_FROM.get(tier.level, 0):
        sizes += THING_BYTES + codes + names
    side = 2 * HALF / (1 << band.first)
    places = np.floor(shapely.get_coordinates(tier.labels[seen]) / side).astype(np.int64)
    tile = np.unique(places, axis=0, return_inverse=True)[1].ravel()
    return float(np.bincount(tile, weights=sizes).max())
