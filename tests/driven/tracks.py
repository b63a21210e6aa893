"""The recorded tracks of GEO_DATA (`map-matching/tracks.tgz`): positions every second, a road map, the true route.

Each has four tables: `.track` lon lat seconds, `.nodes` lon lat, `.arcs` from to, `.route` arcs by number.
"""

from __future__ import annotations

import tarfile
from io import BytesIO
from pathlib import Path

import numpy as np

from geo_app.core import coords
from geo_app.roads.model import Floats
from tests.driven import drive
from tests.driven.drive import Drive

ARCHIVE = Path("map-matching") / "tracks.tgz"


def names(folder: Path) -> list[str]:
    """Return the names of the tracks, in order."""
    return sorted(_tables(folder, None))


def read(folder: Path, only: str | None = None) -> list[Drive]:
    """Return the tracks in order of name, or `only` one; in metres of the UTM zone each lies in."""
    return [_drive(name, found) for name, found in sorted(_tables(folder, only).items())]


def _tables(folder: Path, only: str | None) -> dict[str, dict[str, np.ndarray]]:
    found: dict[str, dict[str, np.ndarray]] = {}
    with tarfile.open(folder / ARCHIVE) as archive:
        for member in archive:
            path = Path(member.name)
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None and only in {None, path.stem}:
                kind = np.int64 if path.suffix in {".arcs", ".route"} else np.float64
                table = np.loadtxt(BytesIO(file.read()), dtype=kind, ndmin=2)
                found.setdefault(path.stem, {})[path.suffix] = table
    return found


def _drive(name: str, found: dict[str, np.ndarray]) -> Drive:
    zone = utm(found[".track"][:, :2])
    xy, places = (metres(found[table][:, :2], zone) for table in (".track", ".nodes"))
    arcs = found[".arcs"], places
    return drive.of_arcs(name, arcs, xy, found[".track"][:, 2], found[".route"].ravel())


def utm(lonlat: Floats) -> int:
    """Return the EPSG code of the UTM zone in which the middle of some places lies."""
    lon, lat = lonlat.mean(axis=0).tolist()
    return (32601 if lat >= 0 else 32701) + int((lon + 180) // 6)


def metres(lonlat: Floats, srid: int) -> Floats:
    """Return places in metres of a projected frame."""
    found: Floats = np.ascontiguousarray(coords.convert(lonlat, coords.WGS84, srid))
    return found
