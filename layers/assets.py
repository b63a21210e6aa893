"""The files a page loads, all our own: nothing is ever fetched from another host.

Folium's defaults name eleven files on foreign servers; `page.PageMap` carries these lists instead.
JS and CSS entries share one name space inside Folium: equal names would silently drop the script.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "static"
BASE = "/static"

MAP_JS = [
    ("leaflet_js", f"{BASE}/vendor/leaflet/leaflet.js"),
    ("protomaps_js", f"{BASE}/vendor/protomaps-leaflet/protomaps-leaflet.js"),
]
MAP_CSS = [
    ("leaflet_css", f"{BASE}/vendor/leaflet/leaflet.css"),
    ("app_css", f"{BASE}/css/app.css"),
    ("work_css", f"{BASE}/css/work.css"),
]
VIEWER_JS = f"{BASE}/vendor/swagger-ui-dist/swagger-ui-bundle.js"
VIEWER_CSS = f"{BASE}/vendor/swagger-ui-dist/swagger-ui.css"
ICON = f"{BASE}/icons/wangge.svg"


def module(name: str) -> str:
    """Return the address of a page's ES module."""
    return f"{BASE}/js/pages/{name}.js"
