"""Every role's page, on a desk and on a phone, in both languages, by day and by night."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from layers import style, words
from layers.page import Role
from layers.words import Lang
from tests.e2e.deeds import api
from tests.e2e.windows import DESK, PHONE, Visit, Windows

pytest_plugins = ("tests.e2e.browser",)

CLEAN = {"messages": [], "violations": [], "strangers": [], "dialogs": []}
SIZES = {"desk": DESK, "phone": PHONE}


def word(lang: Lang, key: str) -> str:
    """Return one of our words."""
    return words.of(lang)[key]


def parts(address: str) -> tuple[str, dict[str, list[str]], str]:
    """Return path, query and fragment of an address."""
    split = urlsplit(address)
    return split.path, parse_qs(split.query), split.fragment


def picture(visit: Visit, site: Any, name: str) -> None:
    """Keep a picture of the page beside the service's log."""
    folder = Path(site.folder) / "pictures"
    folder.mkdir(exist_ok=True)
    visit.page.screenshot(path=folder / f"{name}.png")


def a_place_full_of_things(site: Any) -> str:
    """Return the part of the address that shows cells and streets around the middle of the city."""
    west, south, east, north = api(site, "/api/cities")["items"][0]["bounds"]
    return f"#16/{(south + north) / 2:.5f}/{(west + east) / 2:.5f}"


