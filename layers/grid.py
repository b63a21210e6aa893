"""The grid: cells with their short codes, and the communities, streets and districts that take over far out."""

from __future__ import annotations

from layers.style import Fill, Label, Line, Rule

SHORT_CODE_LENGTH = 3
"""Digits of the cell code that stand on the map; the whole code is in the panel."""

PAINT: tuple[Rule, ...] = (
    Line(
        source="cells", layer="cells", part="cells", min_zoom=14,
        colour="cell", width=((14, 0.8), (16, 1.4), (19, 2.2)), opacity=0.85,
    ),
    Line(
        source="communities", layer="communities", part="cells", min_zoom=12,
        colour="community", width=((12, 1.2), (15, 3.0), (18, 6.0)), opacity=0.3,
    ),
    Line(
        source="streets", layer="streets", part="cells", min_zoom=10, max_zoom=13,
        colour="street", width=((10, 1.4), (13, 3.0)), opacity=0.75,
    ),
    Fill(
        source="districts", layer="districts", part="cells", min_zoom=7, max_zoom=10,
        colour="district", opacity=0.05,
    ),
    Line(
        source="districts", layer="districts", part="cells", min_zoom=7, max_zoom=12,
        colour="district", width=((7, 1.6), (12, 3.0)),
    ),
)  # fmt: skip

LABELS: tuple[Rule, ...] = (
    Label(
        source="districts", layer="districts_label", part="cells", min_zoom=7, max_zoom=10,
        text="name", colour="district", size=((7, 13), (10, 17)), weight=600, spacing=2,
    ),
    Label(
        source="streets", layer="streets_label", part="cells", min_zoom=10, max_zoom=13,
        text="name", colour="street-text", size=((10, 12), (13, 16)), weight=600, spacing=1,
    ),
    Label(
        source="communities", layer="communities_label", part="cells", min_zoom=13, max_zoom=15,
        text="name", colour="community-text", size=((13, 12), (15, 15)), weight=600,
    ),
    Label(
        source="cells", layer="cells_label", part="cells", min_zoom=15, max_zoom=16,
        text="short_code", colour="cell-text", size=((15, 11), (16, 13)), weight=600,
    ),
    Label(
        source="cells", layer="cells_label", part="cells", min_zoom=17,
        text="short_code_name", colour="cell-text", size=((17, 13), (19, 16)), weight=600,
    ),
)  # fmt: skip
