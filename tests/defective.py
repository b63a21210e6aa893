"""Made-up layers of cells with defects put in: how many of each kind, and which cells each is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from grids import code
from grids.defects import Finding, Ground, Kind, Row
from grids.model import on_millimetres
from tests import build, tilings

STEP = 3
"""Every so many cells of a row and column one is spoilt: the next one is far away."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A defect put in: its kind, the cells (or "row n") of which one must be named, and where the cell was."""

    kind: Kind
    cells: frozenset[str]
    place: shapely.Geometry


@dataclass(slots=True)
class Layer:
    """A layer of rows in the metric frame, the ground it stands on, and the defects put in."""

    rows: list[Row]
    ground: Ground
    seeded: list[Seed] = field(default_factory=list)

    def spoil(self, number: int, kind: Kind, row: Row, *further: Row, cells: tuple[str, ...] = ()) -> None:
        """Put a spoilt row in place of the one at `number`, and further ones behind; the defect is of `cells` or it."""
        named = cells or tuple(one.code for one in (self.rows[number], row, *further) if one.code)
        place = _polygon(self, number)
        self.rows[number] = row
        self.rows.extend(further)
        self.seeded.append(Seed(kind, frozenset(named), place))


def whole(columns: int, rows: int, *, side: float = 150.0, seed: int = 1) -> Layer:
    """Return a layer without a defect: its land declared, its communities known."""
    shapes = [cell.geometry for cell in tilings.cells(columns, rows, extent=side * columns, seed=seed)]
    cells = [build.cell(number, shape) for number, shape in enumerate(shapes)]
    units: dict[str, list[Polygon]] = {}
    for cell in cells:
        units.setdefault(cell.community, []).append(cell.geometry)
    ground = Ground(
        code.GB30428,
        shapely.coverage_union_all(np.array(shapes, dtype=object)),
        {name: shapely.coverage_union_all(np.array(some, dtype=object)) for name, some in units.items()},
        communities=frozenset(units),
    )
    return Layer(
        [Row(number, cell.code, cell.name, None, cell.geometry) for number, cell in enumerate(cells, 1)],
        ground,
    )


def spoilt(columns: int, rows: int, each: int, *, seed: int = 1) -> Layer:
    """Return a layer with `each` defects of the twelve kinds that geometry and codes have; ValueError without room."""
    layer = whole(columns, rows, seed=seed)
    inner = [
        row * columns + column for row in range(1, rows - 1, STEP) for column in range(1, columns - 1, STEP)
    ]
    rim = list(range(1, columns - 1, STEP))
    rng = np.random.default_rng(seed)
    free: dict[bool, Iterator[int]] = {
        False: iter(rng.permutation(inner).tolist()),
        True: iter(rng.permutation([one for one in rim if one < columns]).tolist()),
    }
    for _ in range(each):
        for kind, spoil in SPOILERS.items():
            number = next(free[kind is Kind.STRIP], None)
            if number is None:
                raise ValueError(f"{columns} x {rows} cells have no room for {each} defects of each kind")
            spoil(layer, number, rng)
    return layer


def _polygon(layer: Layer, number: int) -> Polygon:
    shape = layer.rows[number].shape
    assert isinstance(shape, Polygon)
    return shape


def _ring(polygon: Polygon) -> np.ndarray:
    return shapely.get_coordinates(polygon.exterior)[:-1]


def _line(layer: Layer, number: int, _rng: np.random.Generator) -> None:
    row = layer.rows[number]
    layer.spoil(number, Kind.GEOMETRY_TYPE, replace(row, shape=_polygon(layer, number).exterior))


def _crossed(layer: Layer, number: int, _rng: np.random.Generator) -> None:
    ring = _ring(_polygon(layer, number))
    for at in range(1, len(ring) - 2):
        turned = ring.copy()
        turned[[at, at + 1]] = ring[[at + 1, at]]
        if not Polygon(turned).is_valid:
            layer.spoil(number, Kind.INVALID_RING, replace(layer.rows[number], shape=Polygon(turned)))
            return
    raise AssertionError("no two vertices cross when swapped")


def _empty(layer: Layer, number: int, rng: np.random.Generator) -> None:
    shape = None if rng.random() < 0.5 else Polygon()
    layer.spoil(number, Kind.EMPTY, replace(layer.rows[number], shape=shape))


def _twice(layer: Layer, number: int, rng: np.random.Generator) -> None:
    row = layer.rows[number]
    ring = np.roll(_ring(_polygon(layer, number)), int(rng.integers(1, 20)), axis=0)
    again = replace(row, number=len(layer.rows) + 1, code=_fresh(layer), shape=Polygon(ring[::-1]))
    layer.spoil(number, Kind.DUPLICATE, row, again)


def _uncoded(layer: Layer, number: int, rng: np.random.Generator) -> None:
    row = layer.rows[number]
    other = layer.rows[number - 1].code
    wrong = [None, "12", str(row.code)[:-1] + "x", other][int(rng.integers(0, 4))]
    changed = replace(row, code=wrong)
    layer.spoil(number, Kind.CODE, changed, cells=tuple(filter(None, (wrong, f"row {row.number}"))))


def _pulled(layer: Layer, number: int, out: float) -> Polygon:
    """Return a cell with a vertex in the middle of its upper side, where a neighbour is, pulled `out` by metres."""
    polygon = _polygon(layer, number)
    ring = _ring(polygon)
    at = 2 * tilings.PARTS + tilings.PARTS // 2
    away = ring[at] - shapely.get_coordinates(polygon.centroid)[0]
    ring[at] = on_millimetres(ring[at] + out * away / np.hypot(*away))
    pulled = Polygon(ring)
    assert pulled.is_valid
    return pulled


