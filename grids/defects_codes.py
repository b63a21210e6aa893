"""Codes of imported cells: missing, twice, not of the pattern; a new one is proposed, west to east, north to south."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

import shapely
from shapely import GeometryCollection, Polygon
from shapely.geometry.base import BaseGeometry

from grids import code as grid_code
from grids.defects import Finding, Ground, Kind, Mend, Row, Weight

LONGEST = 60
"""Characters of a code of a city's own."""


def coded(rows: Sequence[Row], ground: Ground, findings: list[Finding]) -> dict[str, Row]:
    """Return the rows by code, each of its own; new codes are proposals, and each is a finding."""
    written = [_written(row, findings) for row in rows]
    wrong = {row.number: says for row in written if (says := _wrong(row, ground)) is not None}
    counts = Counter(row.code for row in written if row.number not in wrong)
    found: dict[str, Row] = {}
    for row in sorted(written, key=lambda one: (-_area(one), one.number)):
        if row.number in wrong:
            continue
        if row.code in found:
            wrong[row.number] = f"the code {row.code} stands {counts[row.code]} times; the largest keeps it"
        else:
            found[str(row.code)] = row
            _check_community(row, ground, findings)
    rest = [row for row in written if row.number in wrong]
    fresh = proposed([(row, _place(row)) for row in rest], list(found), ground)
    for row, code in zip(rest, fresh, strict=True):
        mend = Mend.RECODE if code else Mend.CORRECT
        key = code or f"row {row.number}"
        findings.append(
            Finding(
                Kind.CODE, (row.code or key,), _place(row), _area(row), mend, wrong[row.number], (row.number,),
                to=code or None, weight=Weight.OPEN if code else Weight.REFUSED,
            )
        )  # fmt: skip
        found[key] = row
    return {code: found[code] for code in sorted(found)}


def proposed(cells: Sequence[tuple[Row, BaseGeometry]], taken: Collection[str], ground: Ground) -> list[str]:
    """Return a new code for each of some places; "" where no community is known to give it."""
    found = [""] * len(cells)
    used = {*ground.used, *taken}
    if ground.pattern is None:
        for number, (row, _) in enumerate(cells):
            found[number] = _own(row, used)
            used.add(found[number])
        return found
    groups: dict[str, list[int]] = defaultdict(list)
    for number, (row, place) in enumerate(cells):
        community = _community(row, place, ground)
        if community is not None:
            groups[community].append(number)
    for community, numbers in groups.items():
        middles = [shapely.point_on_surface(cells[number][1]) for number in numbers]
        try:
            fresh = grid_code.propose(
                community, [(point.x, point.y) for point in middles], used, ground.pattern
            )
        except grid_code.BadCode:
            continue
        for number, code in zip(numbers, fresh, strict=True):
            found[number] = code
    return found


def community_of(code: str, row: Row, ground: Ground) -> str:
    """Return the code of the community that a cell belongs to: its code says it, else the row."""
    if ground.pattern is None:
        return row.community or ""
    try:
        return grid_code.parent(code, ground.pattern)
    except grid_code.BadCode:
        return row.community or ""


def _written(row: Row, findings: list[Finding]) -> Row:
    """Return the row with its code as one writes it: no blanks around it, no full-width digits."""
    if row.code is None:
        return row
    plain = unicodedata.normalize("NFKC", row.code).strip()
    if plain == row.code:
        return row
    if plain:
        says = f"the code {row.code!r} is written as {plain}"
        findings.append(
            Finding(Kind.CODE, (plain,), _place(row), 0.0, Mend.RECODE, says, (row.number,), to=plain,
                    weight=Weight.MENDED)
        )  # fmt: skip
    return replace(row, code=plain or None)


def _wrong(row: Row, ground: Ground) -> str | None:
    if row.code is None:
        return "the row has no code"
    if row.code in ground.retired:
        return f"the code {row.code} was retired and is never used again"
    if ground.pattern is None:
        is_plain = len(row.code) <= LONGEST and row.code.isprintable() and "/" not in row.code
        return None if is_plain else f"{row.code[:LONGEST]!r}: a code is at most {LONGEST} plain characters"
    try:
        grid_code.check(row.code, ground.pattern)
    except grid_code.BadCode as error:
        return str(error)
    return None


def _check_community(row: Row, ground: Ground, findings: list[Finding]) -> None:
    community = community_of(str(row.code), row, ground)
    if ground.communities is not None and community not in ground.communities:
        says = f"the city has no community {community or '(none named)'}"
        weight, mend = Weight.REFUSED, Mend.CORRECT
    elif row.community is not None and ground.pattern is not None and row.community != community:
        says = f"the code says community {community}, the row says {row.community}: the code counts"
        weight, mend = Weight.NOTED, Mend.CORRECT
    else:
        return
    findings.append(
        Finding(
            Kind.CODE, (str(row.code),), _place(row), _area(row), mend, says, (row.number,), weight=weight
        )
    )


def _community(row: Row, place: BaseGeometry, ground: Ground) -> str | None:
    """Return the community that gives a new code: the row's, that of its code, or the unit it lies in."""
    digits = sum(ground.pattern.digits[:-1]) if ground.pattern else 0
    known = ground.communities
    for one in (row.community, (row.code or "")[:digits]):
        if one and len(one) == digits and one.isascii() and one.isdigit() and (known is None or one in known):
            return one
    middle = shapely.point_on_surface(place)
    inside = sorted(code for code, area in ground.units.items() if area.intersects(middle))
    return inside[0] if inside else None


def _own(row: Row, used: Collection[str]) -> str:
    """Return a code of a city's own pattern: the row's with a number behind it."""
    stem = (row.code or f"row-{row.number}")[: LONGEST - 6].replace("/", "-")
    if stem not in used and row.code is None:
        return stem
    number = 2
    while f"{stem}-{number}" in used:
        number += 1
    return f"{stem}-{number}"


def _place(row: Row) -> BaseGeometry:
    return row.shape if row.shape is not None else GeometryCollection()


def _area(row: Row) -> float:
    return float(Polygon().area if row.shape is None else row.shape.area)
