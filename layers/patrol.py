"""Patrol routes (巡查路线) on the map: a cased line, dashed so that it is never taken for a road."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RouteLine:
    """Colour, width and dash of a route, in CSS pixels; `mine` is the route of the person looking."""

    colour: str = "route"
    casing: str = "halo"
    width: float = 3
    mine: float = 5
    dash: tuple[float, ...] = (10, 5)


LINE = RouteLine()