def _grown(layer: Layer, number: int, rng: np.random.Generator) -> None:
    out = float(rng.uniform(0.01, 2.0))
    layer.spoil(number, Kind.OVERLAP, replace(layer.rows[number], shape=_pulled(layer, number, out)))


def _shrunk(layer: Layer, number: int, rng: np.random.Generator) -> None:
    out = -float(rng.uniform(0.01, 2.0))
    layer.spoil(number, Kind.GAP, replace(layer.rows[number], shape=_pulled(layer, number, out)))


def _missed(layer: Layer, number: int, rng: np.random.Generator) -> None:
    ring = _ring(_polygon(layer, number))
    at = tilings.PARTS // 2  # in the lower side, which is the city's
    ring[at] += (0, rng.choice([-1, 1]) * rng.uniform(0.01, 2.0))
    row = replace(layer.rows[number], shape=Polygon(on_millimetres(ring)))
    layer.spoil(number, Kind.STRIP, row)


def _noded(layer: Layer, number: int, rng: np.random.Generator) -> None:
    ring = _ring(_polygon(layer, number))
    at = 2 * tilings.PARTS + int(rng.integers(1, tilings.PARTS - 1))
    between = on_millimetres(ring[at] + rng.uniform(0.2, 0.8) * (ring[at + 1] - ring[at]))
    more = Polygon(np.insert(ring, at + 1, between, axis=0))
    layer.spoil(number, Kind.NODE, replace(layer.rows[number], shape=more))


def _cut(layer: Layer, number: int, rng: np.random.Generator) -> None:
    polygon = _polygon(layer, number)
    ring = _ring(polygon)
    for at in range(len(ring) - 1):
        along = (ring[at + 1] - ring[at]) / np.hypot(*(ring[at + 1] - ring[at]))
        inward = np.array([-along[1], along[0]]) * rng.uniform(0.05, 1.5)
        strip = Polygon(on_millimetres(np.array([ring[at], ring[at + 1], ring[at + 1] + inward + along * -0.1,
                                                 ring[at] + inward + along * 0.1])))  # fmt: skip
        near = Polygon(strip).buffer(0.2).intersection(polygon)
        rest = polygon.difference(strip)
        is_simple = isinstance(rest, Polygon) and polygon.covers(strip) and isinstance(near, Polygon)
        if is_simple and strip.length > 4:
            fresh = _fresh(layer)
            row = layer.rows[number]
            cut = replace(row, number=len(layer.rows) + 1, code=fresh, shape=strip)
            layer.spoil(number, Kind.SLIVER, replace(row, shape=rest), cut, cells=(fresh,))
            return
    raise AssertionError("no side of the cell lets a sliver be cut")


def _parted(layer: Layer, number: int, _rng: np.random.Generator) -> None:
    polygon = _polygon(layer, number)
    ((x, y),) = polygon.centroid.coords
    band = shapely.box(x - 8, y - 900, x + 8, y + 900)
    sides, middle = polygon.difference(band), polygon.intersection(band)
    assert isinstance(sides, MultiPolygon)
    assert isinstance(middle, Polygon)
    row = layer.rows[number]
    inner = replace(row, number=len(layer.rows) + 1, code=_fresh(layer), shape=_rounded(middle))
    layer.spoil(number, Kind.PARTS, replace(row, shape=_rounded(sides)), inner, cells=(str(row.code),))


def _strayed(layer: Layer, number: int, _rng: np.random.Generator) -> None:
    row = layer.rows[number]
    own = str(row.code)[:-3]
    other = next(name for name in sorted(layer.ground.units) if name != own)
    layer.spoil(number, Kind.NESTING, replace(row, community=other))


def _rounded(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, on_millimetres)


def _fresh(layer: Layer) -> str:
    """Return a code nobody has, of the first community."""
    return code.build("990101001001", 999 - len(layer.rows) % 400)


SPOILERS: dict[Kind, Callable[[Layer, int, np.random.Generator], None]] = {
    Kind.GEOMETRY_TYPE: _line,
    Kind.INVALID_RING: _crossed,
    Kind.EMPTY: _empty,
    Kind.DUPLICATE: _twice,
    Kind.CODE: _uncoded,
    Kind.OVERLAP: _grown,
    Kind.GAP: _shrunk,
    Kind.STRIP: _missed,
    Kind.NODE: _noded,
    Kind.SLIVER: _cut,
    Kind.PARTS: _parted,
    Kind.NESTING: _strayed,
}


def missed(layer: Layer, findings: Iterable[Finding]) -> list[Seed]:
    """Return the defects put in that no finding of their kind names, by a cell or a row."""
    named: dict[Kind, set[str]] = {}
    for one in findings:
        named.setdefault(one.kind, set()).update(one.cells, (f"row {number}" for number in one.rows))
    return [seed for seed in layer.seeded if not seed.cells & named.get(seed.kind, set())]


def false_alarms(layer: Layer, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that are not about a spoilt row, and lie nowhere beside a spoilt cell."""
    spots = shapely.union_all([seed.place for seed in layer.seeded])
    shapely.prepare(spots)
    rows = {name for seed in layer.seeded for name in seed.cells if name.startswith("row ")}
    return [
        one
        for one in findings
        if not rows & {f"row {number}" for number in one.rows}
        and (one.place.is_empty or not shapely.dwithin(spots, one.place, 1.0))
        and one.kind is not Kind.EMPTY
    ]
