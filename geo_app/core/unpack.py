"""Unpack gz and zip into a folder of one's own: no file lands outside it, and none grows beyond a limit."""

from __future__ import annotations

import gzip
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from geo_app.core.errors import BadInput

LARGEST = 4 << 30
"""Bytes one archive may unpack to."""
MOST_FILES = 1000
MOST_TIMES = 200
"""Times its own size an archive may unpack to, once that is more than `SMALL`: a bomb claims to be small."""
SMALL = 20 << 20
CHUNK = 1 << 20


def unpack(path: Path, into: Path, *, largest: int = LARGEST) -> list[Path]:
    """Return the files `path` holds, unpacked into `into`; a file that is no archive is returned as it is.

    BadInput when an archive is broken, holds a path that leads out of the folder or a link, or grows beyond
    `largest` bytes: the limit holds for what really comes out, not for what the archive says of itself.
    """
    if not path.is_file():
        raise BadInput("file", str(path), "a file that exists")
    suffix = path.suffix.lower()
    try:
        if suffix == ".gz":
            target = into / path.stem
            with gzip.open(path) as source:
                _copy(source, target, path, largest)
            return [target]
        if suffix in {".zip", ".shz"}:
            return _unzip(path, into, largest)
    except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, NotImplementedError) as error:
        raise BadInput("file", path.name, f"an archive that can be read ({error})") from error
    return [path]


def _unzip(path: Path, into: Path, largest: int) -> list[Path]:
    found = []
    left = min(largest, max(SMALL, MOST_TIMES * path.stat().st_size))
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MOST_FILES:
            raise BadInput("file", path.name, f"an archive of at most {MOST_FILES} files")
        for entry in entries:
            if entry.flag_bits & 0x1:
                raise BadInput("file", path.name, "an archive without a password")
            target = _target(path, into, entry)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source:
                left -= _copy(source, target, path, left)
            found.append(target)
    return found


def _target(path: Path, into: Path, entry: zipfile.ZipInfo) -> Path:
    name = entry.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    if name.startswith("/") or ".." in parts or ":" in name or is_link or not parts:
        raise BadInput("file", f"{path.name}: {entry.filename}", "an archive whose files stay in its folder")
    return into.joinpath(*parts)


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path, path: Path, largest: int) -> int:
    """Copy at most `largest` bytes and return how many there were."""
    written = 0
    with target.open("wb") as file:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > largest:
                file.close()
                target.unlink()
                raise BadInput("file", path.name, f"at most {largest:,} bytes when unpacked")
            file.write(chunk)
    return written
