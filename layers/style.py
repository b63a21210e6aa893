"""Colours, shapes and paint rules: the one home of how things look, for the map and the panels alike.

Everything here is data. The page carries it to the browser as JSON, where `static/js/map/paint.js` turns the
rules into canvas drawing; colours also become CSS variables. Meaning never rests on colour alone: each kind of
thing has its own shape (people with little colour vision) and its own word (everybody else).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Stops = tuple[tuple[float, float], ...]
"""Values by display zoom, interpolated in between: ((12, 1.0), (18, 3.0))."""

FONTS = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif'


@dataclass(frozen=True, slots=True)
class Shade:
    """One colour by day and by night, each as #rrggbb."""

    light: str
    dark: str


PALETTE: Mapping[str, Shade] = {
    # panels
    "paper": Shade("#ffffff", "#15191d"),
    "sunken": Shade("#f3f5f4", "#1d2329"),
    "raised": Shade("#ffffff", "#20262d"),
    "ink": Shade("#1a2026", "#e7ebee"),
    "ink-soft": Shade("#525c66", "#a8b3bd"),
    "rule": Shade("#dbe0e2", "#343d46"),
    "edge": Shade("#78838d", "#75818d"),
    "accent": Shade("#00598f", "#74bdf2"),
    "accent-soft": Shade("#e2eff8", "#1c3347"),
    "on-accent": Shade("#ffffff", "#07131c"),
    "urgent": Shade("#a84300", "#ff9d63"),
    "urgent-soft": Shade("#fdeee3", "#3a2417"),
    "good": Shade("#006b4b", "#56cfa8"),
    "warn": Shade("#7d5200", "#efb94f"),
    "warn-soft": Shade("#fdf3d7", "#362c14"),
    "focus": Shade("#0072b2", "#f0e442"),
    # ground
    "land": Shade("#f5f3ee", "#1b1f23"),
    "water": Shade("#bedaeb", "#1d3a4d"),
    "water-text": Shade("#2f6688", "#7fb4d6"),
    "green": Shade("#dbe8cd", "#22301f"),
    "building": Shade("#e9e4db", "#252a2f"),
    "railway": Shade("#8d8780", "#707780"),
    "railway-gap": Shade("#f5f3ee", "#1b1f23"),
    "road": Shade("#ffffff", "#343b43"),
    "road-casing": Shade("#d5cfc4", "#14171a"),
    "road-main": Shade("#fdeecb", "#4b4636"),
    "road-main-casing": Shade("#d9bf85", "#1a1812"),
    "road-text": Shade("#4b463f", "#c9cdd1"),
    "halo": Shade("#ffffff", "#14171a"),
    # grid, after Okabe and Ito: blue, reddish purple, bluish green
    "cell": Shade("#0072b2", "#4aa3dc"),
    "cell-text": Shade("#004f7c", "#a5d5f7"),
    "community": Shade("#9c4178", "#d990b8"),
    "community-text": Shade("#7a2c5b", "#ecb6d3"),
    "street": Shade("#00684a", "#3fbf95"),
    "street-text": Shade("#00543c", "#86dcbf"),
    "district": Shade("#2b3036", "#d5dadf"),
    "selected": Shade("#d55e00", "#ff9d63"),
    "mine": Shade("#005f96", "#74bdf2"),
    "route": Shade("#5b2d8e", "#cbaaf0"),
    "route-next": Shade("#b0578d", "#9a6fd0"),
    # a city's own themes
    "theme-1": Shade("#8a4b00", "#e0a458"),
    "theme-2": Shade("#7a1f5c", "#e58cc4"),
    "theme-3": Shade("#1f5f3a", "#7fd1a0"),
    "theme-4": Shade("#3d4a9c", "#a3b0f5"),
    # things on the map
    "mark-edge": Shade("#ffffff", "#0d1013"),
    "incident-urgent": Shade("#d55e00", "#ff8a45"),
    "incident": Shade("#8f3b70", "#d990b8"),
    "free": Shade("#009e73", "#2fc79a"),
    "assigned": Shade("#e69f00", "#f5b83d"),
    "under_way": Shade("#56b4e9", "#7fcaf5"),
    "on_site": Shade("#0072b2", "#3d9fe0"),
    "off": Shade("#8b9299", "#7d858d"),
}

SHAPES: Mapping[str, tuple[tuple[float, float], ...]] = {
    # corners around (0, 0), x to the right, y down, about 1 from the centre; a circle has none
    "circle": (),
    "square": ((-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)),
    "diamond": ((0, -1.25), (1.1, 0), (0, 1.25), (-1.1, 0)),
    "hexagon": ((-0.58, -1), (0.58, -1), (1.12, 0), (0.58, 1), (-0.58, 1), (-1.12, 0)),
    "triangle": ((0, -1.25), (1.25, 0.95), (-1.25, 0.95)),
    "drop": (
        (0, 1.5),
        (-0.9, 0.35),
        (-1.05, -0.15),
        (-0.9, -0.7),
        (-0.5, -1.05),
        (0, -1.15),
        (0.5, -1.05),
        (0.9, -0.7),
        (1.05, -0.15),
        (0.9, 0.35),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where a paint rule applies; `layer` is the layer inside the tile, zooms are those of the display."""

    source: str
    layer: str
    part: str
    """The check box of the map that shows or hides it."""
    min_zoom: int
    max_zoom: int = 22
    where: tuple[str, tuple[str, ...]] | None = None
    """Property and the values it may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill(Rule):
    """A filled polygon."""

    colour: str
    opacity: float = 1.0
    kind: str = "fill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Rule):
    """A line or the outline of a polygon; widths and dashes in CSS pixels."""

    colour: str
    width: Stops
    dash: tuple[float, ...] = ()
    opacity: float = 1.0
    cap: str = "round"
    kind: str = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Rule):
    """A word at a point; `text` is a property, or `short_code` for a cell's number."""

    text: str
    colour: str
    size: Stops
    weight: int = 400
    spacing: float = 0.0
    kind: str = "label"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLabel(Rule):
    """A word along a line, repeated every 300 pixels or so."""

    text: str
    colour: str
    size: Stops
    weight: int = 400
    kind: str = "line_label"


@dataclass(frozen=True, slots=True)
class Mark:
    """How a located thing is drawn: shape by kind, colour by state, radius in CSS pixels."""

    shape: str
    radius: float
    colour: str | None = None
    """None where the colour follows the state."""


def variables() -> str:
    """Return the palette as CSS variables, by day and by night."""
    light = "".join(f"--{name}:{shade.light};" for name, shade in PALETTE.items())
    dark = "".join(f"--{name}:{shade.dark};" for name, shade in PALETTE.items())
    return (
        f":root{{color-scheme:light dark;{light}--fonts:{FONTS};}}"
        f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )
