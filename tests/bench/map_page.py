"""How soon the map of a city of 100,000 cells is drawn, how smoothly it moves, what it holds in memory; in Chromium.

The peer is what a map page without tiles does: a tenth of the cells as GeoJSON inside the page, drawn on one canvas.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from geo_app.core import coords
from tests import metropolis, people, tilings
from tests.bench.registry import Row, row, times_better
from tests.e2e.browser import ARGUMENTS, CHROMIUM
from tests.servers import WebServer, serving

MIDDLE = "39.82166/116.78509"
VIEWS = (10, 12, 14, 16)
"""Zooms at which the middle of the city is opened: streets, communities, cells, cells with their codes."""
ROUNDS = 3
PANS = 60
"""Frames of a pan."""
PEER_CELLS = (100, 100)
LIMIT = 120.0
RESTED = 1500.0
"""Ms after which the window of a new page has drawn itself: who opens the map has a browser open already."""
DRAWN = """
window.drawnAt = 0
requestAnimationFrame(function look() {
  const map = window.map_main
  let tiles = null
  if (map && map.eachLayer) map.eachLayer((layer) => { if (layer.views && layer._tiles) tiles = layer })
  const all = tiles ? Object.values(tiles._tiles) : []
  const isDrawn = all.length > 0 && !tiles._loading && all.every((tile) => tile.loaded)
  if (!isDrawn) window.drawnAt = 0
  else if (!window.drawnAt) window.drawnAt = performance.now()
  requestAnimationFrame(look)
})
"""
"""When every tile in sight was drawn, in ms since the address was opened; 0 while one is missing."""
PAN = """
(frames) => new Promise((done) => {
  const took = []
  let last = performance.now()
  requestAnimationFrame(function step(now) {
    took.push(now - last)
    last = now
    if (took.length > frames) { done(took.slice(1)); return }
    window.map_main.panBy([12, 5], { animate: false })
    requestAnimationFrame(step)
  })
})
"""
PEER = """<!DOCTYPE html><meta charset="utf-8"><link rel="stylesheet" href="/static/vendor/leaflet/leaflet.css">
<div id="map" style="position:absolute;inset:0"></div><script src="/static/vendor/leaflet/leaflet.js"></script><script>
window.map_main = L.map('map', { preferCanvas: true })
const cells = L.geoJSON(%s, { style: { weight: 1, fill: false } }).addTo(window.map_main)
window.map_main.fitBounds(cells.getBounds(), { animate: false })
requestAnimationFrame(() => requestAnimationFrame(() => { window.drawnAt = performance.now() }))
</script>"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One view: ms until drawn in a new browser and again, ms of a slow frame (95 %) of a pan, MB of heap after it."""

    cold: float
    warm: float
    frame: float
    heap: float


@row("map-page")
def map_page() -> Row:
    """Take the median of some rounds of each view, and of the views the worst."""
    with _site() as (server, browser, session):
        _see(
            server, browser, session, VIEWS[0]
        )  # compiles nothing of ours, but wakes the browser and the server
        rounds = [[_see(server, browser, session, zoom) for zoom in VIEWS] for _ in range(ROUNDS)]
        peer = statistics.median(_peer(server, browser, session) for _ in range(ROUNDS))
    views = [Seen(*(statistics.median(values) for values in zip(*map(_figures, view), strict=True)))
             for view in zip(*rounds, strict=True)]  # fmt: skip
    cold = max(one.cold for one in views)
    by_zoom = "; ".join(
        f"zoom {zoom}: {one.cold:.0f}/{one.warm:.0f} ms, frame {one.frame:.0f} ms, {one.heap:.0f} MB"
        for zoom, one in zip(VIEWS, views, strict=True)
    )
    return Row(
        name="map-page", ours=cold, unit="ms", peer="10,000 cells as GeoJSON in the page", peer_figure=peer,
        ratio=times_better(cold, peer), equal=None, note=f"100,000 cells; drawn new/again, slow frame, heap: {by_zoom}",
    )  # fmt: skip


def _figures(seen: Seen) -> tuple[float, ...]:
    return seen.cold, seen.warm, seen.frame, seen.heap


@contextmanager
def _site() -> Iterator[tuple[WebServer, Browser, Any]]:
    """Give a server of the city, a browser, and the session of somebody who has logged in."""
    with (
        metropolis.place() as place,
        tempfile.TemporaryDirectory() as folder,
        serving(metropolis.settings(place), Path(folder) / "web.log") as server,
        sync_playwright() as playwright,
    ):
        database = metropolis.opened(place)
        secret = people.demo_link(database, "bench.planner", *people.STREET)
        database.dispose()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context()
        context.request.post(f"{server.url}/api/link/use", data={"secret": secret})
        session = context.storage_state()
        context.close()
        yield server, browser, session
        browser.close()


def _see(server: WebServer, browser: Browser, session: Any, zoom: int) -> Seen:
    with _context(browser, session) as context:
        context.add_init_script(DRAWN)
        address = f"{server.url}/planner?city={metropolis.CODE}#{zoom}/{MIDDLE}"
        cold, first = _open(context, address)
        first.close()
        warm, page = _open(context, address)
        frames = page.evaluate(PAN, PANS)
        _drawn(page)
        return Seen(cold, warm, float(np.percentile(frames, 95)), _heap(page))


def _peer(server: WebServer, browser: Browser, session: Any) -> float:
    cells = [
        cell.geometry for cell in tilings.cells(*PEER_CELLS, extent=PEER_CELLS[0] * metropolis.SIDE, seed=1)
    ]
    polygons = np.array(cells, dtype=object)
    shapes = shapely.transform(polygons, lambda xy: coords.convert(xy, metropolis.SRID, coords.WGS84))
    features = [{"type": "Feature", "properties": {}, "geometry": json.loads(text)}
                for text in shapely.to_geojson(shapely.set_precision(shapes, 1e-6, mode="pointwise"))]  # fmt: skip
    html = PEER % json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    with _context(browser, session) as context:
        address = f"{server.url}/peer"
        context.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
        return _open(context, address)[0]


@contextmanager
def _context(browser: Browser, session: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, storage_state=session)
    yield context
    context.close()


def _open(context: BrowserContext, address: str) -> tuple[float, Page]:
    page = context.new_page()
    page.wait_for_timeout(RESTED)
    page.goto(address)
    return _drawn(page), page


def _drawn(page: Page) -> float:
    """Return when everything was drawn; the page's policy lets no script look for us, so we look."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        at = float(page.evaluate("window.drawnAt"))
        if at:
            return at
        page.wait_for_timeout(20)
    raise RuntimeError("the map was not drawn in time")


def _heap(page: Page) -> float:
    """Return MB of what scripts hold once nothing is left to clear away."""
    tools = page.context.new_cdp_session(page)
    tools.send("HeapProfiler.enable")
    tools.send("HeapProfiler.collectGarbage")
    used = tools.send("Runtime.getHeapUsage")["usedSize"]
    tools.detach()
    return float(used) / 1e6
