"""Files that are wrong or hostile are refused with a plain word: field, value, rule."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from geo_app.core import coords
from geo_app.core.errors import BadInput
from geo_app.exchange import content, reading
from geo_app.exchange.frames import Target
from geo_app.exchange.model import Content, Reading
from grids.defects import Finding, Kind, Mend, Weight
from tests import layers_in_files as files

HERE = Target(files.SRID)
SQUARE = [[116.4, 39.6], [116.41, 39.6], [116.41, 39.61], [116.4, 39.6]]


def read(path: Path, target: Target = HERE, **how: Any) -> Content:
    return content.read(path, Reading(**how), target)


def feature(ring: Any, code: str = "1", **more: Any) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [ring], **more}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def geojson(path: Path, *features: Any, **more: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}))
    return path


def refused(path: Path, field: str, rule: str, **how: Any) -> None:
    with pytest.raises(BadInput, match=rule) as caught:
        read(path, **how)
    assert caught.value.field == field


def told(found: Content, kind: Kind) -> Finding:
    (one,) = [finding for finding in found.findings if finding.kind is kind]
    return one


# -- encodings


def test_a_gbk_shapefile_that_says_so_is_read(tmp_path: Path) -> None:
    given = files.cells(3, 3)
    found = read(files.shapefile(tmp_path, given, encoding="GBK"))
    assert found.findings == ()
    assert [row.name for row in found.rows] == [cell.name for cell in given]


@pytest.mark.parametrize(("encoding", "likely"), [("GBK", "gb18030"), ("UTF-8", "utf-8")])
def test_a_shapefile_that_does_not_say_its_encoding_waits_for_a_word(
    tmp_path: Path, encoding: str, likely: str
) -> None:
    given = files.cells(3, 3)
    path = files.shapefile(tmp_path, given, encoding=encoding, gone=[".cpg"])
    clear = tmp_path / "clear.zip"
    with zipfile.ZipFile(path) as held, zipfile.ZipFile(clear, "w") as out:
        for name in held.namelist():
            raw = held.read(name)
            out.writestr(name, raw[:29] + b"\0" + raw[30:] if name.endswith(".dbf") else raw)
    found = read(clear)
    one = told(found, Kind.ENCODING)
    assert (one.mend, one.to, one.weight, one.count) == (Mend.READ, likely, Weight.OPEN, len(given))
    assert [row.name for row in found.rows] == [cell.name for cell in given]
    assert read(clear, encoding=encoding).findings == ()


def test_a_shapefile_that_says_a_wrong_encoding_is_told(tmp_path: Path) -> None:
    given = files.cells(3, 3)
    found = read(files.shapefile(tmp_path, given, encoding="GBK", says="UTF-8"))
    assert (told(found, Kind.ENCODING).to, found.rows[0].name) == ("gb18030", given[0].name)
    refused(tmp_path / "cells.zip", "encoding", "gb18030 fits all of them", encoding="utf-8")


def test_utf_8_that_was_read_as_something_else_is_set_right_by_a_word(tmp_path: Path) -> None:
    twice = "回龙观".encode().decode("latin-1")
    one = feature(SQUARE)
    one["properties"]["name"] = twice
    found = read(geojson(tmp_path / "a.geojson", one))
    assert (told(found, Kind.ENCODING).weight, found.rows[0].name) == (Weight.OPEN, "回龙观")


# -- frames


def test_a_shapefile_without_a_frame_must_have_one_stated(tmp_path: Path) -> None:
    path = files.shapefile(tmp_path, files.cells(3, 3), gone=[".prj"])
    refused(path, "frame", "does not say its frame")
    assert read(path, frame=f"epsg:{files.SRID}").findings == ()


def test_a_statement_against_the_file_is_refused(tmp_path: Path) -> None:
    path = files.shapefile(tmp_path, files.cells(3, 3))
    refused(path, "frame", "the file's own, epsg:4548", frame="epsg:4547")
    refused(path, "frame", "the file's own, epsg:4548", frame="gcj02")


def test_swapped_axes_are_told_and_turned_only_by_a_word(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", feature([[y, x] for x, y in SQUARE]))
    found = read(path)
    one = told(found, Kind.FRAME)
    assert (one.to, one.weight, one.count) == ("axes=yx", Weight.OPEN, 4)
    assert read(path, axes="yx").findings == ()
    refused(path, "row 1", "axes are swapped", axes="xy")


def test_axes_are_known_by_the_city_where_both_orders_are_possible(tmp_path: Path) -> None:
    land = coords.to_metric(shapely.box(30.5, 39.5, 30.6, 39.6), 32636)
    ring = [[39.51, 30.51], [39.52, 30.51], [39.52, 30.52], [39.51, 30.51]]
    found = read(geojson(tmp_path / "a.geojson", feature(ring)), Target(32636, land))
    assert told(found, Kind.FRAME).to == "axes=yx"


@pytest.mark.parametrize("frame", ["gcj02", "bd09"])
def test_a_layer_in_a_shifted_frame_that_says_nothing_is_known_by_the_land(
    tmp_path: Path, frame: str
) -> None:
    given = files.cells(12, 12)
    land = shapely.coverage_union_all([cell.geometry for cell in given])
    features = []
    for cell in given:
        lonlat = shapely.get_coordinates(coords.to_lonlat(cell.geometry, files.SRID))
        features.append(feature(coords.from_wgs84(lonlat, frame).tolist(), cell.code))
    path = geojson(tmp_path / "a.geojson", *features)
    found = read(path, Target(files.SRID, land))
    assert (told(found, Kind.FRAME).to, found.frame) == (f"frame={frame}", frame)
    assert read(path, Target(files.SRID, land), frame=frame).findings == ()
    stated = read(path, Target(files.SRID, land), frame="wgs84")
    assert (told(stated, Kind.FRAME).weight, stated.frame) == (Weight.NOTED, "wgs84")


def test_metres_in_a_file_that_is_degrees_by_rule_are_proposed_and_may_be_stated(tmp_path: Path) -> None:
    given = files.cells(3, 3)
    land = shapely.coverage_union_all([cell.geometry for cell in given])
    rings = [shapely.get_coordinates(cell.geometry).tolist() for cell in given]
    path = geojson(tmp_path / "a.geojson", *map(feature, rings))
    one = told(read(path, Target(files.SRID, land)), Kind.FRAME)
    assert (one.to, one.weight) == (f"frame=epsg:{files.SRID}", Weight.OPEN)
    stated = read(path, Target(files.SRID, land), frame=f"epsg:{files.SRID}")
    assert (stated.findings, stated.frame) == ((), f"epsg:{files.SRID}")


def test_a_layer_far_from_the_city_in_every_frame_is_told_and_waits_for_another_file(tmp_path: Path) -> None:
    land = coords.to_metric(shapely.box(113.2, 23.1, 113.3, 23.2), 4547)
    one = told(read(geojson(tmp_path / "a.geojson", feature(SQUARE)), Target(4547, land)), Kind.FRAME)
    assert (one.mend, one.weight) == (Mend.CORRECT, Weight.REFUSED)
    assert "km from the city" in one.says


def test_feet_are_converted_and_told(tmp_path: Path) -> None:
    given = files.cells(3, 3)
    path = tmp_path / "a.gpkg"
    ring = coords.convert(coords.convert(shapely.get_coordinates(given[0].geometry), 4548, 4326), 4326, 4326)
    denver = ring - ring.mean(axis=0) + (-104.99, 39.74)
    feet = shapely.Polygon(coords.convert(denver, 4326, 2232))
    pyogrio.raw.write(
        path, shapely.to_wkb([feet]), [np.array(["1"], dtype=object)], ["code"], geometry_type="Polygon",
        driver="GPKG", crs="EPSG:2232",
    )  # fmt: skip
    found = read(path, Target(26913))
    assert (told(found, Kind.FRAME).weight, found.frame) == (Weight.NOTED, "epsg:2232")
    assert found.rows[0].shape is not None
    assert found.rows[0].shape.area == pytest.approx(feet.area * 0.3048006096**2, rel=1e-3)


def test_heights_are_left_out_and_told(tmp_path: Path) -> None:
    found = read(geojson(tmp_path / "a.geojson", feature([[*place, 50.0] for place in SQUARE])))
    assert "heights" in told(found, Kind.FRAME).says
    assert not shapely.has_z(found.rows[0].shape)


@pytest.mark.parametrize("x", [1e300, 1e9, 200.0])
def test_a_place_that_cannot_be_is_named_by_its_row(tmp_path: Path, x: float) -> None:
    ring = [[x, 39.6], *SQUARE[1:3], [x, 39.6]]
    refused(geojson(tmp_path / "a.geojson", feature(SQUARE), feature(ring, "2")), "row 2", "range")


def test_what_is_no_number_is_refused(tmp_path: Path) -> None:
    for text in ("NaN", "Infinity", "-Infinity"):
        path = tmp_path / "a.geojson"
        path.write_text(
            json.dumps({"type": "FeatureCollection", "features": [feature(SQUARE)]}).replace("39.61", text)
        )
        refused(path, "coordinates", "finite")
    csv = tmp_path / "a.csv"
    csv.write_text('code,wkt\n1,"POLYGON ((0 0, 1 0, 1 nan, 0 0))"\n')
    with pytest.raises(BadInput):
        read(csv, frame="wgs84")


# -- layers, columns, formats


def test_two_layers_must_be_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    for layer in ("old", "new"):
        files.write(path, files.cells(3, 3), "GPKG", layer=layer, append=layer == "new")
    refused(path, "layer", "name one with layer")
    refused(path, "layer", "one of new, old", layer="none")
    assert read(path, layer="old").layer == "old"
    for name in ("one", "two"):
        files.write(tmp_path / f"{name}.geojson", files.cells(2, 2), "GeoJSON", frame="EPSG:4326")
    both = files.archive(
        tmp_path / "both.zip",
        {f"{n}.geojson": (tmp_path / f"{n}.geojson").read_bytes() for n in ("one", "two")},
    )
    refused(both, "layer", "name one with layer")
    assert len(read(both, layer="two").rows) == 4


def test_the_column_of_codes_is_found_or_asked_for(tmp_path: Path) -> None:
    one = feature(SQUARE)
    one["properties"] = {"网格编码": "7", "x": "8"}
    path = geojson(tmp_path / "a.geojson", one)
    assert read(path).rows[0].code == "7"
    assert read(path, columns={"code": "X"}).rows[0].code == "8"
    refused(path, "columns.code", "a column of the file", columns={"code": "none"})
    one["properties"] = {"x": "8"}
    refused(geojson(path, one), "columns.code", "which column holds the codes")


def test_a_heading_that_a_dbf_file_cut_is_known(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    shapes = shapely.to_wkb([cell.geometry for cell in files.cells(2, 2)])
    values = [np.array([str(number)] * 4, dtype=object) for number in range(2)]
    pyogrio.raw.write(path, shapes, values, ["code", "parent_cod"], geometry_type="Polygon",
                      driver="ESRI Shapefile", crs="EPSG:4548")  # fmt: skip
    found = read(path)
    assert found.columns == {"code": "code", "community": "parent_cod"}
    assert "may be cut" in told(found, Kind.ENCODING).says


@pytest.mark.parametrize("gone", [".dbf", ".shx"])
def test_a_shapefile_is_whole(tmp_path: Path, gone: str) -> None:
    refused(files.shapefile(tmp_path, files.cells(2, 2), gone=[gone]), "file", gone)


def test_an_empty_layer_and_a_large_one_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(geojson(tmp_path / "a.geojson"), "file", "at least one row")
    path = geojson(tmp_path / "a.geojson", feature(SQUARE), feature(SQUARE, "2"))
    monkeypatch.setattr(reading, "MOST_VERTICES", 7)
    refused(path, "file", "vertices")
    monkeypatch.setattr(reading, "MOST_ROWS", 1)
    refused(path, "file", "rows")


# -- hostile ones


def test_a_path_that_leads_out_of_an_archive_is_refused(tmp_path: Path) -> None:
    raw = json.dumps({"type": "FeatureCollection", "features": [feature(SQUARE)]}).encode()
    refused(files.archive(tmp_path / "a.zip", {"../a.geojson": raw}), "file", "stay in its folder")


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo_app.core.unpack.SMALL", 100_000)
    refused(files.archive(tmp_path / "a.zip", {"a.geojson": b" " * 30_000_000}), "file", "when unpacked")


@pytest.mark.parametrize("name", ["a.geojson", "a.vrt", "a.gpkg", "a.shp", "a.csv", "a.kml", "a.zip"])
@pytest.mark.parametrize(
    "content",
    [
        b"<OGRVRTDataSource><OGRVRTLayer><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><kml>&c;</kml>',
        b"/vsicurl/http://192.0.2.1/a.geojson",
        b"http://192.0.2.1/a.geojson",
    ],
)  # fmt: skip
def test_what_leads_elsewhere_is_not_opened(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput):
        read(path, frame="wgs84")
    with pytest.raises(BadInput):
        read(files.archive(tmp_path / "held.zip", {name: content}), frame="wgs84")


@pytest.mark.parametrize("kind", ["link", "url"])
def test_a_frame_behind_an_address_is_not_fetched(tmp_path: Path, kind: str) -> None:
    crs = {"type": kind, "properties": {"href": "http://192.0.2.1/crs", "url": "http://192.0.2.1/crs"}}
    refused(geojson(tmp_path / "a.geojson", feature(SQUARE), crs=crs), "crs", "by name")
    refused(geojson(tmp_path / "a.geojson", feature(SQUARE, crs=crs)), "crs", "at the top")
    escaped = json.dumps({"type": "FeatureCollection", "features": [feature(SQUARE, crs=crs)]})
    (tmp_path / "a.geojson").write_text(escaped.replace('"crs"', '"\\u0063rs"'))
    refused(tmp_path / "a.geojson", "crs", "at the top")


def test_nesting_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": ' + "[" * 200_000 + "]" * 200_000 + "}")
    refused(path, "file", "can be read")


@pytest.mark.parametrize(
    "made",
    [
        "CREATE VIEW trap AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        "CREATE VIRTUAL TABLE trap USING fts4(a)",
    ],
)
def test_a_geopackage_has_tables_and_no_programs(tmp_path: Path, made: str) -> None:
    path = files.write(tmp_path / "a.gpkg", files.cells(2, 2), "GPKG")
    with closing(sqlite3.connect(path)) as held:
        held.execute(made)
        held.commit()
    refused(path, "file", "no view")


def test_a_broken_file_of_each_format_is_named(tmp_path: Path) -> None:
    good = files.write(tmp_path / "a.gpkg", files.cells(2, 2), "GPKG")
    raw = good.read_bytes()
    good.write_bytes(raw[:3000] + b"\xff" * (len(raw) - 3000))
    with pytest.raises(BadInput):
        read(good)
    shp = files.shapefile(tmp_path, files.cells(2, 2))
    folder = tmp_path / "out"
    with zipfile.ZipFile(shp) as held:
        held.extractall(folder)
    whole = (folder / "cells.shp").read_bytes()
    (folder / "cells.shp").write_bytes(whole[:150])
    with pytest.raises(BadInput):
        read(folder / "cells.shp")
    shutil.copy(folder / "cells.dbf", tmp_path / "b.geojson")
    refused(tmp_path / "b.geojson", "file", "Shapefile")
