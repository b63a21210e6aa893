"""Archive: all tiles of a city in one PMTiles file (version 3), for phones without a network and for offline copies.

Tiles are added in the order of their numbers along a Hilbert curve and written as they are: the tile in the file is,
to the byte, the one at the door, so its neighbours share the same vertices. Equal tiles are kept once.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

HEADER = 127
ROOT_BYTES = 16_384 - HEADER
"""A reader fetches header and root directory in one piece."""
LEAF_ENTRIES = 4096
GZIP, MVT, CLUSTERED = 2, 1, 1
"""Codes of the format."""
LEVEL = 9


@dataclass(frozen=True, slots=True)
class Box:
    """West, south, east, north in degrees, and the zooms of an archive."""

    west: float
    south: float
    east: float
    north: float
    first: int
    last: int


@dataclass(slots=True)
class Entry:
    """Tiles from a number on, `run` of them, that are the same: where their bytes lie among all tiles."""

    number: int
    offset: int
    length: int
    run: int


def number(z: int, x: int, y: int) -> int:
    """Return the number of a tile: zoom by zoom, within one along a Hilbert curve."""
    along, side = 0, (1 << z) >> 1
    while side:
        right, below = int(x & side > 0), int(y & side > 0)
        along += side * side * ((3 * right) ^ below)
        if not below:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        side >>= 1
    return ((1 << (2 * z)) - 1) // 3 + along


def pack(tile: bytes) -> bytes:
    """Return a tile as it lies in an archive."""
    return gzip.compress(tile, LEVEL, mtime=0)


class Archive:
    """Takes tiles in the order of their numbers, keeps their bytes in `body`, and writes the whole file at the end."""

    def __init__(self, body: IO[bytes]) -> None:
        self._body = body
        self._entries: list[Entry] = []
        self._known: dict[bytes, tuple[int, int]] = {}
        self._end = 0

    @property
    def tiles(self) -> int:
        """How many tiles there are."""
        return sum(entry.run for entry in self._entries)

    def add(self, tile_number: int, tile: bytes, packed: bytes | None = None) -> None:
        """Add a tile, `packed` already when that is given; ValueError when its number is not above the last one's."""
        last = self._entries[-1] if self._entries else None
        if last is not None and tile_number < last.number + last.run:
            raise ValueError("tiles must come in the order of their numbers")
        digest = hashlib.sha256(tile).digest()
        if digest not in self._known:
            packed = packed or pack(tile)
            self._body.write(packed)
            self._known[digest] = (self._end, len(packed))
            self._end += len(packed)
        offset, length = self._known[digest]
        if last is not None and last.offset == offset and last.number + last.run == tile_number:
            last.run += 1
        else:
            self._entries.append(Entry(tile_number, offset, length, 1))

    def write(self, file: IO[bytes], box: Box, about: Mapping[str, object]) -> None:
        """Write the archive; `about` is what its metadata says."""
        root, leaves = _directories(self._entries)
        told = gzip.compress(json.dumps(about, ensure_ascii=False).encode(), LEVEL, mtime=0)
        starts = [HEADER, HEADER + len(root), HEADER + len(root) + len(told)]
        starts.append(starts[-1] + len(leaves))
        sizes = [len(root), len(told), len(leaves), self._end]
        places = [value for pair in zip(starts, sizes, strict=True) for value in pair]
        counts = [self.tiles, len(self._entries), len(self._known)]
        west, south, east, north = (
            round(degree * 1e7) for degree in (box.west, box.south, box.east, box.north)
        )
        file.write(b"PMTiles\x03")
        file.write(struct.pack("<11Q", *places, *counts))
        file.write(bytes([CLUSTERED, GZIP, GZIP, MVT, box.first, box.last]))
        file.write(struct.pack("<4i", west, south, east, north))
        file.write(struct.pack("<B2i", box.first, (west + east) // 2, (south + north) // 2))
        for part in (root, told, leaves):
            file.write(part)
        self._body.seek(0)
        shutil.copyfileobj(self._body, file)


def _directories(entries: Sequence[Entry]) -> tuple[bytes, bytes]:
    """Return the root directory, and the leaves behind it where one directory would be too large."""
    root = _directory(entries)
    if len(root) <= ROOT_BYTES:
        return root, b""
    size = LEAF_ENTRIES
    while True:
        leaves, pointers = b"", []
        for start in range(0, len(entries), size):
            leaf = _directory(entries[start : start + size])
            pointers.append(Entry(entries[start].number, len(leaves), len(leaf), 0))
            leaves += leaf
        root = _directory(pointers)
        if len(root) <= ROOT_BYTES:
            return root, leaves
        size *= 2


def _directory(entries: Sequence[Entry]) -> bytes:
    """Return entries as the format has them: four columns of variable-length numbers, packed."""
    columns = bytearray(_varint(len(entries)))
    before = 0
    for entry in entries:
        columns += _varint(entry.number - before)
        before = entry.number
    for entry in entries:
        columns += _varint(entry.run)
    for entry in entries:
        columns += _varint(entry.length)
    end = None
    for entry in entries:
        columns += _varint(0 if entry.offset == end else entry.offset + 1)
        end = entry.offset + entry.length
    return gzip.compress(bytes(columns), LEVEL, mtime=0)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
