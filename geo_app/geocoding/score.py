"""How sure a candidate is, from 0 to 1, and whether the best one may be taken without asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pyproj import Geod

from geo_app.geocoding import text
from geo_app.geocoding.model import Candidate, Hit, How, Kind

BASE = {
    How.NAME: 1.0, How.ADDRESS: 1.0, How.ALIAS: 0.97, How.FORMER: 0.93, How.HOMOPHONE: 0.92, How.PINYIN: 0.92,
    How.INITIALS: 0.7, How.SIMILAR: 0.95, How.INTERPOLATED: 0.88, How.CROSSING: 0.97, How.BEARING: 0.95,
    How.COORDINATES: 1.0, How.GRID_CODE: 1.0, How.COMPONENT: 1.0, How.SOURCE: 0.8,
}  # fmt: skip
REACH = {
    Kind.NUMBER: 10.0, Kind.UNIT: 10.0, Kind.BUILDING: 15.0, Kind.POI: 15.0, Kind.COMPOUND: 20.0,
    Kind.ROAD: 200.0, Kind.COMMUNITY: 300.0, Kind.STREET: 1000.0, Kind.REGION: 5000.0,
}  # fmt: skip
"""Metres around its point in which a place of a kind lies at least."""
ELSEWHERE, UNEXPLAINED, PART_UNKNOWN = 0.55, 0.7, 0.85
ENOUGH = 0.8
"""The score from which one candidate may be taken without asking."""
MARGIN = 0.06
SIDES = "东南西北中"
OTHER_SIDE, OTHER_FIGURES = 0.84, 0.6
"""Factors for names that differ in a side, which is never enough then, and in figures."""
LEAST = 0.3
_EARTH = Geod(ellps="WGS84")


def uncertainty(hit: Hit) -> float:
    """Return the metres around a place's point in which it lies."""
    return max(REACH[hit.kind], hit.extent)


def explained(matched: int, missing: int) -> float:
    """Return the factor for `missing` characters of an address that nothing explains, beside `matched`."""
    return max(0.0, 1.0 - UNEXPLAINED * missing / max(matched + missing, 1) - 0.02 * missing)


def alike(asked: str, name: str) -> float:
    """Return how like two keys are, 0 to 1; other figures, or another side, make another place."""
    same = 1.0 - text.distance(asked, name) / max(len(asked), len(name), 1)
    figures = ["".join(sign for sign in key if sign.isdigit()) for key in (asked, name)]
    sides = [[sign for sign in key if sign in SIDES] for key in (asked, name)]
    same *= 1.0 if sides[0] == sides[1] else OTHER_SIDE
    return same if figures[0] == figures[1] else same * OTHER_FIGURES


def best(candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """Return the candidates by score, each place once, those hardly likely left out."""
    found: dict[object, Candidate] = {}
    for one in sorted(candidates, key=_order):
        spot = (one.place, one.how) if one.place is None else one.place
        where = (round(one.position.x, 6), round(one.position.y, 6)) if one.place is None else None
        if one.score >= LEAST:
            found.setdefault((spot, where), replace(one, score=round(min(one.score, 1.0), 3)))
    return list(found.values())[:most]


def _order(one: Candidate) -> tuple[float, bool, float, int]:
    """Return the key to sort by: of equal ones those of the city's own communities come first."""
    return -one.score, one.community is None, one.uncertainty, one.place or 0


def is_confident(candidates: Sequence[Candidate]) -> bool:
    """Return whether the first candidate is good, and no other place is nearly as good."""
    if not candidates or candidates[0].score < ENOUGH:
        return False
    first = candidates[0]
    rivals = [one for one in candidates[1:] if one.score > first.score - MARGIN]
    if first.is_inside:
        return all(one.is_inside and one.community == first.community for one in rivals)
    return all(metres(first, one) <= max(first.uncertainty, 30.0) for one in rivals)


def metres(one: Candidate, other: Candidate) -> float:
    """Return how far two candidates are from each other."""
    a, b = one.position, other.position
    return float(_EARTH.inv(a.x, a.y, b.x, b.y)[2])
