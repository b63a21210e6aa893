"""Outlines of a city's own themes (专题图层): towns, precincts, fire companies, always dashed, never like a cell.

Which themes a city has only the city knows: they take turns in these looks, in the order of their names.
"""

from __future__ import annotations

from dataclasses import dataclass

from layers.style import Stops


@dataclass(frozen=True, slots=True)
class Look:
    """Colour and dash of one theme, dash in CSS pixels: themes side by side differ in both."""

    colour: str
    dash: tuple[float, ...]


LOOKS = (
    Look("theme-1", (9, 6)),
    Look("theme-2", (2, 5)),
    Look("theme-3", (14, 4, 2, 4)),
    Look("theme-4", (5, 3)),
)
SOURCE = "thematic"
"""The source of tiles, and the layer in them with the outlines; names stand in the layer with `_label`."""
MIN_ZOOM = 10
WIDTH: Stops = ((10, 1.2), (14, 2.4), (18, 3.6))
NAMES_FROM = 11
"""Display zoom from which names are drawn."""
SIZE: Stops = ((11, 11), (14, 13), (18, 15))
