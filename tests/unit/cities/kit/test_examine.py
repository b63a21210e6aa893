"""A whole kit is judged: every problem with its layer, row, place, rule and mend; what is listed is mended."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import geopandas
import numpy as np
import pytest

from geo_app.cities.kit.findings import Finding, Weight
from geo_app.core import coords
from geo_app.core.errors import BadInput
from grids import partition
from grids.model import Cell, Partition
from tests import kits

POINTS = """
[[layers]]
kind = "places"
name = "spots"
file = "spots.csv"
frame = "{frame}"
columns = {{ name = "name", x = "x", y = "y" }}
"""
FIRE = """
[[categories]]
code = "fire"
name = "火"
name_en = "Fire"
respond_minutes = 5
"""
EVENTS = """
[[layers]]
kind = "incidents"
name = "events"
file = "events.csv"
frame = "wgs84"
columns = { category = "category", description = "text", occurred_at = "at", closed_at = "closed", x = "x", y = "y" }
"""
INSIDE = kits.lonlat([(50, 50)])[0]


def only(folder: Path, weight: Weight) -> Finding:
    """Return the only finding of a weight."""
    report = kits.examine(folder)
    (found,) = [item for item in report.findings.items if item.weight is weight]
    assert (report.data is None) == (weight is Weight.REFUSED)
    return found


def spots(folder: Path, *lines: str, frame: str = "wgs84") -> Path:
    kits.write(folder, more=POINTS.format(frame=frame))
    (folder / "spots.csv").write_text("\n".join(["name,x,y", *lines]), encoding="utf-8")
    return folder


def test_a_clean_kit_has_nothing_to_say(tmp_path: Path) -> None:
    report = kits.examine(kits.write(tmp_path))
    assert report.findings.items == []
    assert report.data is not None
    assert [cell.code for cell in report.data.cells] == ["a", "b", "c", "d"]
    assert [(unit.level, unit.code, unit.parent) for unit in report.data.units] == [
        ("district", "D", None), ("street", "S", "D"), ("community", "C", "S"),
    ]  # fmt: skip
    assert sum(cell.geometry.area for cell in report.data.cells) == pytest.approx(40_000)


def test_a_small_overlap_is_mended_and_said(tmp_path: Path) -> None:
    cells = {**kits.FOUR, "b": [(99.8, 0), (200, 0), (200, 100), (99.8, 100)]}
    found = only(kits.write(tmp_path, cells), Weight.MENDED)
    assert (found.layer, found.rule, found.row, found.subject) == ("base", "overlap", 2, "b")
    assert found.area == pytest.approx(20, abs=0.2)
    assert found.mend is not None
    assert found.mend.startswith("yield (cell = b, to = a")
    assert found.place == pytest.approx(kits.lonlat([(99.9, 50)])[0], abs=1e-5)


@pytest.mark.parametrize(("strip", "refused"), [(0.45, False), (0.55, True)])
def test_more_than_half_a_percent_of_a_cell_refuses_the_load_and_names_it(
    tmp_path: Path, strip: float, refused: bool
) -> None:
    cells = {**kits.FOUR, "b": [(100 - strip, 0), (200, 0), (200, 100), (100 - strip, 100)]}
    found = only(kits.write(tmp_path, cells), Weight.REFUSED if refused else Weight.MENDED)
    assert found.rule == "overlap"
    assert ("0.5% or 50 m² of b (10," in found.message) is refused


def test_fifty_square_metres_of_a_large_cell_refuse_the_load(tmp_path: Path) -> None:
    large: dict[str, kits.Ring] = {
        "a": kits.square(0, 0, 1000),
        "b": [(999.9, 0), (2100, 0), (2100, 1000), (999.9, 1000)],
    }
    found = only(kits.write(tmp_path, large), Weight.REFUSED)
    assert found.area == pytest.approx(100, abs=1)


def test_small_changes_of_one_cell_add_up(tmp_path: Path) -> None:
    cells: dict[str, kits.Ring] = {
        "b": kits.square(100, 0, 99), "a": [(0, 0), (100.3, 0), (100.3, 100), (0, 100)],
        "c": [(0, 99.7), (100, 99.7), (100, 199), (0, 199)],
    }  # fmt: skip
    report = kits.examine(kits.write(tmp_path, cells))
    assert kits.found(report, "refused") == [("base", "overlap"), ("base", "overlap")]


def listed(what: str, cell: str, area: float, to: str | None = None) -> str:
    target = f'to = "{to}"\n' if to else ""
    return f'\n[[mends]]\ncell = "{cell}"\nwhat = "{what}"\n{target}area = {area}\nreason = "so decided"\n'


WIDE = {**kits.FOUR, "b": [(98, 0), (200, 0), (200, 100), (98, 100)]}


def test_a_listed_mend_is_applied_with_its_reason(tmp_path: Path) -> None:
    folder = kits.write(tmp_path, WIDE, listed("yield", "a", 200, "b"))
    found = only(folder, Weight.MENDED)
    assert found.mend is not None
    assert "so decided" in found.mend
    data = kits.examine(folder).data
    assert data is not None
    assert [round(cell.geometry.area) for cell in data.cells[:2]] == [9800, 10200]
    cells = [Cell(cell.code, cell.name, cell.community, cell.geometry) for cell in data.cells]
    assert partition.check(Partition.of(cells)) == ()


@pytest.mark.parametrize(
    "mend",
    [listed("yield", "a", 250, "b"), listed("fill", "a", 200), listed("yield", "a", 200, "c"), listed("drop", "x", 1)],
)  # fmt: skip
def test_a_mend_that_fits_no_defect_refuses_the_load(tmp_path: Path, mend: str) -> None:
    report = kits.examine(kits.write(tmp_path, WIDE, mend))
    assert ("base", "mends") in kits.found(report, "refused")
    assert report.data is None


def test_a_listed_drop_removes_a_cell(tmp_path: Path) -> None:
    twice = {**kits.FOUR, "e": kits.square(20, 20, 20)}
    data = kits.examine(kits.write(tmp_path, twice, listed("drop", "e", 400))).data
    assert data is not None
    assert [(cell.code, round(cell.geometry.area)) for cell in data.cells] == [
        (code, 10_000) for code in "abcd"
    ]


def test_a_gap_is_filled_or_refuses_the_load(tmp_path: Path) -> None:
    hole = [(0, 0), (100, 0), (100, 30), (90, 50), (100, 70), (100, 100), (0, 100)]
    folder = kits.write(tmp_path / "one", {**kits.FOUR, "a": hole})
    found = only(folder, Weight.REFUSED)
    assert found.rule == "gap"
    assert found.area == pytest.approx(200, abs=1)
    assert only(
        kits.write(tmp_path / "two", {**kits.FOUR, "a": hole}, listed("fill", "a", 200)), Weight.MENDED
    )


def test_a_cell_drawn_twice_under_two_codes_is_refused(tmp_path: Path) -> None:
    report = kits.examine(kits.write(tmp_path, {**kits.FOUR, "e": kits.FOUR["a"]}))
    assert ("base", "lost") in kits.found(report, "refused")


def test_a_code_that_stands_twice_is_refused_by_row(tmp_path: Path) -> None:
    folder = kits.write(tmp_path)
    text = (folder / "cells.geojson").read_text(encoding="utf-8").replace('"id": "b"', '"id": "a"')
    (folder / "cells.geojson").write_text(text, encoding="utf-8")
    report = kits.examine(folder)
    assert [(item.rule, item.row) for item in report.findings.refused[:2]] == [
        ("duplicate_id", 1),
        ("duplicate_id", 2),
    ]


def test_swapped_axes_of_the_base_are_refused(tmp_path: Path) -> None:
    folder = kits.write(tmp_path)
    features = kits.features(kits.FOUR)
    for feature in features["features"]:
        ring = feature["geometry"]["coordinates"][0]
        feature["geometry"]["coordinates"] = [[[lat, lon] for lon, lat in ring]]
    (folder / "cells.geojson").write_text(json.dumps(features), encoding="utf-8")
    report = kits.examine(folder)
    assert [item.row for item in report.findings.refused if item.rule == "coordinates"] == [1, 2, 3, 4]
    assert "swapped" in report.findings.refused[0].message


def test_swapped_axes_of_points_are_refused_even_where_they_are_possible(tmp_path: Path) -> None:
    lon, lat = INSIDE
    report = kits.examine(spots(tmp_path, f"东街,{lat},{lon}"))
    assert report.data is None
    assert "swapped" in report.findings.refused[0].message


@pytest.mark.parametrize("value", ["nan", "inf", "116.3E", "400"])
def test_a_coordinate_that_is_none_is_refused_by_row(tmp_path: Path, value: str) -> None:
    lon, lat = INSIDE
    found = only(spots(tmp_path, f"东街,{lon},{lat}", f"西街,{value},{lat}"), Weight.REFUSED)
    assert (found.layer, found.rule, found.row) == ("spots", "coordinates", 2)


def test_a_layer_that_is_shifted_as_a_whole_is_doubted(tmp_path: Path) -> None:
    board = [(float(x), float(y)) for x in range(5, 200, 15) for y in range(5, 200, 15)]
    shifted = coords.from_wgs84(np.array(kits.lonlat(board)), "gcj02").tolist()
    lines = [f"点,{lon:.7f},{lat:.7f}" for lon, lat in shifted]
    assert kits.found(kits.examine(spots(tmp_path / "right", *lines, frame="gcj02"))) == []
    found = only(spots(tmp_path / "wrong", *lines), Weight.NOTED)
    assert (found.layer, found.rule) == ("spots", "frame")
    assert "gcj02 fits better" in found.message
    assert "wgs84 0.0%, gcj02 100.0%" in found.message


def test_a_row_without_a_place_is_left_out_and_said(tmp_path: Path) -> None:
    lon, lat = INSIDE
    folder = spots(tmp_path, f"东街,{lon},{lat}", "西街,,")
    assert only(folder, Weight.NOTED).rule == "no_place"
    data = kits.examine(folder).data
    assert data is not None
    assert [(place.name, place.community) for place in data.places] == [("东街", "C")]


def test_a_place_outside_all_cells_has_no_community(tmp_path: Path) -> None:
    lon, lat = kits.lonlat([(-50, 50)])[0]
    data = kits.examine(spots(tmp_path, f"野外,{lon},{lat}")).data
    assert data is not None
    assert data.places[0].community is None


def test_a_missing_column_refuses_its_layer_alone(tmp_path: Path) -> None:
    folder = spots(tmp_path, "x")
    (folder / "spots.csv").write_text("名称,x,y\n东街,1,2\n", encoding="utf-8")
    found = only(folder, Weight.REFUSED)
    assert (found.layer, found.rule) == ("spots", "columns")


def test_a_projected_file_that_is_called_wgs84_is_refused(tmp_path: Path) -> None:
    folder = kits.write(tmp_path)
    frame = geopandas.read_file(folder / "cells.geojson").to_crs(4548)
    (folder / "cells.geojson").unlink()
    frame.to_file(folder / "cells.gpkg")
    text = (folder / "city.toml").read_text(encoding="utf-8").replace("cells.geojson", "cells.gpkg")
    (folder / "city.toml").write_text(text, encoding="utf-8")
    assert only(folder, Weight.REFUSED).rule == "frame"
    (folder / "city.toml").write_text(text.replace('"wgs84"', '"epsg:4548"'), encoding="utf-8")
    data = kits.examine(folder).data
    assert data is not None
    assert round(data.cells[0].geometry.area, 2) == 10_000


def test_a_community_of_an_unknown_street_is_refused(tmp_path: Path) -> None:
    path = kits.write(tmp_path) / "city.toml"
    text = path.read_text(encoding="utf-8").replace('parent = { value = "S" }', 'parent = { value = "T" }')
    path.write_text(text, encoding="utf-8")
    assert only(tmp_path, Weight.REFUSED).rule == "parent"


def events(folder: Path, *lines: str, zone: str = "Asia/Shanghai") -> Path:
    kits.write(folder, more=FIRE + EVENTS, zone=zone)
    lon, lat = INSIDE
    rows = [f"{line},{lon},{lat}" for line in lines]
    (folder / "events.csv").write_text("\n".join(["category,text,at,closed,x,y", *rows]), encoding="utf-8")
    return folder


def test_a_time_without_a_zone_is_the_citys_own(tmp_path: Path) -> None:
    data = kits.examine(events(tmp_path, "fire,火,2026-01-01 08:00,2026-01-01 09:00")).data
    assert data is not None
    assert data.incidents[0].occurred_at == datetime(2026, 1, 1, 0, 0, tzinfo=UTC)
    data = kits.examine(events(tmp_path, "fire,火,2026-07-01 08:00,", zone="America/New_York")).data
    assert data is not None
    assert data.incidents[0].occurred_at == datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("flood,水,2026-01-01 08:00,", "category"),
        ("fire,火,yesterday,", "time"),
        ("fire,火,2026-01-01 08:00,2026-01-01 07:00", "time"),
        ("fire,,2026-01-01 08:00,", "description"),
    ],
)
def test_an_incident_that_cannot_be_is_refused_by_row(tmp_path: Path, line: str, rule: str) -> None:
    found = only(events(tmp_path, line), Weight.REFUSED)
    assert (found.layer, found.rule, found.row) == ("events", rule, 1)


def test_one_problem_does_not_hide_the_next(tmp_path: Path) -> None:
    folder = events(tmp_path, "flood,水,2026-01-01 08:00,")
    cells = kits.features(WIDE)
    (folder / "cells.geojson").write_text(json.dumps(cells), encoding="utf-8")
    assert kits.found(kits.examine(folder), "refused") == [("base", "overlap"), ("events", "category")]


def test_a_city_toml_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_bytes(b"\xff")
    with pytest.raises(BadInput, match="UTF-8"):
        kits.examine(tmp_path)
