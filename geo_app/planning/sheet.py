"""Tables of addresses: read CSV or XLSX, write CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl

from geo_app.core.errors import BadInput

COLUMNS = ("address", "地址", "位置", "事发地点", "place")
"""Headings under which an address is looked for."""
LARGEST = 50_000_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV (UTF-8 or GB 18030) or XLSX file by heading; BadInput says what is wrong."""
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise BadInput("file", str(path), f"a file of at most {LARGEST // 1_000_000} MB")
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        table = [["" if cell is None else str(cell) for cell in row] for row in book.active.values]
        book.close()
    elif suffix == ".csv":
        table = list(csv.reader(_text(path).splitlines()))
    else:
        raise BadInput("file", str(path), "a .csv or .xlsx file")
    if len(table) < 2:
        raise BadInput("file", str(path), "a line of headings and at least one row")
    head = [name.strip() for name in table[0]]
    return [dict(zip(head, [*row, *[""] * len(head)], strict=False)) for row in table[1:] if any(row)]


def column(rows: Sequence[Mapping[str, str]], wanted: str | None) -> str:
    """Return the heading of the addresses: the one wanted, else the first known one."""
    head = list(rows[0])
    found = [name for name in ([wanted] if wanted else COLUMNS) if name in head]
    if not found:
        raise BadInput(
            "column", wanted or head, f"a heading of the file, by default one of {', '.join(COLUMNS)}"
        )
    return found[0]


def write(path: Path, rows: Iterable[Mapping[str, object]], head: Sequence[str]) -> None:
    """Write rows as CSV with a byte order mark; text that looks like a formula gets an apostrophe before it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(head)
        out.writerows([_harmless(row.get(name, "")) for name in head] for row in rows)


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
