"""The ground: water, green, railway, roads by class with casing, and their names along the lines."""

from __future__ import annotations

from layers.style import Fill, Line, LineLabel, Rule, Stops

MAIN = ("motorway", "trunk", "primary", "motorway_link", "trunk_link", "primary_link")
MIDDLE = ("secondary", "secondary_link", "tertiary", "tertiary_link")
MINOR = ("residential", "unclassified", "living_street", "road", "pedestrian")
SMALL = ("service", "track", "footway", "path", "cycleway", "steps")

WIDTHS: dict[tuple[str, ...], Stops] = {
    MAIN: ((10, 1.0), (13, 3.0), (15, 6.5), (17, 14.0), (19, 30.0)),
    MIDDLE: ((11, 0.5), (13, 1.6), (15, 4.5), (17, 10.0), (19, 22.0)),
    MINOR: ((13, 0.5), (15, 2.2), (17, 6.5), (19, 15.0)),
    SMALL: ((15, 0.8), (17, 2.4), (19, 6.0)),
}
FIRST_ZOOM = {MAIN: 11, MIDDLE: 12, MINOR: 13, SMALL: 15}


def _theme(theme: str, colour: str, min_zoom: int) -> Fill:
    return Fill(
        source="basemap",
        layer="ground",
        part="basemap",
        min_zoom=min_zoom,
        where=("theme", (theme,)),
        colour=colour,
    )


def _rail(colour: str, width: Stops, dash: tuple[float, ...]) -> Line:
    return Line(
        source="basemap", layer="ground", part="basemap", min_zoom=11, where=("theme", ("railway",)),
        colour=colour, width=width, dash=dash, cap="butt",
    )  # fmt: skip


def _road(classes: tuple[str, ...], colour: str, widen: float) -> Line:
    width = tuple((zoom, value + widen * min(1.0, value)) for zoom, value in WIDTHS[classes])
    return Line(
        source="basemap", layer="roads", part="basemap", min_zoom=FIRST_ZOOM[classes],
        where=("road_class", classes), colour=colour, width=width,
    )  # fmt: skip


def _name(classes: tuple[str, ...], min_zoom: int, size: Stops) -> LineLabel:
    return LineLabel(
        source="basemap", layer="roads", part="basemap", min_zoom=min_zoom,
        where=("road_class", classes), text="name", colour="road-text", size=size,
    )  # fmt: skip


PAINT: tuple[Rule, ...] = (
    _theme("green", "green", 11),
    _theme("water", "water", 11),
    _theme("building", "building", 16),
    *(_road(classes, "road-casing", 1.6) for classes in (SMALL, MINOR, MIDDLE)),
    _road(MAIN, "road-main-casing", 1.8),
    *(_road(classes, "road", 0.0) for classes in (SMALL, MINOR, MIDDLE)),
    _road(MAIN, "road-main", 0.0),
    _rail("railway", ((11, 1.0), (15, 2.6), (18, 5.0)), ()),
    _rail("railway-gap", ((11, 0.4), (15, 1.4), (18, 3.2)), (9, 9)),
)

LABELS: tuple[Rule, ...] = (
    _name(MAIN, 13, ((13, 11), (16, 13), (19, 15))),
    _name(MIDDLE, 14, ((14, 11), (16, 12), (19, 14))),
    _name(MINOR, 15, ((15, 10.5), (17, 12), (19, 13))),
    LineLabel(
        source="basemap", layer="ground", part="basemap", min_zoom=13, where=("theme", ("water", "railway")),
        text="name", colour="water-text", size=((13, 11), (17, 13)),
    ),
)  # fmt: skip
