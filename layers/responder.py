"""Responders (处置人员) on the map: the shape says who they are, the colour what they are doing."""

from __future__ import annotations

from layers.style import Mark

MARKS = {
    "grid_worker": Mark("circle", 6),
    "inspector": Mark("diamond", 6),
    "partner": Mark("square", 6),
    "department": Mark("hexagon", 6.5),
}

STATUSES = ("free", "assigned", "under_way", "on_site", "off")
"""Each is also the name of its colour; people off duty are drawn hollow."""
