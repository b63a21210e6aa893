"""Write cells so that whoever reads the file has the same cells to the millimetre.

Shapefile and GeoPackage stand in the city's metric frame, bit for bit. GeoJSON, TopoJSON and CSV are WGS 84 with nine
decimals, a tenth of a millimetre: rounding to the millimetre grid gives the same vertices again.
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Sequence
from io import BytesIO, StringIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely import Polygon

from geo_app.core import coords, sheet
from geo_app.exchange.model import Format
from grids import arcs
from grids.model import Cell
from grids.rings import PER_METRE

DECIMALS = 9
FIGURES = 17
"""Of each number GDAL writes: with fewer it takes 39.643999993 for 39.644 (3.12.4)."""
NAME = "grid"
FIELDS = ("code", "name", "community", "area")
"""Columns of a file; `area` is square metres."""
FIRST = (1980, 1, 1, 0, 0, 0)
"""The moment of every file in an archive: the same cells give the same bytes."""
Shapes = np.ndarray[tuple[int], np.dtype[np.object_]]


def write(cells: Sequence[Cell], form: Format, srid: int) -> bytes:
    """Return a file of cells, given in the metric frame `srid` on the millimetre grid, in order of code."""
    ordered = sorted(cells, key=lambda cell: cell.code)
    if form is Format.TOPOJSON:
        return json.dumps(_topology(ordered, srid), ensure_ascii=False, separators=(",", ":")).encode()
    if form is Format.CSV:
        return _csv(ordered, srid)
    return _gdal(ordered, form, srid)


def _gdal(cells: Sequence[Cell], form: Format, srid: int) -> bytes:
    shapes: Shapes = np.array([cell.geometry for cell in cells], dtype=object)
    options: dict[str, Any] = {"driver": "GPKG", "crs": f"EPSG:{srid}"}
    name = f"{NAME}.gpkg"
    if form is Format.GEOJSON:
        shapes = shapely.orient_polygons(np.array([_lonlat(one, srid) for one in shapes], dtype=object))
        options = {
            "driver": "GeoJSON",
            "crs": "EPSG:4326",
            "SIGNIFICANT_FIGURES": FIGURES,
        }
        name = f"{NAME}.geojson"
    elif form is Format.SHP:
        options = {"driver": "ESRI Shapefile", "crs": f"EPSG:{srid}", "encoding": "UTF-8"}
        name = f"{NAME}.shp"
    with TemporaryDirectory(prefix="geo-") as folder:
        target = Path(folder) / name
        pyogrio.raw.write(
            target, shapely.to_wkb(shapes), _columns(cells), FIELDS, geometry_type="Polygon", **options
        )
        return _zipped(Path(folder)) if form is Format.SHP else target.read_bytes()


def _columns(cells: Sequence[Cell]) -> list[np.ndarray]:
    rows = [(cell.code, cell.name, cell.community, round(cell.area, 3)) for cell in cells]
    texts = [np.array([row[index] for row in rows], dtype=object) for index in range(3)]
    return [*texts, np.array([row[3] for row in rows], dtype=float)]


def _zipped(folder: Path) -> bytes:
    """Return the files of a shapefile as an archive, the same bytes for the same files."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.writestr(zipfile.ZipInfo(path.name, FIRST), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def _lonlat(shape: Polygon, srid: int) -> Polygon:
    return coords.to_lonlat(shape, srid)


def _csv(cells: Sequence[Cell], srid: int) -> bytes:
    whole = StringIO(newline="")
    out = csv.writer(whole)
    out.writerow([*FIELDS, "wkt"])
    for cell in cells:
        shape = _lonlat(cell.geometry, srid)
        wkt = shapely.to_wkt(shape, rounding_precision=DECIMALS, trim=True)
        texts = [sheet.harmless(text) for text in (cell.code, cell.name, cell.community)]
        out.writerow([*texts, round(cell.area, 3), wkt])
    return whole.getvalue().encode("utf-8-sig")


def _topology(cells: Sequence[Cell], srid: int) -> dict[str, Any]:
    """Return a TopoJSON topology: each border once; positions as they are, without a transform that rounds them."""
    found = arcs.of(cells)
    xy = (
        coords.convert(found.vertices / PER_METRE, srid, coords.WGS84)
        if len(found.vertices)
        else np.empty((0, 2))
    )
    places = np.round(xy, DECIMALS).tolist()
    offsets = found.offsets.tolist()
    rings: list[list[list[int]]] = [[] for _ in found.codes]
    bounds = found.ring_offsets.tolist()
    for ring, cell in enumerate(found.ring_cells.tolist()):
        rings[cell].append(found.ring_arcs[bounds[ring] : bounds[ring + 1]].tolist())
    shapes = [
        {
            "type": "Polygon",
            "arcs": rings[index],
            "properties": {
                "code": cell.code,
                "name": cell.name,
                "community": cell.community,
                "area": round(cell.area, 3),
            },
        }
        for index, cell in enumerate(cells)
    ]
    return {
        "type": "Topology",
        "objects": {NAME: {"type": "GeometryCollection", "geometries": shapes}},
        "arcs": [places[start:end] for start, end in pairwise(offsets)],
    }
