"""Incidents (案件) on the map: urgent ones are triangles, others drops; hollow once somebody is on the way."""

from __future__ import annotations

from dataclasses import dataclass

from layers.style import Mark

MARKS = {
    "urgent": Mark("triangle", 9, "incident-urgent"),
    "normal": Mark("drop", 7.5, "incident"),
}


@dataclass(frozen=True, slots=True)
class Clusters:
    """How open incidents are counted on the map: where their tiles come from, and in which squares.

    Tiles count them below `points_from` in `across` squares along a side, from there on only where they are too many,
    in `across_near`. A square with `few` or less shows them one by one, if the list has them all.
    """

    url: str = "/tiles/{city}/incidents/{z}/{x}/{y}.mvt"
    min_zoom: int = 6
    max_zoom: int = 16
    points_from: int = 14
    across: int = 8
    across_near: int = 24
    few: int = 3


CLUSTERS = Clusters()
