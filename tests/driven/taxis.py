"""Sparse positions of Beijing's taxis on a road file with straightened and missing edges: no truth, a rough ride."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from shapely import LineString

from geo_app.core import coords
from geo_app.roads.model import Mode, Road
from tests.driven import drive
from tests.driven.drive import Drive

SRID = 4548


def read(folder: Path) -> Iterator[Drive]:
    """Yield the tracks in their order, without truth."""
    with gzip.open(
        folder / "huitian" / "roads" / "beijing_sparsetaxi_edges.csv.gz", "rt", encoding="utf-8"
    ) as file:
        rows = list(csv.DictReader(file))
    ends = np.array(
        [[row[key] for key in ("lon1", "lat1", "lon2", "lat2")] for row in rows], dtype=np.float64
    )
    lines = coords.convert(ends.reshape(-1, 2), coords.WGS84, SRID).reshape(-1, 2, 2)
    roads = [
        Road(
            int(row["edge_id"]),
            int(row["src"]),
            int(row["dst"]),
            row["highway"],
            row["name"],
            1,
            LineString(one),
        )
        for row, one in zip(rows, lines, strict=True)
    ]
    ground = drive.ground(roads, Mode.CAR)
    with (folder / "huitian" / "gps" / "beijing_taxi_gps.csv").open(encoding="utf-8") as file:
        fixes = list(csv.DictReader(file))
    for name in dict.fromkeys(row["track"] for row in fixes):
        mine = np.array(
            [[row["lon"], row["lat"], row["t"]] for row in fixes if row["track"] == name], dtype=np.float64
        )
        xy = coords.convert(mine[:, :2], coords.WGS84, SRID)
        yield Drive(name, ground, np.ascontiguousarray(xy), mine[:, 2], np.zeros(0, dtype=np.int32))
