"""The grid worker's round: every cell the route crosses is drawn, listed with its metres, and can be visited."""

from __future__ import annotations

import math
from typing import Any

import pytest
import shapely
from playwright.sync_api import expect

from geo_app.core import coords
from layers import patrol, style, words
from layers.words import Lang
from tests.e2e.deeds import api
from tests.e2e.windows import DESK, PHONE, Visit, Windows

pytest_plugins = ("tests.e2e.browser",)

SIZES = {"desk": DESK, "phone": PHONE}
ODD = patrol.TONES["odd"]
DRAWN = """() => {
  const found = {};
  map_main.eachLayer((layer) => {
    const { stretch, color } = layer.options;
    if (stretch) found[stretch] = layer.getLatLngs().map(({ lat, lng }) => [lng, lat]);
  });
  return found;
}"""


def a_round(site: Any) -> dict[str, Any]:
    """Return the patrol route of the demo city that crosses most often from cell to cell."""
    routes: list[dict[str, Any]] = api(site, "/api/routes?city=demo")["features"]
    return max(routes, key=lambda route: len(route["properties"]["cells"]))


def expected(route: dict[str, Any]) -> list[tuple[str | None, float, float]]:
    """Return (code, enter, exit) of every stretch in order, None for what lies outside every cell."""
    parts: list[tuple[str | None, float, float]] = []
    walked = 0.0
    for cell in route["properties"]["cells"]:
        if cell["enter"] - walked > 0.15:
            parts.append((None, walked, cell["enter"]))
        parts.append((cell["code"], cell["enter"], cell["exit"]))
        walked = cell["exit"]
    if route["properties"]["length"] - walked > 0.15:
        parts.append((None, walked, route["properties"]["length"]))
    return parts


def open_round(visit: Visit, route: dict[str, Any], lang: Lang = Lang.ZH) -> None:
    """Open the page of the person who walks the route, with the list of stretches unfolded."""
    visit.open(f"/worker?lang={lang}&worker={route['properties']['responder']['id']}")
    visit.page.locator(".round summary").click()
    visit.page.locator(".stretch").first.wait_for()


@pytest.mark.parametrize("size", SIZES)
def test_the_stretches_drawn_are_those_of_the_server(windows: Windows, site: Any, size: str) -> None:
    visit, route = windows(SIZES[size]), a_round(site)
    open_round(visit, route)
    parts = expected(route)
    drawn = visit.page.evaluate(DRAWN)
    assert sorted(map(int, drawn)) == list(range(1, len(parts) + 1))
    middle = route["geometry"]["coordinates"][0][0]
    srid = 32601 + int((middle + 180) // 6)
    shrink = 0.9996  # a UTM zone is that much too short in its middle, less towards its edges
    for number, (code, enter, leave) in enumerate(parts, 1):
        line = coords.to_metric(shapely.LineString(drawn[str(number)]), srid)
        assert math.isclose(line.length, leave - enter, rel_tol=1.2 * (1 - shrink), abs_tol=0.3), number
        if code is not None and leave - enter > 2:
            outline = shapely.geometry.shape(api(site, f"/api/cells/{code}?city=demo")["outline"])
            spot = shapely.LineString(drawn[str(number)]).interpolate(0.5, normalized=True)
            assert outline.distance(spot) < 3e-6, f"{number} is not in {code}"  # a third of a metre


@pytest.mark.parametrize("lang", Lang)
def test_the_list_names_the_cells_in_order_with_their_metres(windows: Windows, site: Any, lang: Lang) -> None:
    visit, route = windows(PHONE), a_round(site)
    open_round(visit, route, lang)
    said, parts = words.of(lang), expected(route)
    names = {cell["code"]: cell["name"] for cell in route["properties"]["cells"]}
    shown = visit.page.locator(".stretch-cell").all_inner_texts()
    assert shown == [
        said["incident.no_cell"]
        if code is None
        else said["incident.in_cell"].format(code=code[-3:], name=names[code])
        for code, _, _ in parts
    ]
    lengths = visit.page.locator(".stretch-length").all_inner_texts()
    for text, (_, enter, leave) in zip(lengths, parts, strict=True):
        number, unit = text.split(" ")
        metres = float(number.replace(",", "")) * {"m": 1, "km": 1000}[unit]
        assert abs(metres - (leave - enter)) <= (50 if unit == "km" else 5 if metres >= 100 else 0.5) + 0.06
    expect(visit.page.locator(".round summary")).to_contain_text(str(len(names)))
    assert visit.barriers() == []


def test_a_stretch_is_visited_by_keyboard_and_stands_out(windows: Windows, site: Any) -> None:
    visit, route = windows(PHONE), a_round(site)
    open_round(visit, route)
    number = max(range(len(expected(route))), key=lambda i: expected(route)[i][2] - expected(route)[i][1])
    button = visit.page.locator(".stretch").nth(number)
    before = visit.page.evaluate("map_main.getBounds().toBBoxString()")
    button.focus()
    visit.page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(visit.page.locator('.stretch[aria-pressed="true"]')).to_have_count(1)
    visit.page.wait_for_function("before => map_main.getBounds().toBBoxString() !== before", arg=before)
    seen = shapely.box(
        *(float(value) for value in visit.page.evaluate("map_main.getBounds().toBBoxString()").split(","))
    )
    assert seen.contains(shapely.LineString(visit.page.evaluate(DRAWN)[str(number + 1)]))
    expect(button).to_be_focused()
    assert visit.barriers() == []
    assert visit.faults()["messages"] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_cells_a_route_crosses_stand_out_while_routes_are_shown(
    windows: Windows, site: Any, theme: str
) -> None:
    visit, route = windows(DESK, theme), a_round(site)
    lon, lat = route["geometry"]["coordinates"][len(route["geometry"]["coordinates"]) // 2]
    visit.open(f"/worker?lang=zh&worker={route['properties']['responder']['id']}#16/{lat:.5f}/{lon:.5f}")
    visit.page.locator(".round").wait_for()
    colour = getattr(style.PALETTE[ODD], theme)
    visit.gain(colour, 500)
    visit.switch(words.of(Lang.ZH)["layer.routes"])
    visit.fade(colour, 50)
    assert visit.page.evaluate(DRAWN) == {}
    assert visit.barriers() == []


def test_somebody_without_a_route_sees_none(windows: Windows, site: Any) -> None:
    visit, route = windows(PHONE), a_round(site)
    open_round(visit, route)
    walkers = {one["properties"]["responder"]["id"] for one in api(site, "/api/routes?city=demo")["features"]}
    people = [one["properties"] for one in api(site, "/api/responders?city=demo")["features"]]
    other = next(one for one in people if one["kind"] == "grid_worker" and one["id"] not in walkers)
    visit.page.select_option("#worker", str(other["id"]))
    expect(visit.page.locator(".rounds")).to_be_hidden()
    assert visit.page.evaluate(DRAWN) == {}
