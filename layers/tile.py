"""Vector tile sources: which tiles there are and at which zooms they may be asked for.

The browser shows a tile of 512 pixels, so data of zoom z appears at display zoom z + 1. Above `max_zoom` the
browser enlarges the last tile; below `min_zoom` it asks for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One family of tiles under /tiles/{city}/{name}/{z}/{x}/{y}.mvt."""

    name: str
    min_zoom: int
    max_zoom: int

    @property
    def url(self) -> str:
        """Return the address with {city}, {z}, {x}, {y} left to the browser."""
        return f"/tiles/{{city}}/{self.name}/{{z}}/{{x}}/{{y}}.mvt"


SOURCES = (
    Source("basemap", 10, 16),
    Source("thematic", 9, 14),
    Source("districts", 6, 11),
    Source("streets", 9, 12),
    Source("communities", 11, 17),
    Source("cells", 13, 17),
)
