"""Diagnose a layer of cells: everything that is wrong with it, and the whole partition it would be when mended.

Only the cells round a defect are mended, by `grids.repair`; all others stay as they are to the last bit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from grids import defects, defects_borders, defects_codes, partition, repair
from grids.defects import Accepted, Change, Diagnosis, Finding, Ground, Kind, Mend, Row, Weight
from grids.defects_rows import Pieces, pieces
from grids.model import MILLIMETRE, Cell

SAID = {
    repair.Kind.OVERLAP: (Kind.OVERLAP, Mend.YIELD, "m² both claim it; the smaller keeps it"),
    repair.Kind.GAP: (Kind.GAP, Mend.FILL, "m² nobody claims it; the longest neighbour takes it"),
    repair.Kind.STRIP: (Kind.STRIP, Mend.FILL, "m² along the declared border, claimed by nobody"),
    repair.Kind.BEYOND: (Kind.STRIP, Mend.CUT, "m² beyond the declared border"),
    repair.Kind.DETACHED: (Kind.PARTS, Mend.DETACH, "m² comes off when the rest is mended"),
    repair.Kind.LOST: (Kind.OVERLAP, Mend.LEAVE_OUT, "m² nothing is left of it: others claim all of it"),
    repair.Kind.INVALID: (Kind.INVALID_RING, Mend.REBUILD, "m² a ring crosses itself on the millimetre grid"),
}
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Whole:
    """The cells after mending, by code, and what was found while they were mended."""

    polygons: dict[str, Polygon]
    findings: tuple[Finding, ...]


def diagnose(
    rows: Sequence[Row], ground: Ground, accepted: Accepted, told: Told = lambda _stage: None
) -> Diagnosis:
    """Return what is wrong with `rows`, each finding weighed by its mend, and the cells as mended.

    The cells are whole when every mend is done; whether it may be is what the weights say. Shapes are in the metric
    frame on the millimetre grid. `told` hears what is being done.
    """
    told("rows")
    found = pieces(rows, ground)
    told("borders")
    mended = _mended(found.polygons, ground)
    told("shapes")
    narrow = _slivers(found.polygons, mended.polygons)
    findings = [*found.findings, *mended.findings, *narrow, *_necks(found.polygons)]
    findings += _outside(found, ground)
    before = defects.areas(found.polygons)
    weighed = defects.weigh(findings, before, accepted)
    polygons = _joined(mended.polygons, weighed, accepted)
    told("result")
    cells = tuple(
        Cell(code, found.rows[code].name, defects_codes.community_of(code, found.rows[code], ground), polygon)
        for code, polygon in sorted(polygons.items())
    )
    changes = _changes(_given(rows, found), polygons)
    ordered = sorted(weighed, key=lambda one: (list(Kind).index(one.kind), one.cells, -one.area))
    return Diagnosis(tuple(ordered), cells, changes, len(rows))


def _mended(polygons: Mapping[str, Polygon], ground: Ground) -> _Whole:
    """Return the polygons with the neighbourhoods of defects made whole."""
    codes = list(polygons)
    shapes = np.array(list(polygons.values()), dtype=object)
    if not len(shapes):
        return _Whole({}, ())
    found = defects_borders.mismatch(shapes, ground.land)
    if not found.touched:
        return _Whole(dict(polygons), ())
    whole, mended = _mend_some(polygons, found.touched, ground)
    left = _remaining(whole, ground)
    if left or any(one.kind is repair.Kind.DETACHED and one.taker is None for one in mended):
        near = defects_borders.neighbourhood(found.touched, shapes)  # what came off may belong to one beside
        whole, mended = _mend_some(polygons, near, ground)
        left = _remaining(whole, ground)
    told = [one for one in mended if one.kind is repair.Kind.LOST or not defects_borders.is_thin(one.place)]
    nodes = {(codes[one], codes[other]): places for (one, other), places in found.nodes.items()}
    misses = _near_misses(codes, shapes, found.beside)
    return _Whole(whole, (*_nodes(nodes, told), *misses, *map(_defect, told), *left))


def _near_misses(codes: Sequence[str], shapes: defects.Shapes, beside: frozenset[int]) -> list[Finding]:
    """Return the borders that match, but for a vertex less than a millimetre beside them."""
    cells = (
        [Cell(code, "", "", shape) for code, shape in zip(codes, shapes.tolist(), strict=True)]
        if beside
        else []
    )
    return [
        Finding(Kind.NODE, one.codes, one.place, 0.0, Mend.ADD_NODES, f"less than a millimetre apart: {one.message}")
        for one in partition.mismatches(cells, shapes, np.array(sorted(beside)))
    ] if beside else []  # fmt: skip


def _mend_some(
    polygons: Mapping[str, Polygon], chosen: Collection[int], ground: Ground
) -> tuple[dict[str, Polygon], tuple[repair.Defect, ...]]:
    """Return the polygons with those chosen, by index, made whole among themselves, and what was changed for it."""
    some = {code: polygon for index, (code, polygon) in enumerate(polygons.items()) if index in chosen}
    others = tuple(polygon for code, polygon in polygons.items() if code not in some)
    mended = repair.mend(some, repair.Wishes(), repair.Around(others, ground.land))
    whole = {code: mended.polygons.get(code, polygon) for code, polygon in polygons.items()
             if code not in some or code in mended.polygons}  # fmt: skip
    return whole, mended.defects


def _nodes(nodes: Mapping[tuple[str, str], np.ndarray], told: Sequence[repair.Defect]) -> list[Finding]:
    """Return the junctions that are missing; where two cells overlap, those of that land are no news."""
    overlaps: dict[frozenset[str], list[BaseGeometry]] = defaultdict(list)
    for one in told:
        if one.kind is repair.Kind.OVERLAP:
            overlaps[frozenset(one.keys)].append(one.place)
    findings = []
    for (without, having), xy in nodes.items():
        places = np.asarray(shapely.points(xy), dtype=object)
        known = shapely.union_all(overlaps[frozenset((without, having))])
        apart = places[~shapely.dwithin(known, places, 2 * MILLIMETRE)]
        if len(apart):
            says = f"{having} has a junction in the border of {without}, which has no vertex there"
            place = MultiPoint(list(apart))
            findings.append(
                Finding(Kind.NODE, (without, having), place, 0.0, Mend.ADD_NODES, says, count=len(apart))
            )
    return findings


def _defect(one: repair.Defect) -> Finding:
    kind, mend, says = SAID[one.kind]
    losers = () if one.kind in {repair.Kind.GAP, repair.Kind.STRIP} else one.keys[:1]
    touched = (*losers, *((one.taker,) if one.taker and one.kind is not repair.Kind.OVERLAP else ()))
    return Finding(
        kind, one.keys, one.place, one.area, mend, f"{one.area:,.3f} {says}", to=one.taker,
        width=round(defects.width(one.place), 3), changes=dict.fromkeys(touched, one.area),
    )  # fmt: skip


def _slivers(given: Mapping[str, Polygon], mended: Mapping[str, Polygon]) -> list[Finding]:
    """Return the cells that are too narrow, with the neighbour who has most of their border."""
    codes = list(given)
    if not codes:
        return []
    found = []
    shapes = np.array(list(mended.values()), dtype=object)
    for index in defects_borders.slivers(list(given.values()), defects.SLIVER_WIDTH):
        code, shape = codes[index], given[codes[index]]
        to = _longest(code, mended, shapes)
        says = f"nowhere wider than {defects.SLIVER_WIDTH:g} m"
        changes = (
            {code: float(shape.area)} if to is None else {code: float(shape.area), to: float(shape.area)}
        )
        found.append(
            Finding(
                Kind.SLIVER, (code,), shape, float(shape.area), Mend.JOIN, says, to=to,
                width=round(defects.width(shape), 3), changes=changes,
            )
        )  # fmt: skip
    return found


def _longest(code: str, mended: Mapping[str, Polygon], shapes: defects.Shapes) -> str | None:
    own = mended.get(code)
    if own is None:
        return None
    names = list(mended)
    lengths: dict[str, float] = defaultdict(float)
    for other in shapely.STRtree(shapes).query(own, predicate="touches").tolist():
        shared = shapely.intersection(shapely.boundary(own), shapely.boundary(shapes[other]))
        lengths[names[other]] = float(shared.length)
    best = max(lengths, key=lambda name: (lengths[name], name), default=None)
    return best if best is not None and lengths[best] > 0 else None


def _necks(given: Mapping[str, Polygon]) -> list[Finding]:
    codes = list(given)
    says = f"a neck narrower than {defects.NECK_WIDTH:g} m: the cell nearly falls apart"
    return [
        Finding(Kind.PARTS, (codes[index],), place, float(place.area), Mend.CORRECT, says, weight=Weight.NOTED)
        for index, place in defects_borders.necks(list(given.values()), defects.NECK_WIDTH)
    ] if codes else []  # fmt: skip


def _outside(found: Pieces, ground: Ground) -> list[Finding]:
    """Return the cells that lie outside the unit they name by more than a twentieth."""
    findings = []
    groups: dict[str, list[str]] = defaultdict(list)
    for code, row in found.rows.items():
        named = row.community if row.community in ground.units else None
        groups[named or defects_codes.community_of(code, row, ground)].append(code)
    for unit, codes in groups.items():
        area = ground.units.get(unit)
        if area is None:
            continue
        shapely.prepare(area)
        shapes = np.array([found.polygons[code] for code in codes], dtype=object)
        for index in np.flatnonzero(~shapely.covers(area, shapes)).tolist():
            away = shapely.difference(shapes[index], area)
            if away.area > (1 - defects.NESTED) * shapes[index].area:
                findings.append(_strayed(codes[index], unit, shapes[index], away, ground))
    return findings


def _strayed(code: str, unit: str, shape: Polygon, away: BaseGeometry, ground: Ground) -> Finding:
    shares = {
        name: float(shapely.intersection(shape, area).area)
        for name, area in ground.units.items()
        if shapely.intersects(area, shape)
    }
    most = max(shares, key=lambda name: (shares[name], name), default=None)
    to = most if most is not None and most != unit and shares[most] > 0 else None
    inside = 1 - float(away.area) / float(shape.area)
    says = f"{inside:.0%} lie inside the unit {unit} it names"
    if to is not None:
        says = f"{inside:.0%} lie inside the unit {unit} it names, more in {to}"
    return Finding(
        Kind.NESTING, (code,), away, float(away.area), Mend.CORRECT, says, to=to, weight=Weight.NOTED
    )


def _joined(
    polygons: dict[str, Polygon], findings: Sequence[Finding], accepted: Accepted
) -> dict[str, Polygon]:
    """Return the polygons with accepted slivers in their neighbours."""
    joined = dict(polygons)
    for one in findings:
        if one.mend is not Mend.JOIN or not accepted.holds(one) or one.cells[0] not in joined:
            continue
        if one.to in joined:
            both = shapely.coverage_union_all([joined[one.cells[0]], joined[one.to]])
            if isinstance(both, Polygon):
                joined[one.to] = both
                del joined[one.cells[0]]
    return joined


def _remaining(polygons: Mapping[str, Polygon], ground: Ground) -> list[Finding]:
    """Return what mending could not make whole; the file must be corrected there."""
    codes = list(polygons)
    shapes = np.array(list(polygons.values()), dtype=object)
    if not codes:
        return []
    left = defects_borders.mismatch(shapes, ground.land)
    return [
        Finding(Kind.OVERLAP, (codes[index],), shapes[index], float(shapes[index].area), Mend.CORRECT,
                "cannot be mended here: look at its borders", weight=Weight.REFUSED)
        for index in sorted(left.touched)
    ]  # fmt: skip


def _given(rows: Sequence[Row], found: Pieces) -> dict[str, BaseGeometry]:
    """Return what each code was in the file: the whole row for the piece that keeps its code."""
    shapes = {row.number: row.shape for row in rows}
    given: dict[str, BaseGeometry] = {}
    seen: set[int] = set()
    by_size = sorted(found.polygons, key=lambda code: -float(found.polygons[code].area))
    for code in by_size:
        number = found.rows[code].number
        shape = shapes[number]
        if number not in seen and shape is not None:
            seen.add(number)
            given[code] = shape
    return given


def _changes(before: Mapping[str, BaseGeometry], after: Mapping[str, Polygon]) -> tuple[Change, ...]:
    """Return the cells that are not what they were, with the share of their area that changes."""
    changes = []
    for code in sorted(before.keys() | after.keys()):
        was, is_ = before.get(code), after.get(code)
        if was is is_ or (was is not None and is_ is not None and was.equals(is_)):
            continue
        area_was, area_is = (0.0 if one is None else float(one.area) for one in (was, is_))
        if was is None or is_ is None:
            share = 1.0
        else:
            solid = was if was.is_valid else shapely.make_valid(was, method="structure")
            share = float(shapely.symmetric_difference(solid, is_).area) / max(area_was, area_is)
        changes.append(Change(code, area_was, area_is, share))
    return tuple(changes)


def joined(diagnosis: Diagnosis, findings: Sequence[Finding]) -> Diagnosis:
    """Return the diagnosis with further findings, such as those of reading the file, before its own."""
    return replace(diagnosis, findings=(*findings, *diagnosis.findings))
