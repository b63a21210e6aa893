"""Style rules fit together: names exist, zooms agree with the tiles, colours can be told apart and read."""

from __future__ import annotations

import itertools
import re

import pytest

from geo_app.maps.model import ACROSS, ACROSS_NEAR, INCIDENT_ZOOMS, POINTS_FROM
from geo_app.maps.pyramid import ZOOMS
from geo_app.responders.model import Kind, Status
from layers import assets, basemap, grid, incident, patrol, responder, style, thematic, tile

RULES = [*basemap.PAINT, *basemap.LABELS, *grid.PAINT, *grid.LABELS, *patrol.CROSSED]
PANELS = ("paper", "sunken", "raised")


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_is_six_digits() -> None:
    for shade in style.PALETTE.values():
        assert re.fullmatch("#[0-9a-f]{6}", shade.light)
        assert re.fullmatch("#[0-9a-f]{6}", shade.dark)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.layer}-{rule.kind}-{rule.colour}")
def test_a_rule_names_a_colour_and_a_source_and_its_zooms_have_tiles(rule: style.Rule) -> None:
    source = next(source for source in tile.SOURCES if source.name == rule.source)
    assert rule.colour in style.PALETTE
    assert source.min_zoom + 1 <= rule.min_zoom <= rule.max_zoom


def test_the_page_counts_incidents_in_the_squares_of_their_tiles() -> None:
    said = incident.CLUSTERS
    assert (said.min_zoom, said.max_zoom) == INCIDENT_ZOOMS
    assert (said.points_from, said.across, said.across_near) == (POINTS_FROM, ACROSS, ACROSS_NEAR)


NOT_ON_PAGES = {"places"}
"""Layers for offline copies: on a page one searches for a place."""


def test_marks_name_shapes_and_colours() -> None:
    for mark in [*incident.MARKS.values(), *responder.MARKS.values()]:
        assert mark.shape in style.SHAPES
        assert mark.colour is None or mark.colour in style.PALETTE
    assert set(responder.STATUSES) <= style.PALETTE.keys()
    assert {patrol.LINE.colour, *patrol.LINE.tones.values()} <= style.PALETTE.keys()


def test_every_kind_and_status_of_responders_has_a_look_and_kinds_differ_in_shape() -> None:
    assert set(responder.MARKS) == set(Kind)
    assert set(responder.STATUSES) == set(Status)
    shapes = [mark.shape for mark in [*responder.MARKS.values(), *incident.MARKS.values()]]
    assert len(shapes) == len(set(shapes))


def test_the_page_asks_for_the_tiles_the_server_has() -> None:
    asked = {source.name: (source.min_zoom, source.max_zoom) for source in tile.SOURCES}
    assert asked == {layer: zooms for layer, zooms in ZOOMS.items() if layer not in NOT_ON_PAGES}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "ink-soft", "accent", "urgent", "good", "warn"])
def test_text_can_be_read_on_every_panel(theme: str, ink: str) -> None:
    for panel in PANELS:
        ratio = contrast(getattr(style.PALETTE[ink], theme), getattr(style.PALETTE[panel], theme))
        assert ratio >= 4.5, f"{ink} on {panel}: {ratio:.2f}"


def test_themes_are_dashed_each_in_its_own_way_and_the_lines_of_the_grid_are_not() -> None:
    assert all(look.dash for look in thematic.LOOKS)
    assert len({look.dash for look in thematic.LOOKS}) == len({look.colour for look in thematic.LOOKS}) == 4
    assert not [rule for rule in grid.PAINT if getattr(rule, "dash", ())]
    source = next(source for source in tile.SOURCES if source.name == thematic.SOURCE)
    assert source.min_zoom + 1 <= thematic.MIN_ZOOM <= thematic.NAMES_FROM


THEME_INKS = [look.colour for look in thematic.LOOKS]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "ink", ["road-text", "cell-text", "community-text", "street-text", "water-text", "district", *THEME_INKS]
)
def test_labels_can_be_read_on_their_halo(theme: str, ink: str) -> None:
    assert contrast(getattr(style.PALETTE[ink], theme), getattr(style.PALETTE["halo"], theme)) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("one", "other"), [*itertools.combinations(["cell", "community", "street", "selected"], 2)]
)
def test_lines_of_the_grid_differ(theme: str, one: str, other: str) -> None:
    assert getattr(style.PALETTE[one], theme) != getattr(style.PALETTE[other], theme)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tone", patrol.TONES.values())
def test_a_route_can_be_seen_on_the_ground(theme: str, tone: str) -> None:
    assert contrast(getattr(style.PALETTE[tone], theme), getattr(style.PALETTE["land"], theme)) >= 3


def test_the_style_sheet_uses_only_variables_of_the_palette_and_no_colour_of_its_own() -> None:
    css = (assets.FOLDER / "css" / "app.css").read_text(encoding="utf-8")
    used = set(re.findall(r"var\(--([a-z_-]+)\)", css))
    assert used <= {*style.PALETTE, "fonts"}
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)", css)


def test_the_variables_give_every_colour_by_day_and_night() -> None:
    css = style.variables()
    for name, shade in style.PALETTE.items():
        assert css.count(f"--{name}:{shade.light};") >= 1
        assert css.count(f"--{name}:{shade.dark};") >= 1
