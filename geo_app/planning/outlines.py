"""How cells, communities, streets and districts look on the map, band by band, drawn as a whole.

Pure. Within a band everything comes from one drawing: units are unions of what lies below them, so borders of
all levels run along each other exactly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
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
    """Everything of one level, in order: codes, names, and the place of each one's parent, -1 for none."""

    level: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    parents: np.ndarray


def draw(
    partition: Partition, units: Sequence[Unit], mercator: Shapes, labels: dict[str, Shapes]
) -> list[Outline]:
    """Return the outlines of all levels in all bands.

    `mercator` are the cells' polygons in Web Mercator, `labels` the points of each level's things, both in the order
    of `tiers`.
    """
    levels = tiers(partition, units)
    shapes: dict[str, Shapes] = {CELLS: to_grid(mercator)}
    unit, found = BANDS[-1].unit, list[Outline]()
    for band in reversed(BANDS):
        base = scaled(shapes[band.base], unit / band.unit)
        shapes, unit = {band.base: outlines.draw(base, band.tolerance)}, band.unit
        below = band.base
        for level in band.above:
            shapes[level] = _unions(shapes[below], levels[below].parents, len(levels[level].codes))
            below = level
        for level, drawn in shapes.items():
            seen = np.flatnonzero(~shapely.is_missing(drawn))
            outer = to_mercator(band, drawn[seen])
            points = inside(outer, labels[level][seen])
            weights = weigh(band, levels[level], seen, outer, points)
            if band is BANDS[-1] or max(weights.values(), default=0.0) <= MOST_BYTES:
                found += write(band, levels[level], seen, outer, points)
    return found


def tiers(partition: Partition, units: Sequence[Unit]) -> dict[str, Tier]:
    """Return the levels from the cells upward; units stand in order of code, those without cells are left out."""
    by_code, by_id = {unit.code: unit for unit in units}, {unit.id: unit for unit in units}
    cells = tuple(partition.cells.values())
    codes, names = tuple(cell.code for cell in cells), tuple(cell.name for cell in cells)
    owners: list[Unit | None] = [by_code[cell.community] for cell in cells]
    found = {}
    for level in (CELLS, Level.COMMUNITY, Level.STREET):
        ordered = sorted({unit.code for unit in owners if unit is not None})
        place = {code: number for number, code in enumerate(ordered)}
        parents = np.array([-1 if unit is None else place[unit.code] for unit in owners], dtype=np.intp)
        found[str(level)] = Tier(level, codes, names, parents)
        here = [by_code[code] for code in ordered]
        codes, names = tuple(ordered), tuple(unit.name for unit in here)
        owners = [None if unit.parent is None else by_id[unit.parent] for unit in here]
    found[str(Level.DISTRICT)] = Tier(Level.DISTRICT, codes, names, np.full(len(codes), -1))
    return found


def to_grid(mercator: Shapes) -> Shapes:
    """Return shapes in units of the nearest band, from the north-west corner of the world, y downwards."""
    unit = BANDS[-1].unit
    found: Shapes = shapely.transform(mercator, lambda xy: (xy - CORNER) / (unit, -unit))
    return found


def from_mercator(band: Band, shapes: Shapes) -> Shapes:
    """Return outlines of a band as they were drawn, in units of its grid."""
    unit = band.unit
    found: Shapes = shapely.transform(shapes, lambda xy: np.rint((xy - CORNER) / (unit, -unit)))
    return found


def to_mercator(band: Band, drawn: Shapes) -> Shapes:
    """Return what was drawn in units of a band's grid as it is kept."""
    unit = band.unit
    found: Shapes = shapely.set_srid(
        shapely.transform(drawn, lambda xy: xy * (unit, -unit) + CORNER), coords.MERCATOR
    )
    return found


def scaled(shapes: Shapes, by: float) -> Shapes:
    """Return shapes in units that are so many times smaller."""
    found: Shapes = shapely.transform(shapes, lambda xy: xy * by)
    return found


def _unions(shapes: Shapes, parents: np.ndarray, count: int) -> Shapes:
    found: Shapes = np.full(count, None, dtype=object)
    order = np.argsort(parents, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(parents[order])) + 1):
        if parents[group[0]] >= 0:
            found[parents[group[0]]] = outlines.union(shapes[group])
    return found


def inside(shapes: Shapes, labels: Shapes) -> Shapes:
    """Return labels, each inside its shape, also where it was not, or None."""
    found: Shapes = labels.copy()
    outside = ~shapely.intersects(shapes, labels)
    found[outside] = shapely.point_on_surface(shapes[outside])
    return found


def write(band: Band, tier: Tier, numbers: np.ndarray, shapes: Shapes, labels: Shapes) -> list[Outline]:
    """Return outlines as they are kept."""
    written = (shapely.to_wkb(both, hex=True, include_srid=True).tolist() for both in (shapes, labels))
    found = []
    for number, shape, label in zip(numbers.tolist(), *written, strict=True):
        code, name = tier.codes[number], tier.names[number]
        digest = hashlib.sha256(f"{name} {label} {shape}".encode()).hexdigest()[:32]
        found.append(Outline(band.first, tier.level, code, name, shape, label, digest))
    return found


def weigh(
    band: Band, tier: Tier, numbers: np.ndarray, shapes: Shapes, labels: Shapes
) -> dict[tuple[int, int], float]:
    """Return about how many bytes outlines have in the tiles of a band's first zoom, each counted where its label is.

    Tiles are counted from the middle of the world, eastwards and northwards.
    """
    if not len(numbers):
        return {}
    codes, names = (
        np.array([len(words[number].encode()) for number in numbers.tolist()])
        for words in (tier.codes, tier.names)
    )
    sizes = (THING_BYTES + codes + POINT_BYTES * shapely.get_num_coordinates(shapes)).astype(float)
    if tier.level != CELLS:
        sizes += names
    if has_labels(band, tier.level):
        sizes += THING_BYTES + codes + names
    places = np.floor(shapely.get_coordinates(labels) / side(band)).astype(np.int64)
    tiles, tile = np.unique(places, axis=0, return_inverse=True)
    weights = np.bincount(tile.ravel(), weights=sizes)
    return dict(zip(map(tuple, tiles.tolist()), weights.tolist(), strict=True))


def has_labels(band: Band, level: str) -> bool:
    """Return whether the things of a level have labels in the first zoom of a band."""
    return band.first >= LABELS_FROM.get(level, 0)


def side(band: Band) -> float:
    """Return how wide a tile of a band's first zoom is, in metres of Web Mercator."""
    return 2 * HALF / (1 << band.first)
