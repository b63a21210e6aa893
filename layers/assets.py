"""The files a page loads, all our own: nothing is ever fetched from another host.

Folium's defaults name eleven files on foreign servers; `page.PageMap` carries these lists instead.
JS and CSS entries share one name space inside Folium: equal names would silently drop the script.
"""

from __future__ import annotations

import re
from functools import lru_cache
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
IMPORTED = re.compile(r"""^(?:import|export)\s[^'"]*['"](\.{1,2}/[^'"]+)['"]""", re.MULTILINE)
"""The address in a static import, as our modules write it."""


def module(name: str) -> str:
    """Return the address of a page's ES module."""
    return f"{BASE}/js/pages/{name}.js"


@lru_cache
def modules(name: str) -> tuple[str, ...]:
    """Return the addresses of a page's module and of all it imports: a browser need not find them one by one."""
    found: dict[Path, None] = {}
    ahead = [FOLDER / "js" / "pages" / f"{name}.js"]
    while ahead:
        path = ahead.pop(0).resolve()
        if path not in found:
            found[path] = None
            ahead += [path.parent / address for address in IMPORTED.findall(path.read_text(encoding="utf-8"))]
    return tuple(f"{BASE}/{path.relative_to(FOLDER).as_posix()}" for path in found)
