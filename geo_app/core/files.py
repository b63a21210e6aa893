"""Our own files for the browser: under an address of their edition they may be kept for ever, and needs no thread.

`/static/EDITION/path` is what pages name; `layers.assets` says which edition is the newest. Without an edition, or
with another one, the file is given as it is now, to be asked for again: a page opened before an upgrade still works.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Response, request
from werkzeug.exceptions import NotFound

from geo_app.core import edges, hosts
from geo_app.core.recall import ASK_AGAIN, LEAST_PACKED, Kept
from layers import assets
from layers.assets import BASE, Edition, Shelf

FOR_EVER = "public, max-age=31536000, immutable"
EDITION = re.compile(r"[0-9a-f]{16}")
TEXT = re.compile(r"text/|application/(json|javascript)|image/svg")
"""Kinds that shrink when packed."""
BY_PROXY = frozenset(
    name.removeprefix("HTTP_").lower().replace("_", "-").encode() for name in hosts.FORWARDED
)
"""Headers that only the whole application can judge."""

Headers = list[tuple[str, str]]
Scope = dict[str, Any]


class Files:
    """The files of a shelf, answered as WSGI by a view and as ASGI on the event loop."""

    def __init__(self, names: tuple[str, ...], shelf: Shelf = assets.SHELF) -> None:
        self._names, self._shelf = hosts.LOOPBACK_NAMES | set(names), shelf
        self._kept: dict[tuple[str, str], Kept] = {}

    def find(self, scope: Scope) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
        """Return status, headers and body for a request as ASGI says it; None when the application has to answer."""
        if scope["method"] != "GET" or not scope["path"].startswith(f"{BASE}/"):
            return None
        said = dict(scope["headers"])
        host = _host(said.get(b"host", b""))
        if host not in self._names or BY_PROXY & said.keys():
            return None
        path, match, encodings = (
            scope["path"].removeprefix(f"{BASE}/"), _text(said, b"if-none-match"), _text(said, b"accept-encoding")
        )  # fmt: skip
        found = self._answer(path, match, encodings)
        if found is None:
            return None
        status, own, body = found
        shared = edges.headers(host, is_secure=scope["scheme"] == "https") | dict(own)
        headers = [(name.lower().encode(), value.encode()) for name, value in shared.items()]
        if status == 200:
            headers.append((b"content-length", str(len(body)).encode()))
        return status, headers, body

    def give(self, filename: str) -> Response:
        """Answer a request with a file; NotFound when there is none of this path."""
        said = request.headers
        found = self._answer(filename, said.get("If-None-Match", ""), said.get("Accept-Encoding", ""))
        if found is None:
            raise NotFound
        status, headers, body = found
        answer = Response(body, status, headers)
        if status != 200:
            del answer.headers["Content-Type"]
        return answer

    def _answer(self, path: str, match: str, encodings: str) -> tuple[int, Headers, bytes] | None:
        edition, _, rest = path.partition("/")
        files = self._shelf.latest()
        if edition != files.version:
            files = self._shelf.now()
        is_newest = edition == files.version
        if is_newest or EDITION.fullmatch(edition):
            path = rest
        if path not in files.files:
            return None
        kept = self._keep(files, path)
        return kept.answer(match, encodings, FOR_EVER if is_newest else ASK_AGAIN)

    def _keep(self, files: Edition, path: str) -> Kept:
        """Return a file as it is answered; only those of the newest edition stay in memory."""
        key = files.version, path
        if key not in self._kept:
            if any(version != files.version for version, _ in self._kept):
                self._kept = {}
            self._kept[key] = _kept(path, files.files[path])
        return self._kept[key]


def _kept(path: str, plain: bytes) -> Kept:
    kind = mimetypes.guess_type(path)[0] or "text/plain"
    is_text = TEXT.match(kind) is not None
    packed = gzip.compress(plain, mtime=0) if is_text and len(plain) >= LEAST_PACKED else None
    return Kept(
        "files", assets.digest(plain), f"{kind}; charset=utf-8" if is_text else kind, plain, packed, ()
    )


def _text(said: dict[bytes, bytes], name: bytes) -> str:
    return said.get(name, b"").decode("latin-1")


@lru_cache(256)
def _host(header: bytes) -> str:
    """Return the host a header names, empty when it names none."""
    try:
        return hosts.host(urlsplit(f"//{header.decode('latin-1')}").hostname or "")
    except ValueError:
        return ""
