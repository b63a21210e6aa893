"""More incidents than the list holds: the dispatcher's map counts them far out and shows them one by one near by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from layers import words
from layers.words import Lang
from tests.databases import connected
from tests.e2e.windows import DESK, LIMIT, PHONE, Windows

pytest_plugins = ("tests.e2e.browser",)

SIZES = {"desk": DESK, "phone": PHONE}
CLEAN: dict[str, list[str]] = {"messages": [], "violations": [], "strangers": [], "dialogs": []}
CROWD = """
INSERT INTO incident (city_id, jurisdiction, category_id, channel, description, state, point, occurred_at, respond_by,
  reported_at, community_id)
SELECT p.city_id, c.jurisdiction, (SELECT min(id) FROM category WHERE city_id = p.city_id), 'web', 'crowd', 'reported',
  p.point, now() - p.id * interval '1 second', now() + interval '1 day', now(), p.community_id
FROM place p JOIN city c ON c.id = p.city_id WHERE c.code = 'demo' AND p.kind = 'number' AND p.id % 4 = 0
"""
COUNT = """
SELECT count(*) FROM incident i JOIN city c ON c.id = i.city_id
WHERE c.code = 'demo' AND i.state <> 'closed' AND i.point IS NOT NULL
"""
SHOWN = """() => {
  const found = { discs: 0, counted: 0, marks: [] };
  window.map_main.eachLayer((layer) => {
    const { incidents } = layer.options || {};
    if (incidents) { found.discs += 1; found.counted += incidents; }
    const { feature } = layer;
    if (feature && 'state' in feature.properties) found.marks.push(feature.properties.id);
  });
  return found;
}"""
ALL_SHOWN = f"(all) => {{ const s = ({SHOWN})(); return s.discs > 0 && s.counted + s.marks.length === all; }}"
CLICKED = """() => {
  let place = null;
  const map = window.map_main;
  map.eachLayer((layer) => { if (!place && (layer.options || {}).incidents > 3) place = layer; });
  place.fire('click', { latlng: place.getLatLng() });
}"""
OPENED = """() => {
  let one = null;
  window.map_main.eachLayer((layer) => { if (layer.feature && layer.feature.properties.is_other) one = layer; });
  if (!one) return null;
  one.fire('click');
  return one.feature.properties.id;
}"""
"""Clicks one beyond the list in the moment it is found: what comes with the next tiles may take its place."""
SAID = "SELECT description FROM incident WHERE id = %s"


@pytest.fixture
def crowd(site: Any) -> Iterator[int]:
    """More than a thousand incidents more in the running city; gives how many are open."""
    with connected(site.owner_url) as cursor:
        try:
            cursor.execute(CROWD)
            cursor.execute(COUNT)
            (found,) = cursor.fetchone() or (0,)
            yield found
        finally:
            cursor.execute("DELETE FROM incident WHERE description = 'crowd'")


@pytest.mark.parametrize("size", SIZES)
def test_far_out_every_incident_is_counted_once_and_near_by_those_beyond_the_list_open(
    windows: Windows, site: Any, crowd: int, size: str
) -> None:
    assert crowd > 1000
    visit = windows(SIZES[size])
    visit.open("/dispatcher?lang=en")
    visit.page.wait_for_function(ALL_SHOWN, arg=crowd, timeout=LIMIT)
    assert visit.barriers() == []
    before = visit.page.evaluate("window.map_main.getZoom()")
    visit.page.evaluate(CLICKED)
    visit.page.wait_for_function("z => window.map_main.getZoom() === z", arg=before + 2, timeout=LIMIT)
    visit.page.evaluate("void window.map_main.setZoom(17, { animate: false })")
    opened = visit.page.wait_for_function(OPENED, timeout=LIMIT).json_value()
    with connected(site.owner_url) as cursor:
        cursor.execute(SAID, (opened,))
        (said,) = cursor.fetchone() or ("",)
    assert said
    expect(visit.page.locator(".card")).to_contain_text(said, timeout=LIMIT)
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator(".card")).to_be_hidden()
    visit.page.locator('.queue button[tabindex="0"]').focus()  # there is one, though another was opened
    visit.page.keyboard.press("ArrowDown")
    expect(visit.page.locator(".queue button").nth(1)).to_be_focused()
    assert visit.faults() == CLEAN


def test_a_city_with_few_incidents_has_marks_where_they_can_be_told_apart(
    windows: Windows, site: Any
) -> None:
    visit = windows()
    visit.open(f"/dispatcher?lang={Lang.ZH}")
    with connected(site.owner_url) as cursor:
        cursor.execute(COUNT)
        (count,) = cursor.fetchone() or (0,)
    shown = f"(all) => {{ const s = ({SHOWN})(); return s.marks.length > 0 && s.counted + s.marks.length === all; }}"
    visit.page.wait_for_function(shown, arg=count, timeout=LIMIT)
    assert "cluster.says" in words.of(Lang.ZH)
    assert visit.faults() == CLEAN
