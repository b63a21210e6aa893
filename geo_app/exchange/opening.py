"""Open a file of cells that somebody brings: five formats and no others, known by their content, never by their name.

What lies behind a name is not opened: no virtual dataset, no address, no file outside the archive. An archive has a
limit for what comes out of it, JSON is parsed by us before GDAL sees it, a GeoPackage has tables and no views.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from geo_app.core.errors import BadInput
from geo_app.core.unpack import unpack
from geo_app.exchange.model import Format

LARGEST = 256 << 20
"""Bytes of a file."""
LARGEST_UNPACKED = 1 << 30
SIDE = (".shx", ".dbf", ".prj", ".cpg")
"""What belongs to a shapefile beside itself; nothing else is looked at."""
KNOWN = (".shp", ".gpkg", ".geojson", ".json", ".topojson", ".csv")
WANTED = "a Shapefile (zipped, or .shp with its files), GeoPackage, GeoJSON, TopoJSON or CSV with WKT"
GEOJSON = {"FeatureCollection", "Feature", "GeometryCollection"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A file of cells at a place of ours, and its layers by name."""

    format: Format
    path: Path
    layers: tuple[str, ...]
    text: str = ""
    """Of a CSV file, nothing of others."""
    has_frame: bool = True
    """Whether the file says its own frame."""
    is_by_rule: bool = False
    """Whether the frame is what the standard says where the file says nothing: GeoJSON, WGS 84 (RFC 7946)."""

    @property
    def source(self) -> str:
        """Return how GDAL is told to open it, and with which driver only."""
        driver = {
            Format.GEOJSON: "GeoJSON:",
            Format.TOPOJSON: "TopoJSON:",
            Format.GPKG: "GPKG:",
            Format.SHP: "",  # it has no such word; the first bytes of the file were looked at
        }[self.format]
        return f"{driver}{self.path}"


@contextmanager
def opened(path: Path, layer: str | None) -> Iterator[Opened]:
    """Give the one file of cells at `path`, for as long as it is read; BadInput says why it is none."""
    if not path.is_file():
        raise BadInput("file", path.name, "a file that exists")
    if not 0 < path.stat().st_size <= LARGEST:
        raise BadInput("file", f"{path.stat().st_size:,} bytes", f"a file of 1 to {LARGEST:,} bytes")
    with TemporaryDirectory(prefix="geo-") as folder:
        into = Path(folder) / "in"
        into.mkdir()
        is_archive = _start(path).startswith(b"PK\x03\x04")
        if is_archive:
            zipped = Path(folder) / "file.zip"
            zipped.symlink_to(path.resolve())
            files = unpack(zipped, into, largest=LARGEST_UNPACKED)
        else:
            files = [path, *(beside for end in SIDE if (beside := _beside(path, end)) is not None)]
        yield _chosen(files, layer, Path(folder), path.name)


def _chosen(files: Sequence[Path], layer: str | None, folder: Path, name: str) -> Opened:
    """Return the one dataset among the files; where there are several, `layer` names it."""
    found = [one for one in files if one.suffix.lower() in KNOWN and not one.name.startswith("._")]
    if len(found) > 1 and layer is not None:
        found = [one for one in found if layer in {one.stem, one.name}]
    if not found:
        held = ", ".join(sorted(one.name for one in files)[:10])
        raise BadInput("file", held or name, WANTED)
    if len(found) > 1:
        names = ", ".join(sorted(one.name for one in found)[:10])
        raise BadInput("layer", names, "one of them: the file holds several, name one with layer")
    (path,) = found
    return _known(path, folder, layer)


def _known(path: Path, folder: Path, layer: str | None) -> Opened:
    start = _start(path)
    if start.startswith(b"SQLite format 3\0"):
        target = folder / "grid.gpkg"
        shutil.copyfile(path, target)
        return Opened(Format.GPKG, target, (_gpkg_layer(target, layer),))
    if start.startswith(b"\x00\x00\x27\x0a"):
        return _shapefile(path, folder)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        return _json(path, folder, layer)
    if path.suffix.lower() == ".csv" and b"\0" not in start:
        return Opened(Format.CSV, path, (path.stem,), _utf8(path), has_frame=False)
    raise BadInput("file", f"{path.name}: {start[:16]!r}", WANTED)


