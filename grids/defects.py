"""What can be wrong with a layer of cells that somebody brings, what it would take to mend it, who must agree.

Fourteen checks. A finding says what, where, which cells, how many square metres, and the mend proposed. Nothing is
mended silently: what a mend changes of a cell adds up, and above 0.5 % or 50 m² it waits until somebody accepts it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import shapely
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from grids.code import Pattern
from grids.model import Cell

SHARE, METRES = 0.005, 50.0
"""A mend may change a cell by this share of its area, and by so many m², before somebody must accept it."""
SLIVER_WIDTH = 2.0
"""Metres: a cell nowhere wider than this is a sliver."""
NECK_WIDTH = 0.5
"""Metres: a cell that falls apart when so much is taken off its width has a neck."""
NESTED = 0.95
"""Share of a cell that must lie in the unit it names."""
Shapes = np.ndarray[tuple[int], np.dtype[np.object_]]


class Kind(StrEnum):
    """The fourteen checks."""

    FRAME = "frame"
    """Coordinates are of another frame, axis order or unit than stated."""
    ENCODING = "encoding"
    """Texts are of another encoding than stated, or cut."""
    GEOMETRY_TYPE = "geometry_type"
    """A row that is no area."""
    INVALID_RING = "invalid_ring"
    """A ring crosses itself."""
    EMPTY = "empty"
    """A row without a place."""
    DUPLICATE = "duplicate_geometry"
    """Two rows are the same area."""
    CODE = "code"
    """A code is missing, stands twice or does not follow the city's pattern."""
    OVERLAP = "overlap"
    """Land that two or more cells claim."""
    GAP = "gap"
    """Land inside that nobody claims."""
    STRIP = "missed_strip"
    """Land along the declared border that is missed, or beyond it."""
    NODE = "missing_node"
    """A junction in the border of a neighbour who has no vertex there."""
    SLIVER = "sliver"
    """A cell that is too narrow."""
    PARTS = "multipart"
    """A cell in several pieces, or nearly so."""
    NESTING = "not_nested"
    """A cell that lies outside the unit it names."""


class Mend(StrEnum):
    """What is proposed."""

    READ = "read"
    """Read the file in another way."""
    LEAVE_OUT = "leave_out"
    REBUILD = "rebuild"
    RECODE = "recode"
    YIELD = "yield"
    FILL = "fill"
    CUT = "cut"
    ADD_NODES = "add_nodes"
    JOIN = "join"
    DETACH = "detach"
    SEPARATE = "separate"
    CORRECT = "correct"
    """Nothing that a machine may do: correct the file."""


class Weight(StrEnum):
    """What a finding means for the import."""

    NOTED = "noted"
    """It may stay as it is."""
    MENDED = "mended"
    """So small that it is mended, and said."""
    OPEN = "open"
    """The mend waits for somebody's acceptance."""
    ACCEPTED = "accepted"
    """Somebody accepted the mend."""
    REFUSED = "refused"
    """The file must be corrected."""


