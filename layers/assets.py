"""The files a page loads, all our own: nothing is ever fetched from another host.

Folium's defaults name eleven files on foreign servers; `page.PageMap` carries ours instead. The address of a file holds
a hash over all of them, so that a browser may keep it for ever: after a change every address is another one. Imports
between modules are relative and so stay within their edition.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

FOLDER = Path(__file__).resolve().parent.parent / "static"
BASE = "/static"

# JS and CSS entries share one name space inside Folium: equal names would silently drop the script.
MAP_JS = {
    "leaflet_js": "vendor/leaflet/leaflet.js",
    "protomaps_js": "vendor/protomaps-leaflet/protomaps-leaflet.js",
}
MAP_CSS = {
    "leaflet_css": "vendor/leaflet/leaflet.css",
    "app_css": "css/app.css",
    "work_css": "css/work.css",
}
VIEWER_JS = "vendor/swagger-ui-dist/swagger-ui-bundle.js"
VIEWER_CSS = "vendor/swagger-ui-dist/swagger-ui.css"
ICON = "icons/wangge.svg"
IMPORTED = re.compile(r"""^(?:import|export)\s[^'"]*['"](\.{1,2}/[^'"]+)['"]""", re.MULTILINE)
"""The address in a static import, as our modules write it."""

Seen = tuple[tuple[str, int, int], ...]
"""Path, time of change and size of every file."""


@dataclass(frozen=True, eq=False)
class Edition:
    """All files as they were at one moment, by their path below the folder."""

    seen: Seen
    files: dict[str, bytes]
    _modules: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """A short hash over names and contents: the same on every machine that has the same files."""
        return digest(*(f"{path}\0".encode() + content for path, content in sorted(self.files.items())))

    def address(self, path: str) -> str:
        """Return the address of a file of this edition."""
        return f"{BASE}/{self.version}/{path}"

    def named(self, paths: dict[str, str]) -> list[tuple[str, str]]:
        """Return names and addresses as Folium takes them."""
        return [(name, self.address(path)) for name, path in paths.items()]

    def module(self, name: str) -> str:
        """Return the address of a page's ES module."""
        return self.address(_module(name))

    def modules(self, name: str) -> tuple[str, ...]:
        """Return the addresses of a page's module and of all it imports: a browser need not find them one by one."""
        if name not in self._modules:
            self._modules[name] = tuple(self.address(path) for path in self._needed(_module(name)))
        return self._modules[name]

    def _needed(self, first: str) -> list[str]:
        found: dict[str, None] = {}
        ahead = [first]
        while ahead:
            path = ahead.pop(0)
            if path not in found:
                found[path] = None
                folder = PurePosixPath(path).parent
                text = self.files[path].decode("utf-8")
                ahead += [os.path.normpath(folder / address) for address in IMPORTED.findall(text)]
        return list(found)


class Shelf:
    """A folder of files, read again only when one of them has changed on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._latest = folder, Edition((), {})

    def now(self) -> Edition:
        """Return the files as they are."""
        seen = tuple(sorted(_seen(self._folder)))
        if self._latest.seen != seen:
            self._latest = Edition(seen, {path: (self._folder / path).read_bytes() for path, _, _ in seen})
        return self._latest

    def latest(self) -> Edition:
        """Return the files as they were when somebody last looked: this reads nothing."""
        return self._latest


SHELF = Shelf(FOLDER)


def now() -> Edition:
    """Return our files as they are."""
    return SHELF.now()


def digest(*contents: bytes) -> str:
    """Return a short hash over contents one after the other."""
    found = hashlib.sha256()
    for content in contents:
        found.update(b"%d\0" % len(content) + content)
    return found.hexdigest()[:16]


def _seen(folder: Path, above: str = "") -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = f"{above}{entry.name}"
            if entry.is_dir():
                yield from _seen(folder / entry.name, f"{path}/")
            else:
                about = entry.stat()
                yield path, about.st_mtime_ns, about.st_size


def _module(name: str) -> str:
    return f"js/pages/{name}.js"
