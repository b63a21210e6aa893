"""The map after a release, of which only what changed was drawn anew: as whole as one drawn from nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_app.organisation.model import City, Level, Unit
from geo_app.planning import drawing, drawn, outlines
from geo_app.planning.bands import BANDS, CELLS, Band
from geo_app.planning.model import Drawing, Outline, OutlineKey, Stood
from grids.model import Cell, Partition
from tests import tilings
from tests.sizes import size

COLUMNS, ROWS, SIDE = 12, 10, 158.0
CITY = City(1, "town", "镇", "Town", "990101", 4548, "Asia/Shanghai", "made", True, "other")
KINDS = ("merge", "cut", "rename", "reassign", "bend")


def _units() -> list[Unit]:
    """Return two districts of two streets of two communities, with ids in this order."""
    found: list[Unit] = []
    for district in range(2):
        found.append(Unit(len(found) + 1, Level.DISTRICT, f"9901{district}", f"{district}区", None))
        above = found[-1].id
        for street in range(2):
            found.append(
                Unit(len(found) + 1, Level.STREET, f"9901{district}{street}", f"{street}街道", above)
            )
            parent = found[-1].id
            found += [
                Unit(
                    len(found) + 1 + one,
                    Level.COMMUNITY,
                    f"9901{district}{street}{one}",
                    f"{one}社区",
                    parent,
                )
                for one in range(2)
            ]
    return found


UNITS = _units()
COMMUNITIES = [unit.code for unit in UNITS if unit.level is Level.COMMUNITY]


def city() -> Partition:
    """Return 120 cells of 48 vertices in eight communities, each of three columns and five rows."""
    cells = tilings.cells(COLUMNS, ROWS, extent=COLUMNS * SIDE, seed=5)
    return Partition.of([
        replace(cell, name=f"第{number}网格", community=COMMUNITIES[number // COLUMNS // 5 * 4 + number % COLUMNS // 3])
        for number, cell in enumerate(cells)
    ])  # fmt: skip


@dataclass
class Map:
    """What stands, in memory; remembers what it was asked for."""

    units: Sequence[Unit] = ()
    rows: dict[OutlineKey, Outline] = field(default_factory=dict)
    looked: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    writes: int = 0

    def is_whole(self) -> bool:
        return {key[:2] for key in self.rows} >= set(drawn.DRAWN)

    def digests(self) -> dict[OutlineKey, str]:
        return {key: row.digest for key, row in self.rows.items()}

    def outlines(self, band: Band, level: str, codes: Sequence[str]) -> dict[str, Stood]:
        if level == CELLS:
            self.looked |= set(codes)
        found = {
            code: self.rows[band.first, level, code]
            for code in codes
            if (band.first, level, code) in self.rows
        }
        return {
            code: Stood(one.name, shapely.from_wkb(one.shape), shapely.from_wkb(one.label), one.digest)
            for code, one in found.items()
        }  # fmt: skip

    def weights(self, band: Band, level: str) -> dict[tuple[int, int], float]:
        self.asked.add(f"{band.first} {level}")
        return {}

    def take(self, made: Drawing, units: Sequence[Unit]) -> None:
        """Become what a release makes of it; what ends was there, what begins was not."""
        for key in made.outdated:
            del self.rows[key]
        for one in made.outlines:
            assert one.key not in self.rows
            self.rows[one.key] = one
        self.writes += len(made.outlines)
        self.units = units


def edited(whole: Partition, kinds: Sequence[str], seed: int) -> Partition:
    """Return a city after some edits, each of a cell and one beside it."""
    rng = np.random.default_rng(seed)
    cells = dict(whole.cells)
    for kind in kinds:
        codes = list(cells)
        code = codes[rng.integers(len(codes))]
        cell = cells[code]
        beside = [one for one in codes if one != code and cells[one].geometry.touches(cell.geometry)]
        other = cells[beside[rng.integers(len(beside))]]
        if kind == "rename":
            cells[code] = replace(cell, name=f"新{seed}")
        elif kind == "reassign":
            cells[code] = replace(cell, community=COMMUNITIES[rng.integers(len(COMMUNITIES))])
        elif kind == "cut":
            _cut(cells, cell, rng)
        else:
            _unite(cells, cell, other, is_bent=kind == "bend", rng=rng)
    return Partition.of(sorted(cells.values(), key=lambda cell: cell.code))


def _cut(cells: dict[str, Cell], cell: Cell, rng: np.random.Generator) -> None:
    """Cut a cell from one vertex to another, if that makes two of it."""
    corners = shapely.get_coordinates(cell.geometry)[:-1]
    ends = corners[rng.choice(len(corners), 2, replace=False)]
    parts = shapely.get_parts(
        shapely.polygonize([shapely.union(cell.geometry.boundary, shapely.linestrings(ends))])
    )
    inside = [one for one in parts.tolist() if cell.geometry.contains(one.representative_point())]
    known = set(map(tuple, corners.tolist()))
    if len(inside) == 2 and set(map(tuple, shapely.get_coordinates(inside).tolist())) == known:
        cells[cell.code] = replace(cell, geometry=inside[0])
        code = f"{cell.code}x{rng.integers(10**6)}"
        cells[code] = replace(cell, code=code, geometry=inside[1])


def _unite(
    cells: dict[str, Cell], one: Cell, other: Cell, *, is_bent: bool, rng: np.random.Generator
) -> None:
    """Unite two cells; or straighten the border between them."""
    both = shapely.coverage_union_all([one.geometry, other.geometry])
    if both.geom_type != "Polygon":
        return
    if not is_bent:
        del cells[other.code]
        cells[one.code] = replace(one, geometry=both)
        return
    shared = shapely.line_merge(one.geometry.intersection(other.geometry))
    cells[one.code] = replace(one, geometry=both)
    del cells[other.code]
    if shared.geom_type == "LineString":
        middle = replace(one, geometry=both)
        ends = shapely.get_coordinates(shared)[[0, -1]]
        parts = shapely.get_parts(
            shapely.polygonize([shapely.union(both.boundary, shapely.linestrings(ends))])
        ).tolist()
        if len(parts) == 2 and shapely.union_all(parts).equals(both):
            cells[one.code], cells[other.code] = (
                replace(middle, geometry=parts[0]),
                replace(other, geometry=parts[1]),
            )


def check(shown: Map, whole: Partition) -> None:
    """Look at every band: its base and each level above cover the same ground, neighbours share every vertex."""
    levels = outlines.tiers(whole, UNITS)
    by_level: dict[tuple[int, str], dict[str, shapely.Geometry]] = defaultdict(dict)
    for (first, level, code), row in shown.rows.items():
        by_level[first, level][code] = shapely.from_wkb(row.shape)
        assert row.name == levels[level].names[levels[level].codes.index(code)]
        assert shapely.intersects(shapely.from_wkb(row.shape), shapely.from_wkb(row.label))
    for band in BANDS:
        grounds = []
        for level in (band.base, *band.above):
            shapes = np.array([*by_level[band.first, level].values()])
            assert set(by_level[band.first, level]) <= set(levels[level].codes)
            drawn_shapes = outlines.from_mercator(band, shapes)
            assert shapely.is_valid(drawn_shapes).all()
            assert shapely.coverage_is_valid(drawn_shapes)
            grounds.append(shapely.coverage_union_all(drawn_shapes))
        assert all(ground.equals(grounds[0]) for ground in grounds)
        assert sum(len(part.interiors) for part in shapely.get_parts(grounds[0])) == 0


@settings(max_examples=size("redrawn_cities"))
@given(
    st.lists(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4), min_size=1, max_size=3),
    st.integers(0, 10**6),
)
def test_release_after_release_the_map_stays_whole(releases: list[list[str]], seed: int) -> None:
    now, shown = city(), first_map()
    for number, kinds in enumerate(releases):
        after = edited(now, kinds, seed + number)
        shown.take(drawing.draw(CITY, UNITS, now, after, shown), UNITS)
        now = after
        check(shown, now)


_first: list[Map] = []


def first_map() -> Map:
    """Return the map of the city as its first release draws it."""
    if not _first:
        made = Map()
        made.take(drawing.draw(CITY, UNITS, None, city(), made), UNITS)
        _first.append(made)
    return Map(UNITS, dict(_first[0].rows))


def test_what_is_drawn_anew_is_what_a_whole_drawing_has() -> None:
    """Simplifying is not local to the last vertex, but where nothing is in its way it gives the same cells."""
    before = city()
    after = edited(before, ["bend", "merge", "cut", "rename", "reassign"], 3)
    shown, anew = first_map(), Map()
    shown.take(drawing.draw(CITY, UNITS, before, after, shown), UNITS)
    anew.take(drawing.draw(CITY, UNITS, None, after, anew), UNITS)
    assert shown.rows.keys() == anew.rows.keys()
    cells = [key for key in anew.rows if key[1] == CELLS]
    one, other = (
        shapely.normalize(shapely.from_wkb([made.rows[key].shape for key in cells])) for made in (shown, anew)
    )
    assert shapely.equals_exact(one, other, 0.0).all()
    assert [shown.rows[key].name for key in anew.rows] == [row.name for row in anew.rows.values()]


def test_only_the_neighbourhood_is_looked_at() -> None:
    before = city()
    after = edited(before, ["cut"], 3)
    shown = first_map()
    shown.take(drawing.draw(CITY, UNITS, before, after, shown), UNITS)
    assert 0 < len(shown.looked) < len(before.cells) / 2
    assert 0 < shown.writes < 60
    calm = first_map()
    made = drawing.draw(CITY, UNITS, before, before, calm)
    assert made == Drawing((), (), (), ())


def test_a_unit_with_another_name_or_above_another_unit_is_written_anew() -> None:
    before, shown = city(), first_map()
    renamed = [replace(unit, name="新社区") if unit.code == COMMUNITIES[0] else unit for unit in UNITS]
    made = drawing.draw(CITY, renamed, before, before, shown)
    assert {(one.level, one.code, one.name) for one in made.outlines} == {
        ("community", COMMUNITIES[0], "新社区")
    }
    street = next(unit for unit in UNITS if unit.level is Level.STREET)
    other = [unit for unit in UNITS if unit.level is Level.DISTRICT][1]
    regrouped = [replace(unit, parent=other.id) if unit == street else unit for unit in UNITS]
    made = drawing.draw(CITY, regrouped, before, before, shown)
    assert {one.level for one in made.outlines} == {"district"}
    assert {unit.code for unit in made.units} == {unit.code for unit in UNITS if unit.level is Level.DISTRICT}
