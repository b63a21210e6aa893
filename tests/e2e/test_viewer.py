"""The viewer of the API: complete on this machine, one request can be tried, nothing foreign is asked."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.test_pages import CLEAN
from tests.e2e.windows import DESK, PHONE, Windows

pytest_plugins = ("tests.e2e.browser",)


def test_people_read_the_api_and_try_it(windows: Windows) -> None:
    visit = windows(DESK)
    visit.page.goto(visit.url + "/api/docs")
    expect(visit.page.locator(".info .title")).to_contain_text("Wangge")
    cities = visit.page.locator("#operations-Maps-get_maps_cities")
    cities.locator(".opblock-summary-control").click()
    cities.get_by_role("button", name="Try it out").click()
    cities.get_by_role("button", name="Execute").click()
    expect(cities.locator(".live-responses-table .response-col_status").last).to_have_text("200")
    expect(cities.locator(".live-responses-table code").first).to_contain_text("bounds")
    assert visit.faults() == CLEAN


def test_the_viewer_fits_a_phone(windows: Windows) -> None:
    visit = windows(PHONE)
    visit.page.goto(visit.url + "/api/docs")
    expect(visit.page.locator(".opblock").first).to_be_visible()
    assert visit.faults() == CLEAN
