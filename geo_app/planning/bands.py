"""Bands of zooms: for which zooms an outline is drawn once, and how coarsely.

A tile of zoom z is 4096 units wide, eight of which are a pixel of the screen. Vertices of a band stand on the
units of its first zoom, so they are whole numbers in the tiles of all its zooms, and no tile rounds them its own way.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo_app.organisation.model import Level

HALF = 20_037_508.342789244
"""Half the side of the Web Mercator square, metres."""
EXTENT = 4096
"""Units along the side of a tile."""
CELLS = "cell"
"""The name of the lowest level, below communities."""


@dataclass(frozen=True, slots=True)
class Band:
    """Zooms from `first` to `last`.

    The outlines of `base` are simplified as one coverage, those of the levels `above` are their unions.
    `tolerance` is the side, in units of `first`, of the largest triangle that a vertex less may cost.
    """

    first: int
    last: int
    base: str
    above: tuple[str, ...]
    tolerance: float

    @property
    def unit(self) -> float:
        """Metres of Web Mercator between two neighbouring whole numbers."""
        return 2 * HALF / (1 << self.first) / EXTENT


BANDS = (
    Band(6, 8, Level.DISTRICT, (), 3.0),
    Band(9, 10, Level.STREET, (Level.DISTRICT,), 6.0),
    Band(11, 12, Level.COMMUNITY, (Level.STREET, Level.DISTRICT), 6.0),
    Band(13, 13, CELLS, (Level.COMMUNITY,), 12.0),
    Band(14, 14, CELLS, (Level.COMMUNITY,), 12.0),
    Band(15, 17, CELLS, (Level.COMMUNITY,), 2.0),
)
"""From far to near; each is drawn from the next nearer one."""


LABELS_FROM = {CELLS: 14, Level.COMMUNITY: 12}
"""The zoom from which the things of a level have labels, where that is not the first they are drawn at."""


def at(z: int) -> Band:
    """Return the band of zoom `z`; LookupError outside all of them."""
    for band in BANDS:
        if band.first <= z <= band.last:
            return band
    raise LookupError(f"no band has zoom {z}")
