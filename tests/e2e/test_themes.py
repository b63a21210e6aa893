"""A city's own themes on the map: offered only where there are some, off at first, remembered, dashed and named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from layers import style, thematic, words
from layers.page import Role
from layers.words import Lang
from tests.databases import connected
from tests.e2e.test_pages import a_place_full_of_things
from tests.e2e.windows import DESK, PHONE, Visit, Windows

pytest_plugins = ("tests.e2e.browser",)

SIZES = {"desk": DESK, "phone": PHONE}
DESKS = [Role.PLANNER, Role.DISPATCHER]
FIRST, SECOND = thematic.LOOKS[:2]
ADD = """
INSERT INTO thematic (city_id, theme, code, name, geometry, outline)
SELECT v.city_id, %s, v.code, v.name || '辖区', v.geometry, ST_Transform(v.geometry, 3857)
FROM cell_version v JOIN city c ON c.id = v.city_id
WHERE c.code = 'demo' AND upper_inf(v.valid) AND upper_inf(v.recorded)
"""
REMOVE = "DELETE FROM thematic WHERE theme IN ('fire_company', 'precinct')"


@pytest.fixture
def themed_city(site: Any) -> Iterator[None]:
    """The running city with a precinct and a fire company in the place of each cell."""
    with connected(site.owner_url) as cursor:
        try:
            for theme in ("precinct", "fire_company"):
                cursor.execute(ADD, (theme,))
            yield
        finally:
            cursor.execute(REMOVE)


def open_layers(visit: Visit) -> None:
    """Unfold the layer switch."""
    if not visit.page.locator(".layers[open]").count():
        visit.page.click(".layers summary")


def colour(name: str, theme: str = "light") -> str:
    """Return a colour of the palette by day or night."""
    value: str = getattr(style.PALETTE[name], theme)
    return value


def test_a_city_without_themes_offers_none(windows: Windows) -> None:
    visit = windows()
    visit.open("/planner?lang=zh")
    open_layers(visit)
    expect(visit.page.locator(".layers .check").first).to_be_visible()
    expect(visit.page.locator(".themes")).to_have_count(0)


@pytest.mark.usefixtures("themed_city")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", DESKS)
def test_a_theme_is_off_at_first_and_drawn_once_it_is_switched_on(
    windows: Windows, site: Any, role: Role, size: str
) -> None:
    said = words.of(Lang.EN)
    visit = windows(SIZES[size])
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.open(f"/{role}?lang=en{a_place_full_of_things(site)}")
    assert not [url for url in asked if "/thematic/" in url]
    assert visit.pixels(colour(FIRST.colour), 12) < 20
    open_layers(visit)
    boxes = visit.page.locator(".themes .check")
    expect(boxes).to_have_text([said["theme.fire_company"], said["theme.precinct"]])
    boxes.first.get_by_role("checkbox").focus()
    visit.page.keyboard.press("Space")
    visit.gain(colour(FIRST.colour), 300, 12)
    assert visit.pixels(colour(SECOND.colour), 12) < 20
    assert [url for url in asked if "/thematic/" in url]
    assert visit.barriers() == []
    visit.page.keyboard.press("Space")
    visit.fade(colour(FIRST.colour), 20, 12)
    assert visit.faults()["messages"] == []


@pytest.mark.usefixtures("themed_city")
def test_a_theme_left_on_is_on_again_also_at_night(windows: Windows, site: Any) -> None:
    visit = windows(DESK, "dark")
    path = f"/dispatcher?lang=zh{a_place_full_of_things(site)}"
    visit.open(path)
    visit.switch(words.of(Lang.ZH)["theme.precinct"])
    visit.gain(colour(SECOND.colour, "dark"), 150, 12)
    visit.page.goto("about:blank")
    visit.open(path)
    visit.gain(colour(SECOND.colour, "dark"), 150, 12)
    open_layers(visit)
    precinct = visit.page.get_by_label(words.of(Lang.ZH)["theme.precinct"], exact=True)
    expect(precinct).to_be_checked()
    expect(visit.page.get_by_label(words.of(Lang.ZH)["theme.fire_company"], exact=True)).not_to_be_checked()
    assert visit.barriers() == []


@pytest.mark.usefixtures("themed_city")
def test_the_grid_worker_is_not_offered_themes(windows: Windows) -> None:
    visit = windows(PHONE)
    visit.open("/worker?lang=zh")
    open_layers(visit)
    expect(visit.page.locator(".layers .check").first).to_be_visible()
    expect(visit.page.locator(".themes")).to_have_count(0)
