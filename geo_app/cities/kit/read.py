"""Read a layer's file, whatever its format, into one table: rows of texts, and geometry where the format has it.

GDAL reads GeoJSON, TopoJSON, Shapefile and GeoPackage; OpenStreetMap files are read with their node ids.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import BadZipFile

import numpy as np
import openpyxl
import pyogrio
import shapely
from openpyxl.utils.exceptions import InvalidFileException
from pyogrio.errors import DataLayerError, DataSourceError

from geo_app.cities.kit.manifest import Layer
from geo_app.core import sheet
from geo_app.core.errors import BadInput
from geo_app.core.unpack import unpack
from geo_app.roads import osm

GDAL = (".geojson", ".json", ".topojson", ".shp", ".gpkg")
TABLES = (".csv", ".xlsx")
OSM = (".osm", ".pbf")
READ = (*GDAL, *TABLES, *OSM)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file that its layer wants, their numbers in the file (from 1), and their geometry."""

    rows: Sequence[dict[str, str]]
    numbers: Sequence[int]
    geometry: np.ndarray | None
    crs: str | None
    """What the file says of its frame, as `EPSG:n`; None when it says nothing."""


def table(layer: Layer) -> Table:
    """Return the table of a layer; BadInput when its file is missing, broken or lacks a column."""
    with _opened(layer) as path:
        if path.suffix.lower() in OSM:
            raise BadInput(f"{layer.name}.file", path.name, "OpenStreetMap files are for roads")
        if path.suffix.lower() in GDAL:
            rows, geometry, crs = _gdal(layer, path)
        else:
            read = _xlsx if path.suffix.lower() == ".xlsx" else _csv
            rows, geometry, crs = read(layer, path), None, None
    needed = set(layer.where).union(*(field.columns() for field in layer.fields.values()))
    known = set(rows[0]) if rows else set()
    missing = sorted(needed - known)
    if rows and missing:
        raise BadInput(f"{layer.name}.columns", missing, f"columns of the file: {', '.join(sorted(known))}")
    wanted = [
        number
        for number, row in enumerate(rows)
        if all(row[column] in values for column, values in layer.where.items())
    ]
    nothing = set(layer.empty)
    kept = [
        {column: "" if text in nothing else text for column, text in rows[number].items()}
        for number in wanted
    ]
    shapes = None if geometry is None else geometry[wanted]
    return Table(kept, [number + 1 for number in wanted], shapes, crs)


def streets(layer: Layer) -> osm.Content | None:
    """Return what a layer holds that is an OpenStreetMap file, None when it is another."""
    with _opened(layer) as path:
        return osm.read(path) if path.suffix.lower() in OSM else None


@contextmanager
def _opened(layer: Layer) -> Iterator[Path]:
    """Give the one file the layer means, unpacked for as long as it is read."""
    with TemporaryDirectory(prefix="kit-") as folder:
        files = unpack(layer.file, Path(folder))
        found = [path for path in files if path.suffix.lower() in READ]
        if layer.table is not None and len(found) > 1:
            found = [path for path in found if path.name == layer.table]
        if len(found) != 1:
            names = ", ".join(path.name for path in files)
            raise BadInput(
                f"{layer.name}.file", names, f"one file of {', '.join(READ)}; name it with `table`"
            )
        yield found[0]


def _gdal(layer: Layer, path: Path) -> tuple[list[dict[str, str]], np.ndarray, str | None]:
    is_shapefile = path.suffix.lower() == ".shp"
    options = {"encoding": layer.encoding} if layer.encoding is not None and is_shapefile else {}
    inside = layer.table if path.suffix.lower() == ".gpkg" else None
    try:
        meta, _, geometry, values = pyogrio.raw.read(path, layer=inside, **options)
        shapes = shapely.from_wkb(geometry)
    except (DataSourceError, DataLayerError, UnicodeDecodeError, LookupError, shapely.GEOSException) as error:
        raise BadInput(f"{layer.name}.file", path.name, f"a file that can be read ({error})") from error
    names = [str(name) for name in meta["fields"]]
    columns = [[_text(value) for value in column.tolist()] for column in values]
    unsure = is_shapefile and not options and not path.with_suffix(".cpg").exists()
    if unsure and any(not text.isascii() for column in columns for text in column):
        raise BadInput(f"{layer.name}.encoding", None, "stated: the shapefile says nothing (GBK, UTF-8 …)")
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return (
        rows or [{} for _ in shapes],
        np.asarray(shapely.force_2d(shapes), dtype=object),
        meta.get("crs"),
    )


def _csv(layer: Layer, path: Path) -> list[dict[str, str]]:
    encoding = layer.encoding or "utf-8-sig"
    try:
        text = path.read_bytes().decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise BadInput(
            f"{layer.name}.encoding", encoding, f"the encoding of {path.name} ({error})"
        ) from error
    return _named(layer, list(csv.reader(io.StringIO(text, newline=""))))


def _xlsx(layer: Layer, path: Path) -> list[dict[str, str]]:
    try:
        sheet.check_workbook(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise BadInput(f"{layer.name}.file", path.name, f"a workbook that can be read ({error})") from error
    try:
        if layer.table is not None and layer.table not in book.sheetnames:
            raise BadInput(f"{layer.name}.table", layer.table, "one of " + ", ".join(book.sheetnames))
        rows = book[layer.table or book.sheetnames[0]].iter_rows(values_only=True)
        return _named(layer, [[_text(value) for value in row] for row in rows])
    finally:
        book.close()


def _named(layer: Layer, lines: list[list[str]]) -> list[dict[str, str]]:
    """Return the lines as rows by column, empty lines left out; a line of another length is refused."""
    names = list(layer.header)
    first = 1
    if not names:
        if not lines:
            raise BadInput(f"{layer.name}.file", layer.file.name, "a header and rows")
        names, lines, first = lines[0], lines[1:], 2
    rows = []
    for number, line in enumerate(lines, first):
        if not any(line):
            continue
        if len(line) != len(names):
            rule = f"{len(names)} columns in every line"
            raise BadInput(f"{layer.name}.file", f"line {number} has {len(line)}", rule)
        rows.append(dict(zip(names, line, strict=True)))
    return rows


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        if np.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
