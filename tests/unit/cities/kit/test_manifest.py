"""city.toml is read whole; a wrong word in it is named with its place and its rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo_app.cities.kit import manifest
from geo_app.core.errors import BadInput
from tests import kits


def test_a_good_kit_is_read(tmp_path: Path) -> None:
    kit = manifest.read(kits.write(tmp_path), {})
    assert (kit.info.code, kit.info.srid, kit.info.is_generated) == ("test", kits.SRID, False)
    assert [layer.kind for layer in kit.layers] == ["cells"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('code = "test"', 'code = "Test City"', r"city\.code"),
        ('time_zone = "Asia/Shanghai"', 'time_zone = "Asia/Peking"', r"city\.time_zone"),
        ("epsg = 4548", "epsg = 4326", r"city\.epsg"),
        ("epsg = 4548", "epsg = 2263", r"city\.epsg: the EPSG number of a projected frame in metres"),
        ("epsg = 4548", 'epsg = "4548"', r"city\.epsg"),
        ('code_scheme = "own"', 'code_scheme = "mine"', r"city\.code_scheme: one of gb30428"),
        ('attribution = "made up"', 'attribution = ""', r"city\.attribution"),
        ('level = "street"', 'level = "town"', r"units\[2\]\.level"),
        ('kind = "cells"', 'kind = "grid"', r"layers\[1\]\.kind"),
        ('kind = "cells"', 'kind = "places"', "exactly one layer of kind cells"),
        ('frame = "wgs84"', 'frame = "wgs48"', "frame"),
        ('frame = "wgs84"', 'frmae = "wgs84"', r"layers\[1\]\.frmae: known words here are"),
        ('file = "cells.geojson"', 'file = "$GEO_NOWHERE/a"', "environment variable GEO_NOWHERE"),
        ("[city]", "[city", "TOML"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = kits.write(tmp_path) / "city.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        manifest.read(tmp_path, {})


@pytest.mark.parametrize(
    ("mend", "said"),
    [
        ('cell = "a"\nwhat = "melt"\narea = 1\nreason = "r"', r"mends\[1\]\.what"),
        ('cell = "a"\nwhat = "yield"\narea = 1\nreason = "r"', r"mends\[1\]\.to"),
        ('cell = "a"\nwhat = "drop"\narea = 0\nreason = "r"', r"mends\[1\]\.area"),
        ('cell = "a"\nwhat = "drop"\narea = 1', r"mends\[1\]\.reason"),
    ],
)
def test_a_wrong_mend_is_named(tmp_path: Path, mend: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        manifest.read(kits.write(tmp_path, more=f"\n[[mends]]\n{mend}\n"), {})


def test_a_folder_without_city_toml_is_no_kit(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"a folder with a city\.toml"):
        manifest.read(tmp_path, {})


def test_names_in_files_are_expanded(tmp_path: Path) -> None:
    path = manifest.expanded(tmp_path, "x", "$DATA/a.csv", {"DATA": str(tmp_path / "far")})
    assert path == tmp_path / "far" / "a.csv"
    assert manifest.expanded(tmp_path, "x", "a.csv", {}) == tmp_path / "a.csv"
