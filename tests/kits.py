"""Small city kits for tests: four square cells of 100 m beside each other, changed as a test likes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import Transformer

from geo_app.cities import kit
from geo_app.cities.kit.examine import Report

EAST, NORTH, SRID = 500_000.0, 4_400_000.0, 4548
UNTIL = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HEAD = """
[city]
code = "{code}"
name = "测试"
name_en = "Test"
jurisdiction = "{jurisdiction}"
time_zone = "{zone}"
epsg = {srid}
attribution = "made up"
code_scheme = "own"

[[units]]
level = "district"
code = "D"
name = "区"

[[units]]
level = "street"
code = "S"
name = "街"
parent = "D"

[[layers]]
kind = "cells"
name = "base"
file = "{file}"
frame = "{frame}"

[layers.columns]
id = "id"
name = "name"
code = "id"
community = {{ value = "C" }}
community_name = {{ value = "社" }}
parent = {{ value = "S" }}
"""
STREETS = """
[[layers]]
kind = "roads"
name = "streets"
file = "city.osm"
frame = "{frame}"
"""
CROSSING: dict[int, tuple[float, float]] = {1: (10, 50), 2: (100, 50), 3: (190, 50), 4: (100, 150)}
WAYS = """
<way id="10" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="maxspeed" v="40"/></way>
<way id="11" version="1"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="access" v="private"/></way>
<way id="12" version="1"><nd ref="2"/><nd ref="4"/><tag k="highway" v="service"/><tag k="foot" v="no"/></way>
<way id="13" version="1"><nd ref="4"/><nd ref="4"/><tag k="highway" v="service"/></way>
<relation id="90" version="1"><member type="way" ref="10" role="from"/><member type="node" ref="2" role="via"/>
<member type="way" ref="12" role="to"/><tag k="type" v="restriction"/><tag k="restriction" v="no_left_turn"/></relation>
<relation id="91" version="1"><member type="way" ref="10" role="from"/><member type="node" ref="2" role="via"/>
<member type="way" ref="99" role="to"/><tag k="type" v="restriction"/><tag k="restriction" v="no_left_turn"/></relation>
"""
Ring = Sequence[tuple[float, float]]


def square(x: float, y: float, side: float = 100.0) -> list[tuple[float, float]]:
    """Return the corners of a square with its low corner at x, y."""
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]


FOUR: dict[str, Ring] = {
    "a": square(0, 0),
    "b": square(100, 0),
    "c": square(0, 100),
    "d": square(100, 100),
}


def lonlat(points: Ring, srid: int = SRID) -> list[list[float]]:
    """Return board metres as lon, lat, to 0.1 mm."""
    x, y = np.array(points, dtype=float).T
    moved = Transformer.from_crs(srid, 4326, always_xy=True).transform(x + EAST, y + NORTH)
    return [[round(lon, 9), round(lat, 9)] for lon, lat in zip(*moved, strict=True)]


def features(cells: Mapping[str, Ring], srid: int = SRID) -> dict[str, Any]:
    """Return cells as a GeoJSON FeatureCollection."""
    shapes = [
        {
            "type": "Feature",
            "properties": {"id": code, "name": f"格{code}"},
            "geometry": {"type": "Polygon", "coordinates": [[*lonlat(ring, srid), lonlat(ring, srid)[0]]]},
        }
        for code, ring in cells.items()
    ]
    return {"type": "FeatureCollection", "features": shapes}


def write(
    folder: Path,
    cells: Mapping[str, Ring] = FOUR,
    more: str = "",
    *,
    code: str = "test",
    jurisdiction: str = "990101",
    zone: str = "Asia/Shanghai",
    srid: int = SRID,
) -> Path:
    """Write a kit with these cells, and `more` after them in its city.toml; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cells.geojson").write_text(
        json.dumps(features(cells, srid), ensure_ascii=False), encoding="utf-8"
    )
    head = HEAD.format(
        code=code, jurisdiction=jurisdiction, zone=zone, srid=srid, file="cells.geojson", frame="wgs84"
    )
    (folder / "city.toml").write_text(head + more, encoding="utf-8")
    return folder


def examine(folder: Path) -> Report:
    """Return the report on a kit, without any environment."""
    return kit.examine(folder, {}, UNTIL)


def found(report: Report, weight: str | None = None) -> list[tuple[str, str]]:
    """Return layer and rule of every finding, or of those of one weight."""
    return [(item.layer, item.rule) for item in report.findings.items if weight in {None, str(item.weight)}]


def streets(folder: Path, before: str = "", frame: str = "wgs84") -> Path:
    """Write a kit with a crossing as OpenStreetMap has it, behind other layers; 10 to 12 is a forbidden turn."""
    write(folder, more=before + STREETS.format(frame=frame))
    places = {node: lonlat([place])[0] for node, place in CROSSING.items()}
    nodes = "".join(f'<node id="{n}" lon="{x}" lat="{y}" version="1"/>' for n, (x, y) in places.items())
    (folder / "city.osm").write_text(
        f'<?xml version="1.0"?><osm version="0.6">{nodes}{WAYS}</osm>', encoding="utf-8"
    )
    return folder
