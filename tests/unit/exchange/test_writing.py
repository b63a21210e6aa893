"""What is written and read again is the same to the millimetre, in every format."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo_app.exchange import content, writing
from geo_app.exchange.frames import Target
from geo_app.exchange.model import ENDS, Format, Reading
from geo_app.planning.store import geometry_hash
from grids.model import Cell
from tests import layers_in_files as files
from tests import rough
from tests.sizes import size

SILENT = {Format.TOPOJSON, Format.CSV}
"""Formats that cannot say their frame."""


def again(cells: list[Cell], form: Format, folder: Path, srid: int = files.SRID) -> list[Cell]:
    path = folder / f"grid{ENDS[form]}"
    path.write_bytes(writing.write(cells, form, srid))
    found = content.read(path, Reading("wgs84" if form in SILENT else None), Target(srid))
    assert found.findings == ()
    return [Cell(str(row.code), row.name, row.community or "", row.shape) for row in found.rows]  # type: ignore[arg-type]


def known(cells: list[Cell]) -> set[tuple[str, str, str, str]]:
    return {(cell.code, cell.name, cell.community, geometry_hash(cell.geometry)) for cell in cells}


@pytest.mark.parametrize("form", Format)
def test_what_is_written_comes_back_the_same(form: Format, tmp_path: Path) -> None:
    given = files.cells(7, 6)
    assert known(again(given, form, tmp_path)) == known(given)


@pytest.mark.parametrize("seed", range(size("rough_exchanges")))
def test_islands_corridors_and_crumbs_come_back_the_same_in_every_format(seed: int, tmp_path: Path) -> None:
    middle = np.array([450_000.0 + seed * 1_000, 4_390_000.0])
    shapes = [shapely.transform(one, lambda xy: np.round(xy + middle, 3)) for one in rough.cells(seed)]
    given = [Cell(f"{number:04d}", f"名{number}", "c", shape) for number, shape in enumerate(shapes)]  # type: ignore[arg-type]
    for form in Format:
        assert known(again(given, form, tmp_path)) == known(given)


@pytest.mark.parametrize("srid", [4547, 32650, 26918, 2193, 3006])
def test_any_metric_frame_is_kept(srid: int, tmp_path: Path) -> None:
    middle = {4547: (500_000, 4.4e6), 32650: (450_000, 4.4e6), 26918: (585_000, 4.51e6),
              2193: (1.75e6, 5.92e6), 3006: (674_000, 6.58e6)}[srid]  # fmt: skip
    shift = np.array(middle) - (450_000.0, 4_390_000.0)
    given = [
        replace(cell, geometry=shapely.transform(cell.geometry, lambda xy: np.round(xy + shift, 3)))
        for cell in files.cells(3, 3)
    ]
    for form in Format:
        assert known(again(given, form, tmp_path, srid)) == known(given)


def test_each_border_stands_once_in_topojson() -> None:
    given = files.cells(5, 4)
    whole = json.loads(writing.write(given, Format.TOPOJSON, files.SRID))
    segments = [frozenset(map(tuple, pair)) for arc in whole["arcs"] for pair in pairwise(arc)]
    assert len(segments) == len(set(segments))
    assert "transform" not in whole


def test_a_name_that_a_spreadsheet_would_run_is_guarded_and_comes_back(tmp_path: Path) -> None:
    given = [replace(files.cells(3, 3)[0], name='=1+1,\n"x"')]
    raw = writing.write(given, Format.CSV, files.SRID).decode("utf-8-sig")
    assert next(iter(csv.DictReader(io.StringIO(raw, newline=""))))["name"].startswith("'=")
    assert known(again(given, Format.CSV, tmp_path)) == known(given)


def test_the_same_cells_give_the_same_shapefile_to_the_byte() -> None:
    given = files.cells(3, 3)
    first = writing.write(given, Format.SHP, files.SRID)
    assert writing.write(given[::-1], Format.SHP, files.SRID) == first
