"""Tables people bring: rows keep their number, whatever the format."""

from __future__ import annotations

import json
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
