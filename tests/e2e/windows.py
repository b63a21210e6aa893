"""Windows of the browser, watched so that nothing a page does wrong goes unseen."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LIMIT = 120_000
"""Milliseconds to wait for a condition; reached only when something is broken, however slow the machine."""

DESK = (1440, 900)
PHONE = (390, 844)

WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.violations.push(event.violatedDirective + ' ' + event.blockedURI);
});
"""
DRAWN = """() => {
  const map = window.map_main;  // until the map is made, the element of that id
  if (!map || !map.eachLayer || document.querySelector('.loading')) return false;
  if (map._animatingZoom || (map._panAnim && map._panAnim._inProgress)) return false;
  const tiles = [];
  map.eachLayer((layer) => { if (layer._tiles) tiles.push(...Object.values(layer._tiles)); });
  const isDrawn = tiles.length > 0 && tiles.every((tile) => tile.loaded && tile.active);
  return isDrawn && document.querySelector('.connection.live') !== null;
}"""
AT_REST = "() => document.querySelector('[aria-busy=\"true\"], .loading') === null"
PIXELS = """([red, green, blue, tolerance]) => {
  let count = 0;
  const copy = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  for (const canvas of document.querySelectorAll('.leaflet-tile-pane canvas')) {
    if (!canvas.width) continue;
    copy.canvas.width = canvas.width;
    copy.canvas.height = canvas.height;
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] > 120 && Math.abs(data[i] - red) <= tolerance && Math.abs(data[i + 1] - green) <= tolerance
        && Math.abs(data[i + 2] - blue) <= tolerance) count += 1;
    }
  }
  return count;
}"""


@dataclass
class Visit:
    """One page in one window, with everything it did wrong."""

    page: Page
    url: str
    messages: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Take note of console messages, errors, dialogs and requests to other hosts."""
        self.page.add_init_script(WATCH)
        self.page.on(
            "console", lambda m: self.messages.append(m.text) if m.type in {"error", "warning"} else None
        )
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("dialog", self._dismiss)

    def open(self, path: str) -> None:
        """Go to a path of the service and wait until map and lists are drawn."""
        self.page.goto(self.url + path)
        self.settle()

    def settle(self) -> None:
        """Wait until every tile is drawn and nothing is loading."""
        self.page.wait_for_function(DRAWN, timeout=LIMIT)

    def pixels(self, colour: str, tolerance: int = 30) -> int:
        """Return how many pixels of the map's tiles are about #rrggbb now; `gain` and `fade` wait for them."""
        parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        count: int = self.page.evaluate(PIXELS, [*parts, tolerance])
        return count

    def fade(self, colour: str, most: int, tolerance: int = 30) -> None:
        """Wait until at most `most` pixels of the map's tiles are about #rrggbb."""
        parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        is_gone = f"([rgb, most]) => ({PIXELS})(rgb) <= most"
        self.page.wait_for_function(is_gone, arg=[[*parts, tolerance], most], polling=200, timeout=LIMIT)

    def gain(self, colour: str, least: int, tolerance: int = 30) -> None:
        """Wait until at least `least` pixels of the map's tiles are about #rrggbb."""
        parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        is_there = f"([rgb, least]) => ({PIXELS})(rgb) >= least"
        self.page.wait_for_function(is_there, arg=[[*parts, tolerance], least], polling=200, timeout=LIMIT)

    def switch(self, layer: str) -> None:
        """Click the check box of a layer."""
        if not self.page.locator(".layers[open]").count():
            self.page.click(".layers summary")
        self.page.get_by_label(layer, exact=True).click()

    def faults(self) -> dict[str, list[str]]:
        """Return what went wrong; all lists are empty when nothing did."""
        violations: list[str] = self.page.evaluate("window.violations")
        return {
            "messages": self.messages, "violations": violations, "strangers": self.strangers, "dialogs": self.dialogs,
        }  # fmt: skip

    def barriers(self) -> list[str]:
        """Return the serious and critical findings of axe-core on the page at rest, with their elements."""
        self.page.wait_for_function(AT_REST, timeout=LIMIT)
        self.page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
        found: dict[str, Any] = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        return [
            f"{one['id']}: {[node['target'] for node in one['nodes']]}"
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]

    def _note(self, url: str) -> None:
        if not url.startswith((self.url + "/", "data:", "blob:")):
            self.strangers.append(url)

    def _dismiss(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


class Windows:
    """Opens windows of any size, language and theme, and closes them all at the end of the test."""

    def __init__(self, browser: Browser, url: str, session: Any = None) -> None:
        self._browser = browser
        self._session = session
        self._url = url
        self._open: list[Any] = []

    def __call__(self, size: tuple[int, int] = DESK, theme: Any = "light", permissions: Any = None) -> Visit:
        """Return a visit in a new window with its own storage, logged in when the windows are."""
        is_phone = size == PHONE
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme, permissions=permissions or [],
            is_mobile=is_phone, has_touch=is_phone, reduced_motion="reduce", locale="zh-CN",
            geolocation={"longitude": 117.197, "latitude": 39.522}, storage_state=self._session,
        )  # fmt: skip
        self._open.append(context)
        visit = Visit(context.new_page(), self._url)
        visit.page.set_default_timeout(LIMIT)
        visit.watch()
        return visit

    def close(self) -> None:
        """Close every window."""
        for context in self._open:
            context.close()