def _shapefile(path: Path, folder: Path) -> Opened:
    """Copy a shapefile and what belongs to it under names of our own."""
    said = 2 * int.from_bytes(_start(path)[24:28], "big")
    if said > path.stat().st_size:
        raise BadInput("file", path.name, f"a whole shapefile: it says {said:,} bytes")
    shutil.copyfile(path, folder / "grid.shp")
    for end in SIDE:
        beside = _beside(path, end)
        if beside is not None:
            shutil.copyfile(beside, folder / f"grid{end}")
        elif end in {".shx", ".dbf"}:
            raise BadInput(
                "file", path.name, f"with its {path.stem}{end}: a shapefile is .shp, .shx and .dbf"
            )
    return Opened(Format.SHP, folder / "grid.shp", (path.stem,), has_frame=(folder / "grid.prj").is_file())


def _beside(path: Path, end: str) -> Path | None:
    """Return the file with another end and the same stem, whatever the case of its end."""
    if path.suffix.lower() != ".shp":
        return None
    found = [one for one in path.parent.iterdir() if one.stem == path.stem and one.suffix.lower() == end]
    return found[0] if found else None


def _gpkg_layer(path: Path, layer: str | None) -> str:
    """Return the layer of a GeoPackage that is meant; views, and tables that are programs, are refused."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as held:
            held.execute("PRAGMA trusted_schema = OFF")
            things = held.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
            wanted = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features' ORDER BY table_name"
            names = [str(name) for (name,) in held.execute(wanted).fetchall()]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise BadInput("file", path.name, f"a GeoPackage that can be read ({error})") from error
    for kind, name, sql in things:
        made = " ".join(str(sql).lower().split())
        if kind == "view" or ("create virtual table" in made and " using rtree" not in made):
            raise BadInput(
                "file", str(name), "a GeoPackage of tables: no view and no virtual table but its index"
            )
    return _one(names, layer)


def _json(path: Path, folder: Path, layer: str | None) -> Opened:
    """Parse JSON ourselves before GDAL does: no frame behind an address, no NaN, no nesting without end."""
    frames: list[Any] = []

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(members)
        if "crs" in found and found["crs"] is not None:
            frames.append(found["crs"])
        return found

    text = _utf8(path)
    try:
        whole = json.loads(text, object_pairs_hook=pairs, parse_constant=_no_number)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput("file", path.name, f"JSON that can be read ({error})") from error
    said = whole.get("crs")
    is_named = isinstance(said, dict) and said.get("type") == "name"
    if any(one is not said for one in frames) or (said is not None and not is_named):
        raise BadInput("crs", str(frames)[:60], "stated once, at the top, by name; GeoJSON is WGS 84 without")
    kind = whole.get("type")
    target = folder / "grid.json"
    target.write_text(text, encoding="utf-8")
    if kind in GEOJSON:
        return Opened(Format.GEOJSON, target, ("",), is_by_rule=said is None)
    if kind == "Topology" and isinstance(whole.get("objects"), dict):
        return Opened(Format.TOPOJSON, target, (_one(sorted(whole["objects"]), layer),))
    raise BadInput("type", kind, "FeatureCollection (GeoJSON) or Topology (TopoJSON)")


def _one(names: Sequence[str], layer: str | None) -> str:
    if layer is not None and layer not in names:
        raise BadInput("layer", layer, "one of " + ", ".join(names[:10]))
    if layer is None and len(names) != 1:
        rule = "one of them: the file holds several, name one with layer" if names else "a file with a layer"
        raise BadInput("layer", ", ".join(names[:10]), rule)
    return layer if layer is not None else names[0]


def _no_number(text: str) -> NoReturn:
    raise BadInput("coordinates", text, "finite numbers")


def _utf8(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("encoding", path.name, f"UTF-8 ({error.reason} at byte {error.start})") from error


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(256)
