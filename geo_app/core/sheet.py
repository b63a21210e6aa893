"""Tables people bring: read CSV, XLSX or GeoJSON, write CSV that a spreadsheet opens without running anything.

What a file is, its content says; a name that says something else is refused. A workbook is a zip with XML in it: how
large it gets and how many cells it has is limited before it is read, and its XML is read by defusedxml.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from geo_app.core.errors import BadInput, WrongSetup

LARGEST = 50_000_000
LARGEST_UNPACKED = 200_000_000
"""Bytes of all parts of a workbook."""
MOST_PARTS = 1000
MOST_CELLS = 5_000_000
"""Cells of a table, empty ones too: a small file may say that it has a million rows of 16,384."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell that runs begins with (OWASP, CSV injection); some spreadsheets take the full-width ones too."""
Line = tuple[int, dict[str, str]]
"""A row by heading, with its number in the file: the heading is row 1; of GeoJSON, the first feature is."""


class Kind(StrEnum):
    """What a table is by its content."""

    CSV = "CSV"
    WORKBOOK = "XLSX"
    FEATURES = "GeoJSON"


NAMES = {
    ".csv": Kind.CSV,
    ".xlsx": Kind.WORKBOOK,
    ".geojson": Kind.FEATURES,
    ".json": Kind.FEATURES,
}


def kind(path: Path) -> Kind:
    """Return what a file is by its content; BadInput when it is no table, or its name says something else."""
    named = NAMES.get(path.suffix.lower())
    if named is None:
        raise BadInput("file", path.name, "a .csv, .xlsx or .geojson file")
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise BadInput("file", path.name, f"a file of at most {LARGEST // 1_000_000} MB")
    with path.open("rb") as file:
        start = file.read(4096)
    found = _kind(start)
    if found is not named:
        told = "something else" if found is None else found
        raise BadInput("file", path.name, f"{named}, as its name says; by its content it is {told}")
    return found


def lines(path: Path) -> list[Line]:
    """Return the rows of a CSV (UTF-8 or GB 18030), XLSX or GeoJSON file, empty ones left out.

    Every value is a text. A feature's members are its properties; a Point adds `lon` and `lat`, any other geometry
    its type as `geometry`. BadInput says what is wrong with the file.
    """
    found = kind(path)
    if found is Kind.FEATURES:
        return _features(path)
    table = _workbook(path) if found is Kind.WORKBOOK else _csv(path)
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
        out.writerows([harmless(row.get(name, "")) for name in head] for row in rows)


def harmless(value: object) -> object:
    """Return a value as a cell may hold it: text that looks like a formula gets an apostrophe, a number stays one."""
    is_formula = isinstance(value, str) and value.lstrip(" \u3000").startswith(FORMULA)
    return f"'{value}" if is_formula else value


def _kind(start: bytes) -> Kind | None:
    """Return what the beginning of a file says it is; None for what is no table."""
    if start.startswith(b"PK\x03\x04"):
        return Kind.WORKBOOK
    if b"\0" in start:
        return None
    words = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return Kind.FEATURES if words.startswith((b"{", b"[")) else Kind.CSV


def _csv(path: Path) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(_text(path), newline="")))
    except csv.Error as error:
        raise BadInput("file", str(path), f"a CSV file that can be read ({error})") from error


def check_workbook(path: Path) -> None:
    """Refuse a workbook that is no zip or grows too large; what a part says of its size is all that is read of it."""
    if not openpyxl.DEFUSEDXML:
        raise WrongSetup("workbooks are read with defusedxml, which is missing or switched off")
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or size > LARGEST_UNPACKED:
        rule = f"a workbook of at most {MOST_PARTS} parts and {LARGEST_UNPACKED // 1_000_000} MB unpacked"
        raise BadInput("file", path.name, rule)


def _workbook(path: Path) -> list[list[str]]:
    try:
        check_workbook(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        table, left = [], MOST_CELLS
        for row in book.worksheets[0].values:
            left -= len(row) + 1
            if left < 0:
                raise BadInput("file", path.name, f"a sheet of at most {MOST_CELLS:,} cells")
            table.append([_shown(cell) for cell in row])
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
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
