"""Say a point in words: 文华西路12号附近，龙泽苑社区."""

from __future__ import annotations

from collections.abc import Sequence

from geo_app.geocoding.model import Kind, Near
from geo_app.organisation.model import Unit
from geo_app.planning.model import Description, Placed

AT_THE_DOOR, NEARBY = 15.0, 60.0
"""Metres up to which a point is at an address, and up to which a house number is better known than a nearer place."""


def words(near: Sequence[Near], units: tuple[Unit, ...], placed: Placed) -> Description:
    """Return the description of a point from what stands beside it, the nearest first, and the units above it."""
    chosen = _best(near)
    said = []
    if chosen is not None:
        said.append(chosen.name if chosen.metres <= AT_THE_DOOR else f"{chosen.name}附近")
    said += [unit.name for unit in units[:1]]
    text = "，".join(said) or "不在网格内"
    if chosen is None:
        return Description(text, None, None, units, placed)
    return Description(text, chosen.name, chosen.metres, units, placed)


def _best(near: Sequence[Near]) -> Near | None:
    """Return the nearest thing; a house number within 60 m goes before a nearer place, for everybody finds it."""
    door = next((one for one in near if one.kind == Kind.NUMBER and one.metres <= NEARBY), None)
    return door or (near[0] if near else None)
