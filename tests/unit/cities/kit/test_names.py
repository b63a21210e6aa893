"""Aliases and former names of a kit's places."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo_app.cities import gazetteer
from geo_app.cities.kit.findings import Weight
from tests import kits

PLACES = """
[[layers]]
kind = "places"
name = "spots"
file = "spots.csv"
frame = "wgs84"
columns = {{ name = "name", aliases = "also"{former}, x = "x", y = "y" }}
"""
FORMER = ', former_names = "once"'
LON, LAT = kits.lonlat([(50, 50)])[0]


def spots(folder: Path, *lines: str, former: str = FORMER) -> Path:
    """Write a kit with places given as name,aliases,former names."""
    kits.write(folder, more=PLACES.format(former=former))
    rows = [f"{line},{LON},{LAT}" for line in lines]
    (folder / "spots.csv").write_text("\n".join(["name,also,once,x,y", *rows]), encoding="utf-8")
    return folder


def test_former_names_are_read_and_stand_in_the_gazetteer(tmp_path: Path) -> None:
    report = kits.examine(spots(tmp_path, "新华医院,新华院,县医院; 卫生院;县医院", "东街市场,,"))
    assert report.data is not None
    assert [(row.name, row.aliases, row.former_names) for row in report.data.places] == [
        ("新华医院", ("新华院",), ("县医院", "卫生院")),
        ("东街市场", (), ()),
    ]
    known = {one.name: one.former for one in gazetteer.names(report.data)}
    assert (known["新华医院"], known["东街市场"]) == (("县医院", "卫生院"), ())
    assert report.findings.items == []


def test_a_kit_need_not_give_former_names(tmp_path: Path) -> None:
    report = kits.examine(spots(tmp_path, "新华医院,新华院,县医院", former=""))
    assert report.data is not None
    assert [row.former_names for row in report.data.places] == [()]


@pytest.mark.parametrize("still", ["新华医院", "新华院"])
def test_a_former_name_still_in_use_is_named_and_is_none(tmp_path: Path, still: str) -> None:
    report = kits.examine(spots(tmp_path, "东街市场,,", f"新华医院,新华院,县医院;{still}"))
    assert report.data is not None
    assert report.data.places[1].former_names == ("县医院",)
    (found,) = report.findings.items
    assert (found.weight, found.layer, found.rule, found.row) == (Weight.NOTED, "spots", "former_name", 2)
    assert still in found.message
