"""Files for the browser on the event loop: for ever under their edition, and only as the application would answer."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from geo_app.core import edges
from geo_app.core.files import FOR_EVER, Files
from layers.assets import Shelf

SCRIPT = b"export const a = 1\n" * 20
SCOPE: dict[str, Any] = {
    "method": "GET", "path": "", "query_string": b"", "headers": [(b"host", b"grid.example:8443")],
    "http_version": "1.1", "scheme": "https", "client": ("10.0.0.1", 40_000),
}  # fmt: skip


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_bytes(SCRIPT)
    (tmp_path / "mark.png").write_bytes(b"\x89PNG" * 100)
    return Shelf(tmp_path)


def asked(
    files: Files, path: str, *said: tuple[bytes, bytes], **other: Any
) -> tuple[int, dict[bytes, bytes], bytes]:
    found = files.find({**SCOPE, "path": path, "headers": [*SCOPE["headers"], *said], **other})
    assert found is not None
    status, headers, body = found
    assert len(dict(headers)) == len(headers), "no header twice"
    return status, dict(headers), body


def test_a_file_of_the_newest_edition_is_kept_for_ever(shelf: Shelf) -> None:
    address = shelf.now().address("js/a.js")
    status, headers, body = asked(Files(("grid.example",), shelf), address)
    assert (status, body) == (200, SCRIPT)
    assert headers[b"cache-control"].decode() == FOR_EVER
    assert headers[b"content-type"] == b"text/javascript; charset=utf-8"
    assert headers[b"content-length"] == str(len(SCRIPT)).encode()
    needed = edges.headers("grid.example", is_secure=True).keys() | {"ETag", "Vary"}
    assert {name.lower().encode() for name in needed} <= headers.keys()


@pytest.mark.parametrize("path", ["/static/js/a.js", "/static/0123456789abcdef/js/a.js"])
def test_without_the_newest_edition_it_is_asked_for_again(shelf: Shelf, path: str) -> None:
    files = Files(("grid.example",), shelf)
    status, headers, body = asked(files, path)
    assert (status, body, headers[b"cache-control"]) == (200, SCRIPT, b"no-cache")
    again = asked(files, path, (b"if-none-match", headers[b"etag"]))
    assert (again[0], again[2]) == (304, b"")


def test_text_is_packed_for_who_takes_it_and_pictures_are_not(shelf: Shelf) -> None:
    files, edition = Files(("grid.example",), shelf), shelf.now()
    packed = asked(files, edition.address("js/a.js"), (b"accept-encoding", b"gzip, br"))
    assert (gzip.decompress(packed[2]), packed[1][b"content-encoding"]) == (SCRIPT, b"gzip")
    picture = asked(files, edition.address("mark.png"), (b"accept-encoding", b"gzip"))
    assert (picture[1][b"content-type"], b"content-encoding" in picture[1]) == (b"image/png", False)


def test_a_changed_file_is_given_as_it_is_now(shelf: Shelf, tmp_path: Path) -> None:
    files, old = Files(("grid.example",), shelf), shelf.now()
    assert asked(files, old.address("js/a.js"))[2] == SCRIPT
    (tmp_path / "js" / "a.js").write_bytes(SCRIPT * 2)
    new = Shelf(tmp_path).now()  # another process has seen it, and its page names the file
    status, headers, body = asked(files, new.address("js/a.js"))
    assert (status, body, headers[b"cache-control"].decode()) == (200, SCRIPT * 2, FOR_EVER)
    assert asked(files, old.address("js/a.js"))[1][b"cache-control"] == b"no-cache"


@pytest.mark.parametrize("how", [
    {"method": "HEAD"}, {"method": "POST"}, {"path": "/api/me"}, {"path": "/static/nothing.js"}, {"path": "/static/"},
    {"path": "/static/js/../mark.png"}, {"headers": []}, {"headers": [(b"host", b"evil.example")]},
    {"headers": [(b"host", b"grid.example"), (b"x-forwarded-proto", b"https")]},
])  # fmt: skip
def test_the_application_answers_everything_else(shelf: Shelf, how: dict[str, Any]) -> None:
    assert Files(("grid.example",), shelf).find({**SCOPE, "path": "/static/js/a.js", **how}) is None
