"""Tables people bring: read CSV, XLSX or GeoJSON, write CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from geo_app.core.errors import BadInput

LARGEST = 50_000_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Line = tuple[int, dict[str, str]]
"""A row by heading, with its number in the file: the heading is row 1; of GeoJSON, the first feature is."""


def lines(path: Path) -> list[Line]:
    """Return the rows of a CSV (UTF-8 or GB 18030), XLSX or GeoJSON file, empty ones left out.

    Every value is a text. A feature's members are its properties; a Point adds `lon` and `lat`, any other geometry
    its type as `geometry`. BadInput says what is wrong with the file.
    """
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise BadInput("file", str(path), f"a file of at most {LARGEST // 1_000_000} MB")
    suffix = path.suffix.lower()
    if suffix in {".geojson", ".json"}:
        return _features(path)
    if suffix == ".xlsx":
        table = _workbook(path)
    elif suffix == ".csv":
        table = _csv(path)
    else:
        raise BadInput("file", str(path), "a .csv, .xlsx or .geojson file")
    if len(table) < 2:
        raise BadInput("file", str(path), "a line of headings and at least one row")
    head = [name.strip() for name in table[0]]
    return [
        (number, dict(zip(head, [*row, *[""] * len(head)], strict=False)))
        for number, row in enumerate(table[1:], 2)
        if any(row)
    ]


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file as `lines` does, without their numbers."""
    return [row for _, row in lines(path)]


def column(rows: Sequence[Mapping[str, str]], wanted: str | None, known: Sequence[str]) -> str:
    """Return the heading wanted, else the first of the known ones that the file has."""
    head = list(rows[0])
    found = [name for name in ([wanted] if wanted else known) if name in head]
    if not found:
        raise BadInput(
            "column", wanted or head, f"a heading of the file, by default one of {', '.join(known)}"
        )
    return found[0]


def write(path: Path, rows: Iterable[Mapping[str, object]], head: Sequence[str]) -> None:
    """Write rows as CSV with a byte order mark; text that looks like a formula gets an apostrophe before it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(head)
        out.writerows([_harmless(row.get(name, "")) for name in head] for row in rows)


def _csv(path: Path) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(_text(path), newline="")))
    except csv.Error as error:
        raise BadInput("file", str(path), f"a CSV file that can be read ({error})") from error


def _workbook(path: Path) -> list[list[str]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        table = [[_shown(cell) for cell in row] for row in book.active.values]
        book.close()
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise BadInput("file", str(path), f"a workbook that can be read ({error})") from error
    return table


def _features(path: Path) -> list[Line]:
    try:
        body = json.loads(_text(path))
        features = [(dict(one.get("properties") or {}), one.get("geometry")) for one in body["features"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadInput("file", str(path), "a GeoJSON FeatureCollection") from error
    return [
        (number, {**{name: _shown(value) for name, value in told.items()}, **_place(geometry)})
        for number, (told, geometry) in enumerate(features, 1)
    ]


def _place(geometry: Any) -> dict[str, str]:
    if geometry is None:
        return {}
    kind = geometry.get("type") if isinstance(geometry, dict) else geometry
    spot = geometry.get("coordinates") if kind == "Point" else None
    if not isinstance(spot, list) or len(spot) < 2:
        return {"geometry": _shown(kind)}
    return {"lon": _shown(spot[0]), "lat": _shown(spot[1])}


def _shown(value: object) -> str:
    """Return a value as text; a whole number that a workbook keeps as 3.0 is written 3."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _text(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError as error:
        raise BadInput("file", str(path), "text in UTF-8 or GB 18030") from error


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
