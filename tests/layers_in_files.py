"""Files of cells as others write them, good ones and hostile ones."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from geo_app.core import coords
from grids.model import Cell
from tests import build, defective

SRID = 4548


def cells(columns: int, rows: int, *, seed: int = 1) -> list[Cell]:
    """Return cells of a made-up city in EPSG:4548, in order of code."""
    layer = defective.whole(columns, rows, seed=seed)
    return [build.cell(number, row.shape) for number, row in enumerate(layer.rows)]  # type: ignore[arg-type]


def shapefile(
    folder: Path, given: Sequence[Cell], *, encoding: str = "UTF-8", gone: Sequence[str] = (),
    says: str | None = None,
) -> Path:  # fmt: skip
    """Write a zipped shapefile whose .cpg `says` something else than its encoding, without the files `gone`."""
    inside = folder / "shape"
    inside.mkdir()
    write(inside / "cells.shp", given, "ESRI Shapefile", encoding=encoding)
    if says is not None:
        (inside / "cells.cpg").write_text(says)
    path = folder / "cells.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sorted(inside.iterdir()):
            if one.suffix not in gone:
                archive.write(one, one.name)
    return path


def write(
    path: Path, given: Sequence[Cell], driver: str, *, frame: str = f"EPSG:{SRID}", **options: object
) -> Path:
    """Write cells by GDAL in the metric frame, or in degrees of `frame`."""
    shapes = np.array([cell.geometry for cell in given], dtype=object)
    if frame != f"EPSG:{SRID}":
        shapes = np.array([coords.to_lonlat(shape, SRID) for shape in shapes], dtype=object)
    columns = [np.array([getattr(cell, name) for cell in given], dtype=object) for name in ("code", "name")]
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), columns, ["code", "name"], geometry_type="Polygon", driver=driver, crs=frame,
        **options,
    )  # fmt: skip
    return path


def archive(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write a zip of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in files.items():
            whole.writestr(name, content)
    return path
