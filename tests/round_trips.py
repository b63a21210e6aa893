"""Cells go out and come back with equal geometry hashes: in every format, and through frames of other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from geo_app.core import coords
from geo_app.exchange import content, writing
from geo_app.exchange.frames import Target
from geo_app.exchange.model import ENDS, Content, Format, Reading
from geo_app.planning.store import geometry_hash
from grids.model import Cell

SILENT = {Format.TOPOJSON, Format.CSV}
"""Formats that cannot say their frame."""
OTHERS = (4326, 4490, 32650, 3857)
"""Frames another program may turn a file into: degrees of WGS 84 and of CGCS2000, UTM, Web Mercator."""


def hashes(cells: Sequence[Cell]) -> dict[str, tuple[str, str]]:
    """Return name and geometry hash of cells by code."""
    return {cell.code: (cell.name, geometry_hash(cell.geometry)) for cell in cells}


def hashes_read(found: Content) -> dict[str, tuple[str, str]]:
    """Return name and geometry hash of what a file without a fault holds, by code."""
    assert found.findings == ()
    return {str(row.code): (row.name, geometry_hash(row.shape)) for row in found.rows}  # type: ignore[arg-type]


def comes_back(cells: Sequence[Cell], srid: int, form: Format, folder: Path) -> None:
    """See that cells come back from a file in a format."""
    path = folder / f"grid{ENDS[form]}"
    path.write_bytes(writing.write(cells, form, srid))
    found = content.read(path, Reading("wgs84" if form in SILENT else None), Target(srid))
    assert hashes_read(found) == hashes(cells)


def comes_back_by(other: int, cells: Sequence[Cell], srid: int, folder: Path) -> None:
    """See that cells come back after another program has turned the exported file into the frame `other`."""
    out = folder / "out.gpkg"
    out.write_bytes(writing.write(cells, Format.GPKG, srid))
    meta, _, shapes, values = pyogrio.raw.read(out)
    turned = shapely.transform(shapely.from_wkb(shapes), lambda xy: coords.convert(xy, srid, other))
    path = folder / "turned.gpkg"
    fields = list(meta["fields"])
    columns = [np.asarray(column) for column in values]
    pyogrio.raw.write(path, shapely.to_wkb(turned), columns, fields, geometry_type="Polygon", driver="GPKG",
                      crs=f"EPSG:{other}")  # fmt: skip
    assert hashes_read(content.read(path, Reading(), Target(srid))) == hashes(cells)
