"""All tiles of a city in one file: each is the door's to the byte, GDAL reads them, nobody's case or name is in it."""

from __future__ import annotations

import gzip
import json
import stat
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
from flask.testing import FlaskClient

from geo_app.core.errors import BadInput, Conflict, NotFound
from geo_app.maps import archive, pyramid
from tests.integration.conftest import Run, Town

MOST = 13
"""The last zoom of these exports; tiles of the town are few at every zoom."""


def varints(data: bytes) -> Iterator[int]:
    """Yield numbers as protocol buffers write them."""
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0


def directory(data: bytes) -> list[tuple[int, int, int, int]]:
    """Return number, run, length and offset of the entries of a directory, read by the letter of the format."""
    numbers = list(varints(gzip.decompress(data)))
    count, *rest = numbers
    ids = np.cumsum(rest[:count]).tolist()
    runs, lengths, places = (rest[n * count : (n + 1) * count] for n in (1, 2, 3))
    offsets: list[int] = []
    for n, place in enumerate(places):
        offsets.append(offsets[-1] + lengths[n - 1] if place == 0 else place - 1)
    return list(zip(ids, runs, lengths, offsets, strict=True))


def read(file: Path) -> tuple[dict[int, bytes], dict[str, Any], bytes]:
    """Return the tiles of an archive by number, its metadata, and its header."""
    whole = file.read_bytes()
    assert whole[:8] == b"PMTiles\x03"
    root, root_size, meta, meta_size, leaves, _, data, data_size, *_ = struct.unpack("<11Q", whole[8:96])
    assert data + data_size == len(whole)
    entries = []
    for one in directory(whole[root : root + root_size]):
        entries += [one] if one[1] else directory(whole[leaves + one[3] : leaves + one[3] + one[2]])
    tiles = {
        number + n: gzip.decompress(whole[data + offset : data + offset + length])
        for number, run, length, offset in entries for n in range(run)
    }  # fmt: skip
    return tiles, json.loads(gzip.decompress(whole[meta : meta + meta_size])), whole[: archive.HEADER]


def test_each_tile_in_the_file_is_the_one_at_the_door(
    town: Town, town_client: FlaskClient, geo: Run, tmp_path: Path
) -> None:
    file = tmp_path / "town.pmtiles"
    told = geo("tiles", "export", "town", file, "--maxzoom", MOST, "--json")
    tiles, about, header = read(file)
    assert (told["tiles"], told["bytes"]) == (len(tiles), file.stat().st_size)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert (header[100], header[101]) == (6, MOST)
    names: set[str] = set()
    for z in range(6, MOST + 1):
        count = 0
        for x in columns(town_client, z):
            for y in rows(town_client, z):
                parts = [
                    town_client.get(f"/tiles/town/{layer}/{z}/{x}/{y}.mvt").data
                    for layer, (first, last) in pyramid.ZOOMS.items() if first <= z <= last
                ]  # fmt: skip
                number = archive.number(z, x, y)
                assert tiles.pop(number, b"") == b"".join(parts), (z, x, y)
                count += any(parts)
                names.update(mapbox_vector_tile.decode(b"".join(parts)))
        assert count > 0
    assert tiles == {}
    assert {one["id"] for one in about["vector_layers"]} >= names
    fact = town.one("SELECT data FROM fact WHERE kind = 'export.tiles'")
    assert fact["sha256"] == told["sha256"]
    assert fact["layers"] == list(pyramid.ZOOMS)


def columns(client: FlaskClient, z: int) -> range:
    """Return the columns of tiles over the town, and one more on each side."""
    return span(client, z, 0)


def rows(client: FlaskClient, z: int) -> range:
    """Return the rows of tiles over the town, and one more on each side."""
    return span(client, z, 1)


def span(client: FlaskClient, z: int, axis: int) -> range:
    """Return tiles of an axis by the bounds the service tells."""
    west, south, east, north = client.get("/api/cities").get_json()["items"][0]["bounds"]
    lons, lats = np.radians([west, east]), np.radians([north, south])
    along = (lons / np.pi + 1) / 2 if axis == 0 else (1 - np.log(np.tan(np.pi / 4 + lats / 2)) / np.pi) / 2
    first, last = (along * 2**z).astype(int).tolist()
    return range(first - 1, last + 2)


def test_gdal_reads_the_file(town: Town, geo: Run, tmp_path: Path) -> None:
    file = tmp_path / "town.pmtiles"
    geo("tiles", "export", "town", file, "--layers", "cells,basemap", "--minzoom", "15", "--maxzoom", "15")
    layers = {str(name) for name, _ in pyogrio.list_layers(file)}
    assert {"cells", "cells_label", "roads", "ground"} <= layers
    cells = pyogrio.read_dataframe(file, layer="cells")
    codes = town.all("SELECT code FROM cell_version")
    assert set(cells["code"]) == set(codes)
    roads = pyogrio.read_dataframe(file, layer="roads")
    assert set(roads["name"]) == {"中山路"}


def test_what_each_viewer_sees_alone_goes_into_no_file(town: Town, geo: Run, tmp_path: Path) -> None:
    file = tmp_path / "town.pmtiles"
    for layer in ("incidents", "responders", "tracks", "cells,incidents", "nothing", ""):
        if layer:
            with pytest.raises(BadInput):
                geo("tiles", "export", "town", file, "--layers", layer)
    assert not list(tmp_path.iterdir())
    geo("tiles", "export", "town", file, "--maxzoom", "12")
    whole = b"".join(read(file)[0].values())
    for name in town.all("SELECT name FROM responder"):
        assert name.encode() not in whole
    assert town.all("SELECT data FROM fact WHERE kind = 'export.tiles'")


def test_a_file_that_is_there_stays_unless_it_is_forced(town: Town, geo: Run, tmp_path: Path) -> None:
    file = tmp_path / "town.pmtiles"
    file.write_text("mine")
    with pytest.raises(Conflict, match="--force"):
        geo("tiles", "export", "town", file)
    assert file.read_text() == "mine"
    geo("tiles", "export", "town", file, "--force", "--maxzoom", "9")
    assert read(file)[0]


def test_an_export_that_fails_leaves_nothing(
    town: Town, geo: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "town.pmtiles"
    file.write_text("mine")
    monkeypatch.setattr(archive.Archive, "write", full)
    with pytest.raises(OSError, match="No space left"):
        geo("tiles", "export", "town", file, "--force", "--maxzoom", "9")
    assert [one.name for one in tmp_path.iterdir()] == ["town.pmtiles"]
    assert file.read_text() == "mine"
    assert town.all("SELECT id FROM fact WHERE kind = 'export.tiles'") == []


def full(*_: object) -> None:
    """Fail as a full disk does."""
    raise OSError(28, "No space left on device")


def test_where_there_is_nothing_no_file_is_written(town: Town, geo: Run, tmp_path: Path) -> None:
    town.run("DELETE FROM place_name")
    town.run("DELETE FROM place")
    with pytest.raises(NotFound):
        geo("tiles", "export", "town", tmp_path / "town.pmtiles", "--layers", "places")
    with pytest.raises(BadInput, match="zooms"):
        geo("tiles", "export", "town", tmp_path / "town.pmtiles", "--layers", "cells", "--maxzoom", "9")
    with pytest.raises(BadInput, match="pmtiles"):
        geo("tiles", "export", "town", tmp_path / "town.zip")
    assert not list(tmp_path.iterdir())