ALWAYS_ASKED = frozenset({Mend.READ, Mend.LEAVE_OUT, Mend.RECODE, Mend.SEPARATE})
"""Mends that change more than land: somebody must accept each."""
WISHED = frozenset({Mend.JOIN})
"""Mends that nobody needs: they are done only where somebody accepted them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: cells by code, rows from 1, a place in the metric frame, m² of land concerned."""

    kind: Kind
    cells: tuple[str, ...]
    place: BaseGeometry
    area: float
    mend: Mend
    says: str
    rows: tuple[int, ...] = ()
    to: str | None = None
    """Who takes the land, or the new code, or how to read the file."""
    width: float | None = None
    """Metres across, where that tells something."""
    count: int = 1
    changes: Mapping[str, float] = field(default_factory=dict)
    """Square metres by which the mend changes cells, by code."""
    weight: Weight = Weight.OPEN

    @property
    def id(self) -> str:
        """Return a name that stays when the file is read again, or comes again with the same defect in it."""
        middle = Point() if self.place.is_empty else shapely.point_on_surface(self.place)
        at = "" if middle.is_empty else f"{middle.x:.1f},{middle.y:.1f}"
        rows = "" if self.cells else ",".join(map(str, self.rows))
        said = "|".join(
            [self.kind, "+".join(sorted(self.cells)), rows, at, f"{self.area:.2f}", self.to or ""]
        )
        return hashlib.sha256(said.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the layer as it was read: its number, texts, and geometry in the metric frame, if any."""

    number: int
    code: str | None
    name: str
    community: str | None
    shape: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class Ground:
    """What the layer is judged against: the pattern of codes, the declared land, the units, codes ever used."""

    pattern: Pattern | None
    land: BaseGeometry | None = None
    """Polygon or polygons the cells must fill; None where nobody declared one."""
    units: Mapping[str, BaseGeometry] = field(default_factory=dict)
    """Area of each unit that cells may name as theirs; empty where none is known."""
    used: frozenset[str] = frozenset()
    """Codes that were ever given; a new one is none of these."""
    retired: frozenset[str] = frozenset()
    """Codes that were given and are never used again."""
    communities: frozenset[str] | None = None
    """Codes of the communities there are; None where any will do."""


@dataclass(frozen=True, slots=True)
class Change:
    """What mending does to one cell: m² before and after, and the share of it that changes."""

    code: str
    before: float
    after: float
    share: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything found, the cells as they would be when mended, and which of them change how much."""

    findings: tuple[Finding, ...]
    cells: tuple[Cell, ...]
    changes: tuple[Change, ...]
    rows: int

    @property
    def is_ready(self) -> bool:
        """Return whether nothing waits for a decision."""
        return not any(one.weight in {Weight.OPEN, Weight.REFUSED} for one in self.findings)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What somebody accepted: findings by id, and (code of a cell or "row n", kind)."""

    ids: frozenset[str] = frozenset()
    named: frozenset[tuple[str, Kind]] = frozenset()

    def holds(self, finding: Finding) -> bool:
        """Return whether `finding` is accepted."""
        names = finding.cells or tuple(f"row {number}" for number in finding.rows)
        return finding.id in self.ids or any((name, finding.kind) in self.named for name in names)


def weigh(findings: Iterable[Finding], areas: Mapping[str, float], accepted: Accepted) -> tuple[Finding, ...]:
    """Return the findings with what each means; small mends add up for every cell they change."""
    listed = list(findings)
    agreed = [accepted.holds(one) and one.weight is Weight.OPEN for one in listed]
    sums: dict[str, float] = defaultdict(float)
    for one, is_agreed in zip(listed, agreed, strict=True):
        if one.weight is Weight.OPEN and one.mend not in WISHED | ALWAYS_ASKED and not is_agreed:
            for code, area in one.changes.items():
                sums[code] += area
    return tuple(
        one if one.weight is not Weight.OPEN else replace(one, weight=_weight(one, is_agreed, sums, areas))
        for one, is_agreed in zip(listed, agreed, strict=True)
    )


def _weight(one: Finding, is_agreed: bool, sums: Mapping[str, float], areas: Mapping[str, float]) -> Weight:
    if is_agreed:
        return Weight.ACCEPTED
    if one.mend in WISHED:
        return Weight.NOTED
    if one.mend in ALWAYS_ASKED:
        return Weight.OPEN
    is_over = any(sums[code] > limit(areas.get(code, 0.0)) for code in one.changes)
    return Weight.OPEN if is_over else Weight.MENDED


def limit(area: float) -> float:
    """Return the m² by which a cell of `area` m² may be changed before somebody must accept it."""
    return min(SHARE * area, METRES)


def width(shape: BaseGeometry) -> float:
    """Return about how many metres a narrow shape is wide: its area by half its perimeter."""
    around = float(shapely.length(shape))
    return 2 * float(shapely.area(shape)) / around if around else 0.0


def areas(polygons: Mapping[str, Polygon]) -> dict[str, float]:
    """Return the m² of each polygon."""
    found = shapely.area(np.array(list(polygons.values()), dtype=object)) if polygons else np.empty(0)
    return dict(zip(polygons, found.tolist(), strict=True))


def counts(findings: Sequence[Finding]) -> dict[Kind, int]:
    """Return how many findings there are of each of the fourteen kinds, zeros included."""
    return {kind: sum(one.kind is kind for one in findings) for kind in Kind}


def only(findings: Iterable[Finding], weights: Collection[Weight]) -> tuple[Finding, ...]:
    """Return the findings of these weights."""
    return tuple(one for one in findings if one.weight in weights)
