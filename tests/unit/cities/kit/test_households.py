"""Households are counted at addresses and in buildings; what is no such place, or no count, is named by its row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo_app.cities.kit import households
from geo_app.cities.kit.households import Source
from geo_app.core.errors import BadInput
from tests import kits

LAYER = """
[[layers]]
kind = "households"
name = "homes"
file = "homes.csv"
frame = "wgs84"
columns = { households = "many", x = "x", y = "y" }
"""


def counted(folder: Path, *lines: tuple[str, float, float]) -> Path:
    """Write a kit with these counts at these places on the board."""
    kits.write(folder, more=LAYER)
    rows = [f"{many},{lon},{lat}" for many, x, y in lines for lon, lat in kits.lonlat([(x, y)])]
    (folder / "homes.csv").write_text("\n".join(["many,x,y", *rows]), encoding="utf-8")
    return folder


def test_a_kit_brings_how_many_live_where(tmp_path: Path) -> None:
    report = kits.examine(
        counted(tmp_path, ("12", 50, 50), ("0", 60, 60), ("3.0", 150, 150), ("7", 500, 500))
    )
    assert report.data is not None
    assert [row.households for row in report.data.households] == [12, 3, 7]
    first = report.data.households[0]
    assert (first.position.x - kits.EAST, first.position.y - kits.NORTH) == pytest.approx((50, 50), abs=1e-3)
    assert first.given is not None
    assert first.given.frame == "wgs84"
    (note,) = report.findings.items
    assert (note.rule, note.message[:29]) == ("outside", "7 households live outside all")
    assert [row.layer for row in report.data.layers][-1] == "homes"


@pytest.mark.parametrize("many", ["-1", "2.5", "many", "", "nan", "1e9"])
def test_what_is_no_count_refuses_the_kit(tmp_path: Path, many: str) -> None:
    assert kits.found(kits.examine(counted(tmp_path, (many, 50, 50)))) == [("homes", "households")]


def test_counts_of_buildings_stand_inside_them_and_counts_of_areas_are_refused(tmp_path: Path) -> None:
    cells = kits.examine(kits.write(tmp_path / "kit")).data
    assert cells is not None
    shapes = {"a": kits.square(10, 10, 20), "b": kits.square(0, 0, 500)}
    found = kits.features(shapes)
    for one in found["features"]:
        one["properties"]["households"] = "30"
    file = tmp_path / "buildings.geojson"
    file.write_text(json.dumps(found), encoding="utf-8")
    rows, findings = households.of_file(
        Source(file, "wgs84", "households", None), kits.SRID, list(cells.cells)
    )
    ((x, y),) = [(row.position.x - kits.EAST, row.position.y - kits.NORTH) for row in rows]
    assert 10 < x < 30
    assert 10 < y < 30
    (refused,) = findings.refused
    assert (refused.rule, refused.row) == ("geometry_type", 2)
    assert "250,000 m²" in refused.message


def test_a_file_without_the_column_is_refused(tmp_path: Path) -> None:
    cells = kits.examine(kits.write(tmp_path / "kit")).data
    assert cells is not None
    file = tmp_path / "homes.csv"
    file.write_text("x,y\n117,39.7\n", encoding="utf-8")
    with pytest.raises(BadInput, match="households"):
        households.of_file(Source(file, "wgs84", "households", ("x", "y")), kits.SRID, list(cells.cells))
