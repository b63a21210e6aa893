"""Files that leave: rows as CSV or as a workbook, each with its mark; pure.

A CSV has the mark in every row only: a line above the headings would break whoever reads it by machine. A workbook
says it also on paper (header and footer), in its properties and on a second sheet.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.packaging.custom import IntProperty, StringProperty
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from geo_app.core import sheet
from geo_app.exports.model import Mark
from geo_app.exports.table import COLUMNS, SHEETS
from layers.words import Lang

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters no XML may hold."""
LONGEST_CELL = 32_767
"""Characters a cell of a workbook may hold."""
LONGEST_HEADER = 80
"""Characters of the reason in the header: all of a header is at most 255."""
Row = Sequence[Any]


def csv_file(head: Row, rows: Iterable[Row]) -> bytes:
    """Return a CSV in UTF-8 with a byte order mark; moments are RFC 3339."""
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(head)
    out.writerows([sheet.harmless(_plain(value)) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def workbook(head: Row, rows: Iterable[Row], mark: Mark, about: Iterable[Row], lang: Lang) -> bytes:
    """Return a workbook: the rows on its first sheet, on the second what is said of the export."""
    book = openpyxl.Workbook(write_only=True)
    data = book.create_sheet(SHEETS[lang][0])
    for number, column in enumerate(COLUMNS, 1):
        data.column_dimensions[get_column_letter(number)].width = column.width
    data.column_dimensions[get_column_letter(len(COLUMNS) + 1)].width = 30
    data.freeze_panes = "A2"
    data.print_title_rows = "1:1"
    data.page_setup.orientation, data.page_setup.fitToHeight = "landscape", 0
    data.sheet_properties.pageSetUpPr.fitToPage = True
    data.oddHeader.left.text = _printed(mark.line)
    data.oddHeader.right.text = _printed(mark.reason[:LONGEST_HEADER])
    data.oddFooter.center.text = "&P / &N"
    data.append([_bold(data, name) for name in head])
    for row in rows:
        data.append([_cell(value) for value in row])
    told = book.create_sheet(SHEETS[lang][1])
    told.column_dimensions["A"].width, told.column_dimensions["B"].width = 24, 80
    for row in about:
        told.append([_cell(value) for value in row])
    _describe(book, mark)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _describe(book: Any, mark: Mark) -> None:
    """Write the mark into the properties of a workbook."""
    known = book.properties
    known.creator, known.title, known.identifier = mark.who, f"{mark.city} {mark.number}", str(mark.number)
    known.description = UNWRITABLE.sub("", mark.reason)
    known.created = known.modified = mark.at.replace(tzinfo=None)
    book.custom_doc_props.append(IntProperty(name="export", value=mark.number))
    book.custom_doc_props.append(StringProperty(name="exported", value=mark.line))


def _bold(data: Any, name: object) -> Any:
    cell = WriteOnlyCell(data, value=name)
    cell.font = Font(bold=True)
    return cell


def _printed(text: str) -> str:
    """Return text as a header holds it: & begins a code there, and a digit behind one would be its size."""
    return UNWRITABLE.sub("", text).replace("&", "&&")


def _plain(value: object) -> object:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value


def _cell(value: object) -> object:
    """Return a value as a workbook holds it: a moment without its zone, text that runs nothing."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, str):
        return sheet.harmless(UNWRITABLE.sub("\ufffd", value)[: LONGEST_CELL - 1])
    return value
