"""北斗网格位置码 (GB/T 39409), two-dimensional: encode and decode, exact.

Ten levels, each a raster inside the one above: 6° x 4°, 30', 15' x 10', 1', 4", 2", 1/4", 1/32", 1/256",
1/2048". Coordinates are rational numbers of arc seconds, so a point on a line always falls on the same side.
West and south of Greenwich and the equator the raster is mirrored, as the standard wants it for figures above
the first: it counts away from the corner nearest to the origin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from geo_app.core.errors import BadInput

ZONE, BAND = Fraction(6 * 3600), Fraction(4 * 3600)
STEPS = ((12, 8), (2, 3), (15, 10), (15, 15), (2, 2), (8, 8), (8, 8), (8, 8), (8, 8))
"""Columns and rows by which each level from the second on divides the one above."""
ONE_FIGURE = {3, 6}
LENGTHS = (4, 6, 7, 9, 11, 12, 14, 16, 18, 20)
BANDS = "ABCDEFGHIJKLMNOPQRSTUV"
PATTERN = re.compile(r"[NS][0-9]{2}[A-V][0-9A-F]*")
HEX = "0123456789ABCDEF"
Number = str | int | Fraction


@dataclass(frozen=True, slots=True)
class Box:
    """The raster field of a code, in degrees; `level` 1 to 10."""

    west: Fraction
    south: Fraction
    width: Fraction
    height: Fraction
    level: int

    @property
    def centre(self) -> tuple[float, float]:
        """Return the middle, lon/lat."""
        return float(self.west + self.width / 2), float(self.south + self.height / 2)


def encode(longitude: Number, latitude: Number, level: int = 10) -> str:
    """Return the code of the field of `level` that holds a point given in degrees; BadInput off the map."""
    x, y = Fraction(longitude) * 3600, Fraction(latitude) * 3600
    if not (-180 * 3600 <= x < 180 * 3600 and -88 * 3600 < y < 88 * 3600):
        raise BadInput("coordinates", (float(x / 3600), float(y / 3600)), "a place between 88° S and 88° N")
    if not 1 <= level <= len(LENGTHS):
        raise BadInput("level", level, f"1 to {len(LENGTHS)}")
    zone, band = x // ZONE, abs(y) // BAND
    code = f"{'N' if y >= 0 else 'S'}{zone + 31:02d}{BANDS[int(band)]}"
    west, south, width, height = abs(x) - _near(x, zone), abs(y) - band * BAND, ZONE, BAND
    for depth, (columns, rows) in enumerate(STEPS[: level - 1], start=2):
        width, height = width / columns, height / rows
        column, row = min(int(west // width), columns - 1), min(int(south // height), rows - 1)
        west, south = west - column * width, south - row * height
        code += str(row * 2 + column) if depth in ONE_FIGURE else HEX[column] + HEX[row]
    return code


def decode(code: str) -> Box:
    """Return the field of a code of any level; BadInput says what is wrong with it."""
    text = code.strip().upper()
    if len(text) not in LENGTHS or not PATTERN.fullmatch(text):
        lengths = ", ".join(map(str, LENGTHS))
        raise BadInput(
            "grid_code", code, f"N or S, zone 01 to 60, band A to V, then figures: {lengths} signs"
        )
    zone, band, is_north = int(text[1:3]) - 31, BANDS.index(text[3]), text[0] == "N"
    if not -30 <= zone <= 29:
        raise BadInput("grid_code", code, "zone 01 to 60")
    x, y, width, height = Fraction(0), band * BAND, ZONE, BAND
    level = LENGTHS.index(len(text)) + 1
    at = 4
    for depth, (columns, rows) in enumerate(STEPS[: level - 1], start=2):
        figures = text[at : at + (1 if depth in ONE_FIGURE else 2)]
        at += len(figures)
        column, row = _figures(code, figures)
        if column >= columns or row >= rows:
            raise BadInput("grid_code", code, f"level {depth} has {columns} columns and {rows} rows")
        width, height = width / columns, height / rows
        x, y = x + column * width, y + row * height
    west = zone * ZONE + x if zone >= 0 else (zone + 1) * ZONE - x - width
    south = y if is_north else -y - height
    return Box(west / 3600, south / 3600, width / 3600, height / 3600, level)


def _near(x: Fraction, zone: int) -> Fraction:
    """Return the side of a zone that is nearer to Greenwich, without its sign."""
    return zone * ZONE if x >= 0 else -(zone + 1) * ZONE


def _figures(code: str, figures: str) -> tuple[int, int]:
    if len(figures) == 1:
        if figures not in "012345":
            raise BadInput("grid_code", code, "the single figures are 0 to 5")
        return int(figures) % 2, int(figures) // 2
    return HEX.index(figures[0]), HEX.index(figures[1])
