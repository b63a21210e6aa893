"""Read an opened file into rows: GDAL reads geometry and texts, columns are found by their headings."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from geo_app.core.errors import BadInput
from geo_app.exchange import texts
from geo_app.exchange.model import Format, Reading
from geo_app.exchange.opening import Opened
from grids.defects import Finding

MOST_ROWS = 200_000
MOST_VERTICES = 20_000_000
LONGEST = 64 << 20
"""Characters of one value of a CSV."""
HEADINGS = {
    "code": (
        "code",
        "网格编码",
        "网格代码",
        "单元网格编码",
        "编码",
        "bgcode",
        "gridcode",
        "grid_code",
        "cell",
        "id",
    ),
    "name": ("name", "网格名称", "单元网格名称", "名称", "bgname", "gridname", "grid_name"),
    "community": ("community", "社区编码", "社区代码", "所属社区", "社区", "parent", "parent_code"),
}
"""Headings under which the code, the name and the community of a cell are looked for, the likeliest first."""
WKT = ("wkt", "geometry", "geom", "wkt_geom")


@dataclass(frozen=True, slots=True)
class Table:
    """What stands in a file: texts by column, shapes as they are in it, and what its frame is called, if it says."""

    columns: Mapping[str, Sequence[str | None]]
    shapes: np.ndarray
    crs: str | None
    findings: tuple[Finding, ...]
    has_heights: bool = False
    is_by_rule: bool = False
    """Whether the frame is only what the format's standard says it is (RFC 7946), not the file."""


def table(file: Opened, reading: Reading) -> Table:
    """Return what the file holds; BadInput when it cannot be read, or is larger than what one city is."""
    found = _csv(file, reading) if file.format is Format.CSV else _gdal(file, reading)
    if not len(found.shapes):
        raise BadInput("file", file.path.name, "a layer with at least one row")
    if len(found.shapes) > MOST_ROWS:
        raise BadInput("file", f"{len(found.shapes):,} rows", f"at most {MOST_ROWS:,} rows")
    vertices = int(shapely.get_num_coordinates(found.shapes).sum())
    if vertices > MOST_VERTICES:
        raise BadInput("file", f"{vertices:,} vertices", f"at most {MOST_VERTICES:,} vertices")
    return found


def columns(found: Table, reading: Reading) -> dict[str, str]:
    """Return which column of the file is our code, name and community; BadInput where the code's is unknown."""
    known = {name.strip().casefold(): name for name in reversed(list(found.columns))}
    chosen: dict[str, str] = {}
    for field, headings in HEADINGS.items():
        if field in reading.columns:
            wanted = reading.columns[field]
            if wanted.casefold() not in known:
                rule = "a column of the file: " + ", ".join(list(found.columns)[:20])
                raise BadInput(f"columns.{field}", wanted, rule)
            chosen[field] = known[wanted.casefold()]
            continue
        for heading in headings:
            cut = texts.cut(heading)
            if heading in known or (cut != heading and cut in known):
                chosen[field] = known.get(heading, known.get(cut, heading))
                break
    if "code" not in chosen:
        rule = "stated: which column holds the codes; there are " + ", ".join(list(found.columns)[:20])
        raise BadInput("columns.code", None, rule)
    return chosen


def _gdal(file: Opened, reading: Reading) -> Table:
    options: dict[str, Any] = (
        {"layer": file.layers[0]} if file.format in {Format.GPKG, Format.TOPOJSON} else {}
    )
    if file.format is Format.SHP:
        options["encoding"] = "ISO-8859-1"  # each byte is one character: `texts` says what they mean
    try:
        meta, _, geometry, values = pyogrio.raw.read(file.source, **options)
        shapes = np.asarray(shapely.from_wkb(geometry, on_invalid="raise"), dtype=object)
    except (DataSourceError, DataLayerError, UnicodeDecodeError, ValueError) as error:
        raise BadInput("file", file.path.name, f"a file that can be read ({error})") from error
    except shapely.GEOSException as error:
        raise BadInput("file", file.path.name, f"shapes that can be read ({error})") from error
    raw = {
        str(name): [_text(value) for value in column.tolist()]
        for name, column in zip(meta["fields"], values, strict=True)
    }
    if file.format is Format.SHP:
        read, findings = texts.shapefile(raw, file.path, reading.encoding)
    else:
        read, findings = texts.twice_encoded(raw)
    has_heights = bool(shapely.has_z(shapes).any())
    crs = meta.get("crs") if file.has_frame else None
    flat = np.asarray(shapely.force_2d(shapes), dtype=object)
    return Table(read, flat, crs, findings, has_heights, file.is_by_rule)


def _csv(file: Opened, reading: Reading) -> Table:
    if reading.encoding is not None and reading.encoding.lower() not in {"utf-8", "utf8", "utf-8-sig"}:
        raise BadInput("encoding", reading.encoding, "UTF-8: a CSV of cells has no other")
    csv.field_size_limit(LONGEST)  # the default is for words; a polygon may be longer
    try:
        lines = list(csv.reader(io.StringIO(file.text, newline=""), strict=True))
    except csv.Error as error:
        raise BadInput("file", file.path.name, f"a CSV that can be read ({error})") from error
    head = [name.strip() for name in lines[0]] if lines else []
    place = next((head.index(name) for name in head if name.casefold() in WKT), None)
    if place is None:
        raise BadInput("columns", ", ".join(head[:20]), "with a column wkt that holds the polygons")
    rows = [line for line in lines[1:] if any(line)]
    for number, line in enumerate(rows, 1):
        if len(line) != len(head):
            raise BadInput(
                "file", f"row {number} has {len(line)} columns", f"{len(head)} columns in every row"
            )
    shapes = np.array([_wkt(number, line[place]) for number, line in enumerate(rows, 1)], dtype=object)
    raw = {
        name: [texts.plain(line[index]) or None for line in rows]
        for index, name in enumerate(head)
        if index != place
    }
    read, findings = texts.twice_encoded(raw)
    return Table(read, np.asarray(shapely.force_2d(shapes), dtype=object), None, findings)


def _wkt(number: int, text: str) -> shapely.Geometry | None:
    if not text.strip():
        return None
    try:
        with np.errstate(invalid="ignore"):  # NaN is refused later, by row
            return shapely.from_wkt(text)
    except shapely.GEOSException as error:
        raise BadInput(f"row {number}", text[:60], f"WKT of a polygon ({error})") from error


def _text(value: Any) -> str | None:
    """Return a value as text; a number without decimals as a whole one, nothing as None."""
    if value is None:
        return None
    if isinstance(value, float):
        if np.isnan(value):
            return None
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip("\0") or None
