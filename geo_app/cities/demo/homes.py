"""How many households (户) of the demo city live where: in the buildings of estates, and behind house numbers."""

from __future__ import annotations

from collections.abc import Iterable

from geo_app.cities.demo.luck import Luck
from geo_app.cities.model import HouseholdRow, PlaceRow

FLOORS, ON_A_FLOOR = (6, 18), (4, 8)
"""Of a building in a fenced estate."""
OPEN_ESTATE = (40, 160)
"""Households of an estate without a fence, whose buildings have no names."""
LIVED_IN, BEHIND_A_DOOR = 0.7, (4, 36)
"""Share of house numbers where somebody lives, the others are shops and offices; and how many do."""


def draw(places: Iterable[PlaceRow], rng: Luck) -> tuple[HouseholdRow, ...]:
    """Return how many households live at which places, in their order; where nobody lives there is no row."""
    rows = tuple(places)
    built = {row.name.rstrip("号楼").rstrip("0123456789") for row in rows if row.kind == "building"}
    found = []
    for row in rows:
        many = 0
        if row.kind == "building":
            many = rng.whole(*FLOORS) * rng.whole(*ON_A_FLOOR)
        elif row.kind == "compound" and row.name not in built:
            many = rng.whole(*OPEN_ESTATE)
        elif row.kind == "number" and rng.random() < LIVED_IN:
            many = rng.whole(*BEHIND_A_DOOR)
        if many:
            found.append(HouseholdRow(row.position, many))
    return tuple(found)
