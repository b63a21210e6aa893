"""Rows of a table become reports; every value that breaks a rule is named with its row."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from geo_app.core.coords import Given
from geo_app.core.errors import BadInput
from geo_app.incidents import rows
from geo_app.incidents.model import Category, Channel

AT = datetime(2026, 5, 20, 6, 30, tzinfo=UTC)
KNOWN = {"0102": Category(1, "0102", "暴露垃圾", "Exposed rubbish", None, 15, is_urgent=False)}
GOOD = {
    "category": "0102",
    "description": "一堆垃圾",
    "address": "中山路1号",
    "occurred_at": "2026-05-20 08:00",
}


def read(*lines: dict[str, str], frame: str | None = None) -> rows.Reading:
    table = list(enumerate(lines, 2))
    file = rows.File("may.csv", frame, ZoneInfo("Asia/Shanghai"), KNOWN, AT)
    return rows.read(table, rows.headings(table), file)


def test_a_row_is_a_report_whichever_language_its_headings_speak() -> None:
    chinese = {
        "编号": "A-7", "类别": "暴露垃圾", "描述": " 一堆垃圾 ", "渠道": "热线", "经度": "116.5", "纬度": "39.9",
        "坐标系": "gcj02", "发生时间": "2026/05/20 08:00:05", "结案时间": "2026-05-20T09:00:00+08:00", "备注": "x",
    }  # fmt: skip
    ((number, one),) = read(chinese).reports
    assert (number, one.source, one.source_key) == (2, "may.csv", "A-7")
    assert (one.category, one.channel, one.description) == ("0102", Channel.HOTLINE, "一堆垃圾")
    assert one.given == Given(116.5, 39.9, "gcj02")
    assert one.position is not None
    assert one.position.distance(rows.coords.point(Given(116.5, 39.9, "wgs84"), "p")) > 0.001
    assert one.occurred_at == datetime(2026, 5, 20, 0, 0, 5, tzinfo=UTC)
    assert one.closed_at == datetime(2026, 5, 20, 1, tzinfo=UTC)


def test_rows_without_a_key_are_known_by_what_they_say_and_twins_are_two() -> None:
    first, twin, other = (one.source_key for _, one in read(GOOD, GOOD, {**GOOD, "description": "b"}).reports)
    assert twin == f"{first}#2"
    assert other not in {first, twin}
    assert read(GOOD).reports[0][1].source_key == first


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"category": "9999"}, "category"),
        ({"channel": "pigeon"}, "channel"),
        ({"description": ""}, "description"),
        ({"description": "a\x00b"}, "description"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"occurred_at": "2026-05-20 14:32"}, "occurred_at"),
        ({"occurred_at": "0001-01-01"}, "occurred_at"),
        ({"closed_at": "2026-05-20 07:59"}, "closed_at"),
        ({"address": ""}, "address"),
        ({"lon": "116.5", "lat": ""}, "lat"),
        ({"lon": "nan", "lat": "40", "frame": "wgs84"}, "lon"),
        ({"lon": "116.5", "lat": "40", "frame": "mars"}, "frame"),
        ({"lon": "116.5", "lat": "40"}, "frame"),
        ({"lon": "40", "lat": "116.5", "frame": "wgs84"}, "lon"),
        ({"geometry": "Polygon"}, "geometry"),
    ],
)
def test_a_wrong_value_is_named_with_its_row_and_column(said: dict[str, str], column: str) -> None:
    reading = read(GOOD, {**GOOD, **said})
    assert [number for number, _ in reading.reports] == [2]
    assert {(one.row, one.column) for one in reading.refused} >= {(3, column)}
    assert all(one.rule for one in reading.refused)


def test_every_wrong_value_of_a_row_is_named_not_only_the_first() -> None:
    reading = read({**GOOD, "category": "x", "channel": "y", "occurred_at": "z"})
    assert [one.column for one in reading.refused] == ["category", "channel", "occurred_at"]


def test_a_key_stands_once_in_a_file() -> None:
    reading = read({**GOOD, "key": "1"}, {**GOOD, "key": "1"})
    assert [(one.row, one.column) for one in reading.refused] == [(3, "key")]


def test_a_table_without_a_needed_heading_is_refused_whole() -> None:
    with pytest.raises(BadInput, match="发生时间"):
        read({"category": "0102", "description": "a"})
