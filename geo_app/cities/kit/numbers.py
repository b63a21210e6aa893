"""Codes for cells that come without: communities by name from a table of codes, cells numbered inside them.

GB/T 30428.1: street 9 digits + community 3 + sequence 3. A community that the table does not know under its street
gets 901 and up, from west to east, and is flagged: the authority will give it a code of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shapely import Polygon

from geo_app.cities.kit.cells import Piece
from geo_app.cities.kit.findings import Finding, Findings, Weight
from geo_app.cities.model import CellRow, Level, UnitRow
from grids import code as grid_code

FIRST_SPARE = 901
_ENDINGS = re.compile(r"^(.*?)(?:社区|村)*(?:居委会|委会)?$")


@dataclass(frozen=True, slots=True)
class Known:
    """The communities of a code table: 12-digit codes by street (9 digits) and bare name."""

    codes: Mapping[tuple[str, str], str]
    streets: Mapping[str, tuple[str, ...]]
    """The streets that have a community of a bare name."""

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, str | None]]) -> Known:
        """Return what rows of `code` and `name` know; a name that stands twice in a street answers for none."""
        codes: dict[tuple[str, str], set[str]] = defaultdict(set)
        streets: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            code, name = row.get("code") or "", row.get("name") or ""
            if re.fullmatch(r"\d{12}", code):
                codes[code[:9], bare(name)].add(code)
                streets[bare(name)].add(code[:9])
        return cls(
            {key: next(iter(found)) for key, found in codes.items() if len(found) == 1},
            {name: tuple(sorted(found)) for name, found in streets.items()},
        )


def bare(name: str) -> str:
    """Return the name without 社区, 村, 居委会 and the like, which every source writes differently."""
    found = _ENDINGS.match(name.strip())
    return found.group(1) if found else name


def number(
    layer: str, given: Mapping[str, Piece], polygons: Mapping[str, Polygon], known: Known, findings: Findings
) -> tuple[list[UnitRow], list[CellRow]]:
    """Return communities and cells with their codes, in order of code."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key in polygons:
        row = given[key].fields
        groups[row.get("parent") or "", row.get("name") or key].append(key)
    codes = _communities(layer, groups, given, polygons, known, findings)
    units, cells = [], []
    for group, keys in groups.items():
        street, name = group
        units.append(UnitRow(Level.COMMUNITY, codes[group], name, street))
        for count, key in enumerate(_west_to_east(keys, polygons), 1):
            label = name if len(keys) == 1 else f"{name}（{count}）"
            cells.append(CellRow(grid_code.build(codes[group], count), label, codes[group], polygons[key]))
    return sorted(units, key=lambda unit: unit.code), sorted(cells, key=lambda cell: cell.code)


def _communities(
    layer: str, groups: Mapping[tuple[str, str], list[str]], given: Mapping[str, Piece],
    polygons: Mapping[str, Polygon], known: Known, findings: Findings,
) -> dict[tuple[str, str], str]:  # fmt: skip
    """Return the code of each community, (street, name)."""
    codes: dict[tuple[str, str], str] = {}
    spare: dict[str, int] = defaultdict(lambda: FIRST_SPARE)
    taken: set[str] = set()
    middle = {group: min(polygons[key].centroid.x for key in keys) for group, keys in groups.items()}
    for group in sorted(groups, key=lambda group: (middle[group], group)):
        street, name = group
        code = known.codes.get((street, bare(name)))
        if code is None or code in taken:
            code = f"{street}{spare[street]:03d}"
            spare[street] += 1
            elsewhere = [one for one in known.streets.get(bare(name), ()) if one != street]
            seen = f"known under {', '.join(elsewhere)} only" if elsewhere else "not in the code table"
            findings.add(
                Finding(
                    Weight.NOTED, layer, "spare_code", f"{seen}: gets the spare code {code}",
                    given[groups[group][0]].row, name,
                )
            )  # fmt: skip
        taken.add(code)
        codes[group] = code
    return codes


def _west_to_east(keys: Sequence[str], polygons: Mapping[str, Polygon]) -> list[str]:
    """Return the keys in the order of the scheme: from west to east, then from north to south."""
    return sorted(keys, key=lambda key: (polygons[key].centroid.x, -polygons[key].centroid.y))


def as_given(
    layer: str, given: Mapping[str, Piece], polygons: Mapping[str, Polygon], findings: Findings
) -> tuple[list[UnitRow], list[CellRow]]:
    """Return communities and cells by the codes that the layer has; further parts of a row get `-2`, `-3`."""
    units: dict[str, UnitRow] = {}
    cells: dict[str, CellRow] = {}
    for key, polygon in polygons.items():
        row, number_ = given[key].fields, given[key].row
        code, community, name = row.get("code"), row.get("community"), row.get("name") or key
        if code is None or community is None:
            findings.refuse(layer, "code", "a cell needs a code and a community", row=number_)
            continue
        part = key.rpartition("/")[2] if "/" in key and key.rpartition("/")[0] == row.get("id") else "1"
        whole = code if part == "1" else f"{code}-{part}"
        if whole in cells:
            findings.refuse(layer, "duplicate_code", f"the code {whole!r} stands twice", row=number_)
            continue
        cells[whole] = CellRow(whole, name if part == "1" else f"{name} ({part})", community, polygon)
        label = row.get("community_name") or name
        units.setdefault(community, UnitRow(Level.COMMUNITY, community, label, row.get("parent")))
    return list(units.values()), [cells[code] for code in sorted(cells)]
