"""The index of a grid (`grids.locate.Locator`) on disk: its arrays, mapped into memory and shared by all processes.

A folder is named by what the grid is made of, so nobody has to be told when a release is published or a city loaded
anew: the next one who asks names another folder. It is written beside its place and appears by one rename, and it
carries checksums, because a kernel trusts its arrays. It is a cache: what is missing, half there or damaged is built
again in seconds, and without a folder that can be written it is kept in memory.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import geo_app.planning.kept  # noqa: F401  # adopts the kernels
import grids
from geo_app.core import log
from grids.locate import Locator
from grids.model import Cell

OPEN = 8
"""Indexes one process keeps open; their arrays belong to the page cache, not to the process."""
ON_DISK = 3
"""Indexes of a city that stay on disk: of the release in force, of one before and of one to come."""
SUMS = "sums.json"
ABANDONED = 3600.0
"""Seconds after which what somebody began to write is what a killed process left behind."""
Make = Callable[[], Locator]


def key(hashes: Mapping[str, str]) -> str:
    """Return the name of a grid whose cells have these geometry hashes, by code; SQL `grid_at` gives the same."""
    told = ",".join(f"{code} {hashes[code]}" for code in sorted(hashes))
    return hashlib.sha256(told.encode()).hexdigest()


def folder(work: Path, city_id: int, name: str) -> Path:
    """Return where the index of a city's grid called `name` is kept; another version of our code has another place."""
    return work / "cache" / "grids" / f"{city_id}-{name[:32]}-{_source()}"


@lru_cache(maxsize=1)
def _source() -> str:
    modules = sorted(Path(next(iter(grids.__path__))).glob("*.py"))
    return hashlib.sha256(b"\0".join(module.read_bytes() for module in modules)).hexdigest()[:8]


class _Open:
    """The indexes this process has open, by folder; the one opened longest ago goes first."""

    def __init__(self) -> None:
        self._by_folder: dict[Path, Locator] = {}
        self._making = threading.Lock()

    def find(self, place: Path) -> Locator | None:
        """Return the index of `place` when it is open here or whole on disk."""
        found = self._by_folder.get(place)
        return found if found is not None else self._keep(place, _read(place))

    def of(self, place: Path, make: Make) -> Locator:
        """Return the index of `place`; when there is none, `make` it, and write it for all processes."""
        with self._making:
            found = self.find(place)
            if found is None:
                made = make()
                _write(place, made)
                found = _read(place)
                found = made if found is None else found
            self._keep(place, found)
            return found

    def forget(self, places: Iterable[Path]) -> None:
        """Close the indexes of `places`."""
        for place in places:
            self._by_folder.pop(place, None)

    def forget_all(self) -> None:
        """Close every index."""
        self._by_folder.clear()

    def _keep(self, place: Path, found: Locator | None) -> Locator | None:
        if found is not None:
            self._by_folder.pop(place, None)
            self._by_folder[place] = found
            for oldest in list(self._by_folder)[:-OPEN]:
                self._by_folder.pop(oldest, None)
        return found


_open = _Open()
find = _open.find
of = _open.of
forget_all = _open.forget_all


def make(cells: Iterable[Cell]) -> Locator:
    """Return the index of these cells, built as a whole; ValueError when it cannot be."""
    return Locator.of(cells)


def forget(work: Path, city_id: int) -> None:
    """Remove the indexes of a city that is removed itself; who has one open keeps its arrays until it closes it."""
    places = list(_of_city(work / "cache" / "grids", city_id))
    _open.forget(places)
    for place in places:
        shutil.rmtree(place, ignore_errors=True)


def _of_city(place: Path, city_id: int | str) -> Iterable[Path]:
    return place.glob(f"{city_id}-*-*")


def _read(place: Path) -> Locator | None:
    """Return what `_write` put there; None when it is missing, or damaged, which is said."""
    if not place.is_dir():
        return None
    try:
        sums = json.loads((place / SUMS).read_text(encoding="utf-8"))
        if {file.name: _sum(file) for file in place.glob("*.npy")} != sums:
            log.warn("index.damaged", folder=str(place))
            return None
        found = Locator.open(place)
    except (OSError, ValueError) as error:
        log.warn("index.damaged", folder=str(place), reason=type(error).__name__)
        return None
    _touch(place)
    return found


def _touch(place: Path) -> None:
    """Note that an index is still used; on a disk that is only read nothing is thrown away either."""
    try:
        os.utime(place)
    except OSError:
        return


def _sum(file: Path) -> int:
    with file.open("rb") as opened:
        total = 0
        while part := opened.read(1 << 20):
            total = zlib.crc32(part, total)
    return total


def _write(place: Path, made: Locator) -> None:
    """Write `made` to `place` and throw away what the city no longer needs; where nothing can be written, say so."""
    unfinished = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=place.parent, prefix=".new-"))
        unfinished.chmod(0o755)
        made.save(unfinished)
        sums = {file.name: _sum(file) for file in unfinished.glob("*.npy")}
        (unfinished / SUMS).write_text(json.dumps(sums), encoding="utf-8")
        _settle(unfinished)
        if not _is_renamed(unfinished, place) and _read(place) is None:
            shutil.rmtree(place, ignore_errors=True)
            unfinished.rename(place)
        _clear(place)
    except OSError as error:
        log.warn("index.not_kept", folder=str(place), reason=error.strerror)
    finally:
        if unfinished is not None:
            shutil.rmtree(unfinished, ignore_errors=True)


def _is_renamed(unfinished: Path, place: Path) -> bool:
    """Give a folder its name, unless one of that name stands there already."""
    try:
        unfinished.rename(place)
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
            return False
        raise
    return True


def _settle(unfinished: Path) -> None:
    """Have the disk keep the files before their folder gets its name."""
    for file in unfinished.iterdir():
        with file.open("rb") as opened:
            os.fsync(opened.fileno())


def _clear(place: Path) -> None:
    """Remove the city's indexes that were not used for longest, and what a process that was killed left behind."""
    city_id = place.name.split("-", 1)[0]
    used = sorted(((_used(one), one) for one in _of_city(place.parent, city_id)), reverse=True)
    for _, one in used[ON_DISK:]:
        shutil.rmtree(one, ignore_errors=True)
    newest = max((at for at, _ in used), default=0.0)
    for one in place.parent.glob(".new-*"):
        if _used(one) < newest - ABANDONED:
            shutil.rmtree(one, ignore_errors=True)


def _used(place: Path) -> float:
    try:
        return place.stat().st_mtime
    except FileNotFoundError:
        return 0.0
