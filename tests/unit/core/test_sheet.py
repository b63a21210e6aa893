"""Tables people bring: rows keep their number, whatever the format."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from geo_app.core import sheet
from geo_app.core.errors import BadInput


def test_a_row_keeps_its_number_past_empty_ones_and_line_breaks_inside_a_value(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes('编号,描述\n1,"两\n行"\n\n2,b\u2028c\n'.encode("gb18030"))
    assert sheet.lines(file) == [
        (2, {"编号": "1", "描述": "两\n行"}),
        (4, {"编号": "2", "描述": "b\u2028c"}),
    ]


def test_a_workbook_is_read_as_texts(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["key", "lon"])
    book.active.append([7.0, 116.5])
    book.save(tmp_path / "a.xlsx")
    assert sheet.lines(tmp_path / "a.xlsx") == [(2, {"key": "7", "lon": "116.5"})]


def test_features_are_rows_with_their_points(tmp_path: Path) -> None:
    shapes = [{"type": "Point", "coordinates": [116.25, 40]}, None, {"type": "LineString", "coordinates": []}]
    features = [{"properties": {"key": n}, "geometry": shape} for n, shape in enumerate(shapes)]
    file = tmp_path / "a.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    assert sheet.read(file) == [
        {"key": "0", "lon": "116.25", "lat": "40"},
        {"key": "1"},
        {"key": "2", "geometry": "LineString"},
    ]


@pytest.mark.parametrize("raw", [b"[]", b"{", b'{"features": [1]}', b"\xff\xff\xff\n\xff", b"[" * 100_000])
@pytest.mark.parametrize("name", ["a.geojson", "a.xlsx"])
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, raw: bytes) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(BadInput):
        sheet.lines(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.csv", b"PK\x03\x04rest"),
        ("a.csv", b'{"features": []}'),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00"),
        ("a.xlsx", b"key,lon\n1,2\n"),
        ("a.geojson", b"key,lon\n1,2\n"),
        ("a.html", b"<html>"),
    ],
)
def test_a_file_that_lies_about_its_kind_is_refused(tmp_path: Path, name: str, raw: bytes) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(BadInput, match=r"its name says|a \.csv"):
        sheet.lines(tmp_path / name)


def workbook(path: Path, rows: str, entity: str = "") -> Path:
    """Write a workbook whose sheet holds these rows of XML, `entity` before them."""
    book = openpyxl.Workbook()
    book.active.append(["key", "lon"])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    parts["xl/worksheets/sheet1.xml"] = f"{entity}{head}{rows}</worksheet>".encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, raw in parts.items():
            archive.writestr(part, raw)
    return path


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    cell = '<sheetData><row r="1"><c r="A1" t="str"><v>&b;</v></c></row></sheetData>'
    with pytest.raises(BadInput, match="can be read"):
        sheet.lines(workbook(tmp_path / "a.xlsx", cell, laughs))


def test_a_workbook_that_claims_a_billion_cells_is_refused(tmp_path: Path) -> None:
    rows = (
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    )
    with pytest.raises(BadInput, match="cells"):
        sheet.lines(workbook(tmp_path / "a.xlsx", rows))


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", "<sheetData/>")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb", "w") as part:
        for _ in range(sheet.LARGEST_UNPACKED // 1_000_000 + 1):
            part.write(bytes(1_000_000))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(BadInput, match="unpacked"):
        sheet.lines(path)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "  =", "\u3000＠"])
def test_text_that_would_run_is_harmless_and_numbers_stay_numbers(tmp_path: Path, start: str) -> None:
    rows = [{"a": f"{start}cmd|' /C calc'!A0", "b": -1.5, "c": "x=1"}]
    sheet.write(tmp_path / "a.csv", rows, ["a", "b", "c"])
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row == {"a": f"'{rows[0]['a']}", "b": "-1.5", "c": "x=1"}
