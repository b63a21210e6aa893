"""Each format is read into the same table; what cannot be read is named."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import geopandas
import openpyxl
import pytest
from shapely import box

from geo_app.cities.kit import read
from geo_app.cities.kit.columns import Field
from geo_app.cities.kit.manifest import Layer
from geo_app.core.errors import BadInput

FRAME = geopandas.GeoDataFrame(
    {"名称": ["东街", "西街"], "n": [1, 2]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs=4326
)


def layer(path: Path, **changed: object) -> Layer:
    """Return a layer that reads the columns 名称 and n of a file."""
    values: dict[str, object] = {
        "kind": "thematic", "name": "t", "file": path, "frame": "wgs84", "encoding": None, "table": None,
        "header": (), "fields": {"name": Field("name", column="名称"), "code": Field("code", column="n")},
        "where": {}, "empty": (), "numbers": None, "options": {},
    } | changed  # fmt: skip
    return Layer(**values)  # type: ignore[arg-type]


def names(table: read.Table) -> list[tuple[str, str]]:
    return [(row["名称"], row["n"]) for row in table.rows]


BOTH = [("东街", "1"), ("西街", "2")]


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg"])
def test_gdal_formats_are_read(tmp_path: Path, name: str) -> None:
    FRAME.to_file(tmp_path / name)
    table = read.table(layer(tmp_path / name))
    assert names(table) == BOTH
    assert table.crs == "EPSG:4326"
    assert table.geometry is not None
    assert [shape.area for shape in table.geometry] == [1.0, 1.0]


def test_a_topojson_without_a_frame_is_read(tmp_path: Path) -> None:
    topology = {
        "type": "Topology", "transform": {"scale": [0.5, 0.5], "translate": [10, 20]},
        "arcs": [[[0, 0], [2, 0], [0, 2], [-2, 0], [0, -2]]],
        "objects": {"fc": {"type": "GeometryCollection", "geometries": [
            {"type": "Polygon", "arcs": [[0]], "properties": {"名称": "东街", "n": 1}}]}},
    }  # fmt: skip
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(topology), encoding="utf-8")
    table = read.table(layer(path))
    assert names(table) == BOTH[:1]
    assert table.crs is None
    assert table.geometry is not None
    assert table.geometry[0].bounds == (10, 20, 11, 21)


def test_a_gbk_shapefile_is_read_in_its_encoding_and_not_guessed(tmp_path: Path) -> None:
    FRAME.to_file(tmp_path / "a.shp", encoding="GBK")
    (tmp_path / "a.cpg").unlink()
    with pytest.raises(BadInput, match="encoding"):
        read.table(layer(tmp_path / "a.shp"))
    assert names(read.table(layer(tmp_path / "a.shp", encoding="GBK"))) == BOTH


def test_a_zipped_shapefile_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    FRAME.to_file(folder / "a.shp", encoding="UTF-8")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in folder.iterdir():
            archive.write(part, part.name)
    assert names(read.table(layer(tmp_path / "a.zip"))) == BOTH


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_text("名称,n\n东街,1\n\n西街,2\n", encoding=encoding)
    stated = None if encoding.startswith("utf-8") else encoding
    assert names(read.table(layer(tmp_path / "a.csv", encoding=stated))) == BOTH


def test_a_csv_in_another_encoding_than_stated_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("名称,n\n东街,1\n", encoding="gbk")
    with pytest.raises(BadInput, match=r"t\.encoding"):
        read.table(layer(tmp_path / "a.csv"))


def test_a_csv_without_a_header_gets_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress("东街,1\n西街,2\n".encode()))
    table = read.table(layer(tmp_path / "a.csv.gz", header=("名称", "n")))
    assert names(table) == BOTH
    assert table.numbers == [1, 2]


def test_a_line_of_another_length_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("名称,n\n东街,1\n西街\n", encoding="utf-8")
    with pytest.raises(BadInput, match="line 3 has 1"):
        read.table(layer(tmp_path / "a.csv"))


def test_a_workbook_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("街", 0)
    for line in (["名称", "n"], ["东街", 1], [None, None], ["西街", 2.0]):
        sheet.append(line)
    book.save(tmp_path / "a.xlsx")
    assert names(read.table(layer(tmp_path / "a.xlsx"))) == BOTH
    assert names(read.table(layer(tmp_path / "a.xlsx", table="街"))) == BOTH
    with pytest.raises(BadInput, match="one of 街, Sheet"):
        read.table(layer(tmp_path / "a.xlsx", table="路"))


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,n\n东街,1\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"t\.columns: columns of the file: n, name, got \['名称'\]"):
        read.table(layer(tmp_path / "a.csv"))


def test_rows_are_taken_that_have_the_wanted_values(tmp_path: Path) -> None:
    FRAME.to_file(tmp_path / "a.geojson")
    table = read.table(layer(tmp_path / "a.geojson", where={"n": ("2",)}))
    assert names(table) == BOTH[1:]
    assert table.numbers == [2]
    assert table.geometry is not None
    assert len(table.geometry) == 1


def test_what_stands_for_nothing_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("名称,n\nNA,1\n", encoding="utf-8")
    assert names(read.table(layer(tmp_path / "a.csv", empty=("NA",)))) == [("", "1")]


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp", "a.xlsx"])
def test_a_broken_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"nothing of the kind")
    with pytest.raises(BadInput, match="can be read"):
        read.table(layer(tmp_path / name))


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"")
    with pytest.raises(BadInput, match=r"\.geojson"):
        read.table(layer(tmp_path / "a.docx"))


OSM = """<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="40.0" lon="116.00" version="1"/><node id="2" lat="40.0" lon="116.01" version="1"/>
<node id="3" lat="40.0" lon="116.02" version="1"/><node id="4" lat="40.1" lon="116.01" version="1"/>
<node id="5" lat="40.1" lon="116.02" version="1"/>
<way id="10" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/>
<tag k="highway" v="primary"/><tag k="name" v="长街"/></way>
<way id="11" version="1"><nd ref="2"/><nd ref="4"/><tag k="highway" v="residential"/><tag k="oneway" v="-1"/></way>
<way id="12" version="1"><nd ref="4"/><nd ref="5"/><nd ref="4"/>
<tag k="highway" v="service"/><tag k="junction" v="roundabout"/></way>
<way id="13" version="1"><nd ref="1"/><nd ref="5"/><tag k="building" v="yes"/></way></osm>"""


@pytest.mark.parametrize("form", ["osm", "osm.gz", "osm.pbf"])
def test_osm_ways_are_cut_at_junctions(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a.{form}"
    if form == "osm.pbf":
        import osmium  # noqa: PLC0415

        (tmp_path / "b.osm").write_text(OSM, encoding="utf-8")
        with osmium.SimpleWriter(str(path)) as writer:
            for thing in osmium.FileProcessor(str(tmp_path / "b.osm")):
                writer.add(thing)
    else:
        path.write_bytes(gzip.compress(OSM.encode()) if form.endswith("gz") else OSM.encode())
    content = read.streets(layer(path))
    assert content is not None
    ways = content.ways
    assert [(way.source_id, way.nodes, way.road_class, way.name, way.oneway) for way in ways] == [
        (10, (1, 2), "primary", "长街", 0),
        (10, (2, 3), "primary", "长街", 0),
        (11, (2, 4), "residential", "", -1),
        (12, (4, 5, 4), "service", "", 1),
    ]
    assert ways[0].lonlat == ((116.0, 40.0), (116.01, 40.0))


def test_a_broken_osm_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.osm").write_text("<osm version='0.6'><node id='1'", encoding="utf-8")
    with pytest.raises(BadInput, match="OpenStreetMap"):
        read.streets(layer(tmp_path / "a.osm"))


def test_entities_in_osm_xml_are_not_expanded(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    path = tmp_path / "a.osm"
    path.write_text(
        f"{bomb}<osm version='0.6'><node id='1' lat='1' lon='1'><tag k='n' v='&b;'/></node></osm>"
    )
    with pytest.raises(BadInput, match="OpenStreetMap"):
        read.streets(layer(path))
