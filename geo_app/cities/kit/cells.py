"""The base: cells from a layer of polygons, made whole, with every mend diagnosed and weighed.

A mend listed in city.toml is applied; any other that changes a cell by more than 0.5 % or 50 m² refuses the city.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo_app.cities.kit.findings import Finding, Findings, Weight
from geo_app.cities.kit.manifest import Kit, Mend
from geo_app.cities.kit.shapes import Ground, Located
from grids import partition, repair
from grids.model import Cell, Partition

SHARE, METRES = 0.005, 50.0
"""A cell may be changed by this share of its area, and by so many m², before somebody must decide."""
CLOSE = 0.02
"""A listed mend is about a defect when their m² agree within this share, or within 1 m²."""
WHAT = {
    repair.Kind.OVERLAP: "yield", repair.Kind.GAP: "fill", repair.Kind.INVALID: "reshape",
    repair.Kind.DETACHED: "detach", repair.Kind.LOST: "drop",
}  # fmt: skip


SAID = {
    repair.Kind.OVERLAP: "both claim", repair.Kind.GAP: "between them nobody claims",
    repair.Kind.INVALID: "the ring crosses itself; rebuilt, its area changes by",
    repair.Kind.DETACHED: "a piece comes off, of", repair.Kind.LOST: "nothing is left of its",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """One polygon of the layer: its key (`id`, or `id/n` for the n-th largest part), its row, its fields."""

    key: str
    row: int
    fields: Mapping[str, str | None]
    polygon: Polygon


@dataclass(frozen=True, slots=True)
class _Base:
    """The layer under repair: turns its defects into findings."""

    layer: str
    given: Mapping[str, Piece]
    ground: Ground

    def finding(self, weight: Weight, defect: repair.Defect, does: str, over: Sequence[str] = ()) -> Finding:
        """Return the finding about a defect; `over` are the cells it changes more than it may."""
        names = " and ".join(f"{self.given[key].fields.get('name') or key} ({key})" for key in defect.keys)
        message = f"{SAID[defect.kind]} {defect.area:,.2f} m²: {names}"
        if over:
            named = ", ".join(f"{key} ({self.given[key].polygon.area:,.0f} m²)" for key in over)
            message += f"; more than {SHARE:.1%} or {METRES:g} m² of {named}: list it under mends or correct the file"
        key = defect.keys[0] if defect.keys else None
        row = self.given[key].row if key is not None else None
        place = None if defect.place.is_empty else self.ground.lonlat(defect.place)
        rule = str(defect.kind)
        return Finding(weight, self.layer, rule, message, row, key, place, does, round(defect.area, 3))


def pieces(layer: str, located: Located, findings: Findings) -> dict[str, Piece]:
    """Return each part of each row by key; a doubled or missing id and what is no area are refused."""
    found: dict[str, Piece] = {}
    ids = Counter(row.get("id") for row in located.rows)
    for row, number, shape in zip(located.rows, located.numbers, located.shapes, strict=True):
        ident = row.get("id")
        if ident is None:
            findings.refuse(layer, "missing_id", "a cell needs an id", row=number)
            continue
        if ids[ident] > 1:
            message = f"the id {ident!r} stands {ids[ident]} times; ids are unique"
            findings.refuse(layer, "duplicate_id", message, row=number)
            continue
        if not isinstance(shape, shapely.Polygon | shapely.MultiPolygon):
            findings.refuse(
                layer, "geometry_type", f"a cell is an area, this is {shape.geom_type}", row=number
            )
            continue
        parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
        for count, part in enumerate(parts, 1):
            key = ident if len(parts) == 1 else f"{ident}/{count}"
            found[key] = Piece(key, number, row, part)
        if len(parts) > 1:
            areas = ", ".join(f"{part.area:,.0f}" for part in parts)
            findings.add(
                Finding(
                    Weight.NOTED, layer, "multipart", f"{len(parts)} parts, each a cell of its own: {areas} m²",
                    number, row.get("name") or ident,
                )
            )  # fmt: skip
    return found


def mend(
    kit: Kit, layer: str, given: Mapping[str, Piece], ground: Ground, findings: Findings
) -> dict[str, Polygon]:
    """Return the polygons of a whole partition by key; what is changed for it is in the findings."""
    base = _Base(layer, given, ground)
    known = _known(kit, given, findings, layer)
    dropped = {one.cell: one for one in known if one.what == "drop"}
    used: set[Mend] = set()
    shapes: dict[str, BaseGeometry] = {}
    for key, piece in given.items():
        if key not in dropped:
            shapes[key] = piece.polygon
    for key, decision in dropped.items():
        defect = repair.Defect(repair.Kind.LOST, (key,), given[key].polygon, given[key].polygon.area, None)
        if _fits(decision, defect):
            used.add(decision)
            findings.add(base.finding(Weight.MENDED, defect, f"{_does(defect)}: {decision.reason}"))
        else:
            shapes[key] = given[key].polygon
    wishes = repair.Wishes(
        frozenset((one.cell, one.to) for one in known if one.to is not None),
        frozenset(one.cell for one in known if one.what == "fill"),
    )
    mended = repair.mend(shapes, wishes)
    used |= _weigh(kit, base, mended, findings)
    for one in known:
        if one not in used:
            message = f"the mend ({one.what}, {one.area:g} m²) fits no defect of the layer; look again"
            findings.add(Finding(Weight.REFUSED, layer, "mends", message, subject=one.cell, area=one.area))
    if mended.junctions:
        findings.note(layer, "junctions", f"{mended.junctions} missing junctions were put into borders")
    cells = [Cell(key, "", "", polygon) for key, polygon in mended.polygons.items()]
    for problem in partition.check(Partition.of(cells)):
        findings.refuse(layer, problem.rule, problem.message)
    return dict(mended.polygons)


def _known(kit: Kit, given: Mapping[str, Piece], findings: Findings, layer: str) -> list[Mend]:
    known = []
    for one in kit.mends:
        strange = [key for key in (one.cell, one.to) if key is not None and key not in given]
        if strange:
            message = f"the mend names {strange[0]!r}, which the layer has not"
            findings.add(Finding(Weight.REFUSED, layer, "mends", message, subject=one.cell))
        else:
            known.append(one)
    return known


def _weigh(kit: Kit, base: _Base, mended: repair.Mended, findings: Findings) -> set[Mend]:
    """Turn defects into findings; small ones add up for each cell they change. Return the mends that were used."""
    used: set[Mend] = set()
    open_: list[tuple[repair.Defect, tuple[str, ...]]] = []
    changed: dict[str, float] = defaultdict(float)
    for defect in mended.defects:
        decision = next((one for one in kit.mends if one not in used and _fits(one, defect)), None)
        if decision is not None:
            used.add(decision)
            findings.add(base.finding(Weight.MENDED, defect, f"{_does(defect)}: {decision.reason}"))
            continue
        touched = _touched(defect)
        open_.append((defect, touched))
        for key in touched:
            changed[key] += defect.area
    limits = {key: min(SHARE * float(base.given[key].polygon.area), METRES) for key in changed}
    for defect, touched in open_:
        over = [key for key in touched if changed[key] > limits[key] or defect.kind is repair.Kind.LOST]
        weight = Weight.REFUSED if over else Weight.MENDED
        findings.add(base.finding(weight, defect, _does(defect), over))
    return used


def _touched(defect: repair.Defect) -> tuple[str, ...]:
    """Return the keys whose land changes by a defect."""
    if defect.kind is repair.Kind.GAP:
        return (defect.taker,) if defect.taker else ()
    loser = defect.keys[0]
    both = defect.kind is repair.Kind.DETACHED and defect.taker is not None
    return (loser, str(defect.taker)) if both else (loser,)


def _fits(one: Mend, defect: repair.Defect) -> bool:
    """Return whether a listed mend speaks of a defect."""
    if one.what != WHAT[defect.kind] or abs(one.area - defect.area) > max(1.0, CLOSE * defect.area):
        return False
    if defect.kind is repair.Kind.GAP:
        return one.cell == defect.taker
    return one.cell == defect.keys[0] and one.to in {None, defect.taker}


def _does(defect: repair.Defect) -> str:
    """Return what the mend of a defect is, as city.toml calls it."""
    cell = defect.taker if defect.kind is repair.Kind.GAP else defect.keys[0]
    to = f", to = {defect.taker}" if defect.kind is repair.Kind.OVERLAP else ""
    return f"{WHAT[defect.kind]} (cell = {cell}{to}, area = {defect.area:.4g})"


def outside(
    layer: str,
    given: Mapping[str, Piece],
    polygons: Mapping[str, Polygon],
    parents: Mapping[str, BaseGeometry],
    findings: Findings,
) -> None:
    """Say how much land of the cells lies outside the units above them, in all and for each cell."""
    if not parents or not polygons:
        return
    whole = shapely.coverage_union_all(np.array(list(polygons.values()), dtype=object))
    away = shapely.difference(whole, shapely.union_all(list(parents.values())))
    findings.note(
        layer, "not_nested", f"{away.area / 1e6:.2f} km² lie outside all units above; kept by their code"
    )
    for key, polygon in polygons.items():
        parent = parents.get(given[key].fields.get("parent") or "")
        if parent is None:
            continue
        inside = float(shapely.intersection(polygon, parent).area) / float(polygon.area)
        if inside < 0.95:
            name = given[key].fields.get("name") or key
            message = f"{inside:.0%} lie inside the unit {given[key].fields['parent']} it names"
            findings.add(Finding(Weight.NOTED, layer, "not_nested", message, given[key].row, name))
