"""Patrol routes (巡查路线) on the map: a cased line, dashed so that it is never taken for a road."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from layers.style import Fill, Line, Rule

TONES = {"odd": "route", "even": "route-next", "outside": "edge", "chosen": "selected", "crossing": "ink"}
"""Colours along one's own route: they take turns from cell to cell, with a bead at each crossing."""


@dataclass(frozen=True, slots=True)
class RouteLine:
    """Colour, width and dash of a route, in CSS pixels; `mine` is the route of the person looking."""

    colour: str = "route"
    casing: str = "halo"
    width: float = 3
    mine: float = 5
    dash: tuple[float, ...] = (10, 5)
    tones: Mapping[str, str] = field(default_factory=lambda: dict(TONES))


LINE = RouteLine()

CROSSED: tuple[Rule, ...] = (
    Fill(source="cells", layer="cells", part="routes", min_zoom=14, colour="route", opacity=0.13),
    Line(
        source="cells", layer="cells", part="routes", min_zoom=14,
        colour="route", width=((14, 1.2), (17, 2.6)), opacity=0.7,
    ),
)  # fmt: skip
"""How cells stand out that one's own route runs through; the page says which."""
