"""From rows of a layer to one polygon for each cell: no area, empty, twice, crossing itself, in pieces, coded wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import GeometryCollection, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from grids import defects_codes
from grids.defects import Finding, Ground, Kind, Mend, Row, Weight, limit

NOWHERE = GeometryCollection()


@dataclass(frozen=True, slots=True)
class Pieces:
    """One polygon for each cell to be, by code, the row each comes from, and what was found on the way."""

    polygons: dict[str, Polygon]
    rows: dict[str, Row]
    findings: tuple[Finding, ...]


def pieces(rows: Sequence[Row], ground: Ground) -> Pieces:
    """Return the cells that are in the rows; what was wrong with them is in the findings."""
    findings: list[Finding] = []
    said = {row.code for row in rows if row.code is not None}
    ground = replace(
        ground, used=ground.used | said
    )  # a new code is none that stands in the file, kept or not
    areas = _distinct(_areas(rows, findings), findings)
    coded = defects_codes.coded(areas, ground, findings)
    valid = _valid(coded, findings)
    return _parted(valid, ground, findings)


def shape(row: Row) -> BaseGeometry:
    """Return the geometry of a row that has one."""
    return row.shape if row.shape is not None else NOWHERE


def _areas(rows: Sequence[Row], findings: list[Finding]) -> list[Row]:
    """Return the rows that are areas; of a collection its areas count."""
    kept = []
    for row in rows:
        code = (row.code,) if row.code else ()
        given = shape(row)
        if given.is_empty:
            says = "the row has no place" if row.shape is None else "the row's geometry is empty"
            findings.append(Finding(Kind.EMPTY, code, NOWHERE, 0.0, Mend.LEAVE_OUT, says, (row.number,)))
        elif isinstance(given, Polygon | MultiPolygon):
            kept.append(row)
        else:
            found = [one for one in shapely.get_parts(given) if isinstance(one, Polygon | MultiPolygon)]
            mend = Mend.REBUILD if found else Mend.LEAVE_OUT
            says = f"a cell is an area, this is {given.geom_type}"
            if found:
                says += "; its areas count, the rest is left out"
                kept.append(replace(row, shape=shapely.union_all(found)))
            findings.append(
                Finding(
                    Kind.GEOMETRY_TYPE, code, given, float(given.area), mend, says, (row.number,),
                    changes={row.code: float(given.area)} if found and row.code else {},
                )
            )  # fmt: skip
    return kept


def _distinct(rows: list[Row], findings: list[Finding]) -> list[Row]:
    """Return the rows without those that are the same area as one that stays."""
    keys = shapely.to_wkb(shapely.normalize(np.array([shape(row) for row in rows], dtype=object)))
    same: dict[bytes, list[Row]] = defaultdict(list)
    for key, row in zip(keys.tolist(), rows, strict=True):
        same[key].append(row)
    gone = set()
    for group in same.values():
        stays = next((row for row in group if row.code), group[0])
        for row in group:
            if row is stays:
                continue
            gone.add(row.number)
            is_same = row.code == stays.code
            says = f"rows {stays.number} and {row.number} are the same area and code"
            if not is_same:
                says = f"rows {stays.number} and {row.number} are the same area, coded {stays.code} and {row.code}"
            codes = tuple(dict.fromkeys(code for code in (stays.code, row.code) if code))
            findings.append(
                Finding(
                    Kind.DUPLICATE, codes, shape(row), float(shape(row).area), Mend.LEAVE_OUT, says,
                    (stays.number, row.number), weight=Weight.MENDED if is_same else Weight.OPEN,
                )
            )  # fmt: skip
    return [row for row in rows if row.number not in gone]


def _valid(coded: dict[str, Row], findings: list[Finding]) -> dict[str, Row]:
    """Return the rows with rings rebuilt where they cross themselves (make_valid, method structure)."""
    shapes = np.array([shape(row) for row in coded.values()], dtype=object)
    found = dict(coded)
    for index in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        code, row = list(coded.items())[index]
        reason = shapely.is_valid_reason(shapes[index])
        rebuilt = shapely.make_valid(shapes[index], method="structure", keep_collapsed=False)
        changed = abs(float(rebuilt.area) - float(shapes[index].area))
        gone = rebuilt.is_empty or not isinstance(rebuilt, Polygon | MultiPolygon)
        says = f"a ring crosses or touches itself: {reason}"
        findings.append(
            Finding(
                Kind.INVALID_RING, (code,), NOWHERE if gone else rebuilt, changed,
                Mend.LEAVE_OUT if gone else Mend.REBUILD, says, (row.number,), changes={code: changed},
            )
        )  # fmt: skip
        if gone:
            del found[code]
        else:
            found[code] = replace(row, shape=rebuilt)
    return found


def _parted(coded: dict[str, Row], ground: Ground, findings: list[Finding]) -> Pieces:
    """Return one polygon for each code: the largest piece keeps it, crumbs are let go, others become cells."""
    polygons: dict[str, Polygon] = {}
    rows: dict[str, Row] = {}
    further: list[tuple[str, Polygon]] = []
    for code, row in coded.items():
        given = shape(row)
        parts = [given] if isinstance(given, Polygon) else sorted(shapely.get_parts(given), key=_largest)
        polygons[code], rows[code] = parts[0], row
        for part in parts[1:]:
            if part.area > limit(given.area):
                further.append((code, part))
                continue
            says = f"a piece of {part.area:,.2f} m² beside the cell is let go"
            changes = {code: float(part.area)}
            findings.append(
                Finding(Kind.PARTS, (code,), part, float(part.area), Mend.DETACH, says, (row.number,),
                        changes=changes)
            )  # fmt: skip
    new = defects_codes.proposed([(coded[code], part) for code, part in further], list(polygons), ground)
    for (code, part), fresh in zip(further, new, strict=True):
        says = f"a piece of {part.area:,.2f} m² apart from the rest becomes a cell of its own"
        polygons[fresh], rows[fresh] = part, coded[code]
        findings.append(
            Finding(
                Kind.PARTS, (code,), part, float(part.area), Mend.SEPARATE, says, (coded[code].number,),
                to=fresh, changes={code: float(part.area)},
            )
        )  # fmt: skip
    return Pieces(polygons, rows, tuple(findings))


def _largest(part: Polygon) -> tuple[float, tuple[float, ...]]:
    return -float(part.area), part.bounds
