"""Files that leave run nothing in a spreadsheet, stay readable by machine and carry their mark."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from geo_app.exports import files
from geo_app.exports.model import Mark
from layers.words import Lang

AT = datetime(2026, 5, 20, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
MARK = Mark(12, "town", "wang.li", AT, "月度 & 分析\x07 报表")
HEAD = ["编号", "描述", "经度", "发生时间", "导出"]
EVIL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    " =1",
    '=HYPERLINK("http://x")',
    "=cmd|' /C calc'!A0",
]
ROWS = [[number, text, -116.5, AT, MARK.line] for number, text in enumerate(EVIL)]


def test_a_csv_read_again_has_every_value_and_none_that_runs() -> None:
    raw = files.csv_file(HEAD, ROWS)
    assert raw.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert [one["描述"] for one in table] == [f"'{text}" for text in EVIL]
    assert {one["经度"] for one in table} == {"-116.5"}
    assert {one["发生时间"] for one in table} == {"2026-05-20 14:30:00+08:00"}
    assert {one["导出"] for one in table} == {"12 wang.li 2026-05-20 14:30"}


@pytest.mark.parametrize("lang", list(Lang))
def test_a_workbook_read_again_has_texts_numbers_and_moments_and_its_mark(lang: Lang) -> None:
    raw = files.workbook(HEAD, ROWS, MARK, [("why", MARK.reason)], lang)
    book = openpyxl.load_workbook(io.BytesIO(raw))
    data, about = book.worksheets
    rows = list(data.iter_rows(min_row=2))
    assert [[cell.data_type for cell in row] for row in rows] == [["n", "s", "n", "d", "s"]] * len(EVIL)
    assert [row[1].value for row in rows] == [
        f"'{text}".replace("\r", "\n") for text in EVIL
    ]  # as XML has it
    assert {(row[2].value, row[3].value) for row in rows} == {(-116.5, AT.replace(tzinfo=None))}
    assert [cell.value for cell in data[1]] == HEAD
    assert MARK.line in data.oddHeader.left.text
    assert "&" in data.oddHeader.right.text
    assert about["B1"].value == "月度 & 分析\ufffd 报表"
    assert (book.properties.creator, book.properties.identifier) == ("wang.li", "12")
    assert {one.name: one.value for one in book.custom_doc_props.props} == {
        "export": 12,
        "exported": MARK.line,
    }


def test_a_workbook_holds_no_formula_in_its_parts() -> None:
    raw = files.workbook(HEAD, ROWS, MARK, [], Lang.ZH)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
