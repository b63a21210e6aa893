"""The doors for places: suggestions, words for a point, tables of addresses."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from geo_app.core import settings, sheet
from geo_app.core.errors import BadInput
from geo_app.core.settings import Settings
from geo_app.planning.cli import HEADINGS, places


def test_a_place_is_found_with_its_cell(demo_client: FlaskClient) -> None:
    answer = demo_client.get("/api/places", query_string={"city": "demo", "q": "雲汀區人民醫院"}).json
    assert answer is not None
    assert answer["verdict"] == "sure"
    assert answer["items"][0]["name"] == "云汀区人民医院"
    assert answer["items"][0]["cells"][0] == answer["cell"]
    assert answer["community"]["name"].endswith("社区")


@pytest.mark.parametrize(
    ("said", "name", "formerly"),
    [
        ("云汀县医院", "云汀区人民医院", "云汀县医院"),
        ("雲汀衛生院", "云汀区人民医院", "云汀卫生院"),
        ("城关中心小学南门", "云汀区实验小学", "城关中心小学"),
        ("云汀百货大楼东50米", "云汀商业广场", "云汀百货大楼"),
        ("云汀区人民医院", "云汀区人民医院", None),
    ],
)
def test_a_place_is_found_by_what_it_was_called_before(
    demo_client: FlaskClient, said: str, name: str, formerly: str | None
) -> None:
    answer = demo_client.get("/api/places", query_string={"city": "demo", "q": said}).json
    assert answer is not None
    first = answer["items"][0]
    assert first["name"].startswith(name)
    assert first["formerly"] == formerly
    if said == formerly:
        assert (first["how"], answer["verdict"]) == ("former", "sure")


def test_a_former_name_is_suggested_while_it_is_typed(demo_client: FlaskClient) -> None:
    query = {"city": "demo", "q": "云汀县医", "begun": "yes"}
    answer = demo_client.get("/api/places", query_string=query).json
    assert answer is not None
    first = answer["items"][0]
    assert (first["name"], first["how"], first["formerly"]) == (
        "云汀区人民医院", "former", "云汀县医院",
    )  # fmt: skip


def test_the_command_line_and_its_reports_say_the_former_name(
    demo_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "current", lambda: demo_settings)
    done = CliRunner().invoke(places, ["find", "云汀县中学", "--json"])
    assert done.exit_code == 0, done.output
    assert '"云汀县中学"' in done.output
    assert '"云汀区第一中学"' in done.output
    file = tmp_path / "table.csv"
    file.write_text("地址\n云汀县中学\n云汀区第一中学\n", encoding="utf-8")
    done = CliRunner().invoke(places, ["locate", str(file)])
    assert done.exit_code == 0, done.output
    with (tmp_path / "table.located.csv").open(encoding="utf-8-sig") as out:
        told = list(csv.DictReader(out))
    assert [(row["found"], row["formerly"]) for row in told] == [
        ("云汀区第一中学", "云汀县中学"),
        ("云汀区第一中学", ""),
    ]


@pytest.mark.parametrize("begun", ["云汀区人", "ytqr", "yuntingqurenmin"])
def test_a_name_is_suggested_while_it_is_typed(demo_client: FlaskClient, begun: str) -> None:
    query = {"city": "demo", "q": begun, "begun": "yes", "limit": "5"}
    answer = demo_client.get("/api/places", query_string=query).json
    assert answer is not None
    assert any(item["name"].startswith("云汀区人民") for item in answer["items"])
    assert len(answer["items"]) <= 5


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"q": ""}, "q"),
        ({"q": "路" * 201}, "q"),
        ({"q": "39.9,116.4"}, "coordinates[0]"),
        ({"q": "116.4,39.9", "frame": "mars"}, "frame"),
        ({"q": "N50JF7"}, "grid_code"),
        ({"q": "a", "limit": "0"}, "limit"),
    ],
)
def test_bad_questions_name_what_is_wrong(
    demo_client: FlaskClient, query: dict[str, str], field: str
) -> None:
    answer = demo_client.get("/api/places", query_string=query)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["field"] == field


@pytest.mark.parametrize(
    "said", ["%", "_", "\\", "'; DROP TABLE place; --", "🏠", "\u202e路", "号", "-", "a%"]
)
def test_odd_texts_are_answered(demo_client: FlaskClient, said: str) -> None:
    for begun in ("yes", "no"):
        answer = demo_client.get("/api/places", query_string={"q": said, "begun": begun})
        assert answer.status_code == 200, answer.text


def test_a_point_is_said_in_words(demo_client: FlaskClient) -> None:
    found = demo_client.get("/api/places", query_string={"q": "云汀区人民医院"}).json
    assert found is not None
    lon, lat = found["items"][0]["position"]
    answer = demo_client.get("/api/places/reverse", query_string={"lon": lon, "lat": lat}).json
    assert answer is not None
    assert answer["text"] == f"{answer['address']}，{found['community']['name']}"
    assert answer["metres"] < 15
    assert answer["cell"] == found["cell"]
    assert [unit["level"] for unit in answer["units"]] == ["community", "street", "district"]


def test_a_point_outside_has_no_cell_and_a_bad_one_is_refused(demo_client: FlaskClient) -> None:
    outside = demo_client.get("/api/places/reverse", query_string={"lon": "100", "lat": "30"}).json
    assert outside is not None
    assert (outside["cell"], outside["text"], outside["units"]) == (None, "不在网格内", [])
    assert demo_client.get("/api/places/reverse", query_string={"lon": "x", "lat": "30"}).status_code == 422
    assert demo_client.get("/api/places/reverse", query_string={"lon": "nan", "lat": "30"}).status_code == 422


def test_a_table_is_located_row_by_row(
    demo_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "current", lambda: demo_settings)
    rows = [
        ["编号", "地址"],
        ["1", "云汀区人民医院"],
        ["2", "埃菲尔铁塔"],
        ["3", "=1+1"],
        ["4", "39.9,116.4"],
    ]
    file = tmp_path / "table.csv"
    file.write_bytes("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode("gb18030"))
    done = CliRunner().invoke(places, ["locate", str(file)])
    assert done.exit_code == 0, done.output
    with (tmp_path / "table.located.csv").open(encoding="utf-8-sig") as out:
        told = list(csv.DictReader(out))
    assert [row["verdict"] for row in told] == ["sure", "unknown", "unknown", "refused"]
    assert told[0]["cell"]
    assert told[2]["地址"] == "'=1+1"
    assert "swapped" in told[3]["problem"]


def test_a_spreadsheet_is_read_like_a_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["name", "address"])
    book.active.append(["a", "学府路12号"])
    book.save(tmp_path / "table.xlsx")
    rows = sheet.read(tmp_path / "table.xlsx")
    assert rows == [{"name": "a", "address": "学府路12号"}]
    assert sheet.column(rows, None, HEADINGS) == "address"
    with pytest.raises(BadInput, match="heading"):
        sheet.column(rows, "where", HEADINGS)


@pytest.mark.parametrize(
    ("name", "raw"), [("a.txt", b"x"), ("a.csv", b"one\n"), ("a.csv", b"\xff\xff\xff\n\xff")]
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, raw: bytes) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(BadInput):
        sheet.read(tmp_path / name)