@pytest.mark.parametrize("lang", Lang)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", Role)
def test_a_page_draws_cells_and_streets_and_does_nothing_wrong(
    windows: Windows, site: Any, role: Role, size: str, lang: Lang
) -> None:
    visit = windows(SIZES[size])
    visit.open(f"/{role}?lang={lang}{a_place_full_of_things(site)}")
    picture(visit, site, f"{role}-{size}-{lang}")
    assert visit.page.title().startswith(word(lang, f"role.{role}"))
    expect(visit.page.locator(".badge").first).to_have_text(word(lang, "city.demo"))
    expect(visit.page.locator(".attribution span")).to_have_text(
        api(site, "/api/cities")["items"][0]["attribution"]
    )
    assert visit.barriers() == []
    visit.gain(style.PALETTE["cell"].light, 501, 60)
    visit.gain(style.PALETTE["road-text"].light, 101)
    lines = visit.pixels(style.PALETTE["cell"].light, 60)
    visit.switch(word(lang, "layer.cells"))
    visit.fade(style.PALETTE["cell"].light, lines // 5, 60)
    visit.switch(word(lang, "layer.basemap"))
    visit.fade(style.PALETTE["road-text"].light, 0)
    assert visit.faults() == CLEAN


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", Role)
def test_a_page_is_clean_at_night_too(windows: Windows, site: Any, role: Role, size: str) -> None:
    visit = windows(SIZES[size], "dark")
    visit.open(f"/{role}?lang=zh{a_place_full_of_things(site)}")
    picture(visit, site, f"{role}-{size}-night")
    visit.gain(style.PALETTE["cell"].dark, 501, 60)
    assert visit.barriers() == []
    assert visit.faults() == CLEAN


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_city_is_in_sight_at_first(windows: Windows, site: Any, size: str) -> None:
    visit = windows(SIZES[size])
    visit.open("/dispatcher")
    seen = visit.page.evaluate("map_main.getBounds().toBBoxString()")
    west, south, east, north = (float(value) for value in seen.split(","))
    city = api(site, "/api/cities")["items"][0]["bounds"]
    assert west <= city[0] < city[2] <= east
    assert south <= city[1] < city[3] <= north


def test_the_higher_units_take_over_far_out(windows: Windows, site: Any) -> None:
    visit = windows()
    place = a_place_full_of_things(site)
    visit.open("/planner?lang=zh" + place.replace("#16", "#12"))
    visit.gain(style.PALETTE["street-text"].light, 51)
    visit.fade(style.PALETTE["cell-text"].light, 0, 10)
    visit.open("/planner?lang=en" + place.replace("#16", "#14"))
    visit.gain(style.PALETTE["community-text"].light, 51)


def test_the_root_leads_to_a_page_in_the_language_of_the_browser(windows: Windows) -> None:
    visit = windows()
    visit.open("/")
    assert visit.page.url.startswith(f"{visit.url}/dispatcher")
    assert visit.page.locator("html").get_attribute("lang") == "zh-CN"


def test_language_and_role_links_keep_the_rest_of_the_address(windows: Windows, site: Any) -> None:
    visit = windows()
    place = a_place_full_of_things(site)
    visit.open(f"/planner?lang=zh&more=1{place}")
    visit.page.click("#language")
    expect(visit.page.locator("html")).to_have_attribute(
        "lang", "en"
    )  # a click does not wait for the page it leads to
    visit.settle()
    assert parts(visit.page.url) == ("/planner", {"city": ["demo"], "lang": ["en"], "more": ["1"]}, place[1:])
    visit.page.get_by_role("link", name=word(Lang.EN, "role.dispatcher"), exact=True).click()
    visit.page.wait_for_url(lambda url: "/dispatcher?" in url)
    visit.settle()
    assert parts(visit.page.url) == (
        "/dispatcher",
        {"city": ["demo"], "lang": ["en"], "more": ["1"]},
        place[1:],
    )


def test_a_city_nobody_knows_is_named_and_another_can_be_chosen(windows: Windows) -> None:
    visit = windows()
    visit.page.goto(f"{visit.url}/dispatcher?city=nowhere&lang=zh")
    visit.page.get_by_text(word(Lang.ZH, "city.unknown")).wait_for()
    visit.page.get_by_label(word(Lang.ZH, "city.choose")).select_option("demo")
    visit.page.wait_for_url(lambda url: "city=demo" in url)
    visit.settle()


def test_without_an_answer_the_page_says_so_and_can_try_again(windows: Windows) -> None:
    visit = windows()
    visit.page.route("**/api/stream*", lambda route: route.abort())  # no news may try again by itself
    visit.page.route("**/api/incidents?*", lambda route: route.abort())
    visit.page.goto(f"{visit.url}/dispatcher?lang=zh")
    visit.page.get_by_text(word(Lang.ZH, "state.unreachable")).first.wait_for()
    visit.page.unroute("**/api/incidents?*")
    visit.page.locator(".panel").get_by_role("button", name=word(Lang.ZH, "state.retry")).click()
    visit.page.locator(".queue .row").first.wait_for()


def test_tiles_that_fail_are_told_of_and_asked_for_again(windows: Windows, site: Any) -> None:
    visit = windows()
    visit.page.route("**/tiles/**", lambda route: route.fulfill(status=503))
    visit.page.goto(f"{visit.url}/planner?lang=zh{a_place_full_of_things(site)}")
    notice = visit.page.locator(".tile-trouble")
    notice.wait_for()
    visit.page.unroute("**/tiles/**")
    notice.get_by_role("button").click()
    visit.page.wait_for_function("() => !document.querySelector('.tile-trouble')")
    visit.settle()
    visit.gain(style.PALETTE["cell"].light, 501, 60)


def test_nothing_is_lost_at_320_pixels_and_double_text(windows: Windows) -> None:
    visit = windows((320, 640))
    visit.open("/worker?lang=zh")
    visit.page.evaluate("document.documentElement.style.fontSize = '32px'")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(("size", "least"), [("phone", 44), ("desk", 24)])
@pytest.mark.parametrize("role", Role)
def test_targets_are_large_enough(windows: Windows, role: Role, size: str, least: int) -> None:
    visit = windows(SIZES[size])
    visit.open(f"/{role}?lang=zh")
    visit.page.click(".layers summary")
    small = visit.page.evaluate(
        """least => Array.from(document.querySelectorAll('a, button, select, input, summary'))
        .map((target) => target.closest('label') || target)
        .filter((target) => target.offsetParent !== null && !target.matches('.skip'))
        .map((target) => [target.className || target.id, target.getBoundingClientRect()])
        .filter(([, box]) => box.height < least - 0.5 || box.width < least - 0.5)
        .map(([name, box]) => `${name} ${box.width}x${box.height}`)""",
        least,
    )
    assert small == []
