"""Beijing's labelled points and outlines: in the right frame they fit, in the wrong one it is noticed."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from geo_app.core import coords, frames

pytestmark = pytest.mark.skipif("GEO_DATA" not in os.environ, reason="GEO_DATA does not name the real data")
FEWEST_RIGHT, MOST_RAW, LEAST_IOU = 1800, 1440, 0.999


@pytest.fixture(scope="module")
def huitian() -> Path:
    """The folder of the Beijing data."""
    return Path(os.environ["GEO_DATA"]) / "huitian"


@pytest.fixture(scope="module")
def towns(huitian: Path) -> geopandas.GeoDataFrame:
    """All towns of Beijing, WGS 84."""
    return geopandas.read_file(huitian / "polygons" / "beijing_towns_331" / "beijing.shp")


def test_the_labelled_points_fit_after_conversion_only(huitian: Path, towns: geopandas.GeoDataFrame) -> None:
    with (huitian / "polygons" / "pip_truth_town_1881.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    # Miyun and Yanqing were counties (县) when the towns were drawn.
    index = {(row["县"].replace("县", "区"), row["乡"]): number for number, row in towns.iterrows()}
    owner = np.array([index[row["district"], row["town_expected"]] for row in rows])
    # Two towns are called 八里庄街道; the published figures put the points of Haidian's into Chaoyang's.
    known = np.array([(row["district"], row["town_expected"]) != ("海淀区", "八里庄街道") for row in rows])
    raw = np.array([[float(row["lon_gcj02"]), float(row["lat_gcj02"])] for row in rows])
    shapes = list(towns.geometry)
    at_home = np.asarray(towns.geometry, dtype=object)[owner]
    converted = shapely.intersects(at_home, shapely.points(coords.to_wgs84(raw, "gcj02")))
    unconverted = shapely.intersects(at_home, shapely.points(raw))
    assert len(rows) == 1881
    assert int(converted[known].sum()) >= FEWEST_RIGHT
    assert int(unconverted[known].sum()) <= MOST_RAW
    warning = frames.doubt(raw, "wgs84", shapes, owner)
    assert warning is not None
    assert warning.likely == "gcj02"
    assert 300 <= warning.shift <= 700
    assert warning.rates["gcj02"] == pytest.approx(converted.mean())
    assert frames.doubt(raw, "gcj02", shapes, owner) is None


def test_the_outline_of_changping_fits_its_towns_after_conversion(
    huitian: Path, towns: geopandas.GeoDataFrame
) -> None:
    outline = shapely.geometry.shape(json.loads((huitian / "admin" / "fences" / "110114.json").read_text()))
    own = shapely.union_all(towns[towns["县"] == "昌平区"].geometry)
    found = shapely.transform(outline, lambda xy: coords.to_wgs84(xy, "gcj02"))
    assert _iou(found, own) >= LEAST_IOU
    assert _iou(outline, own) < 0.96


def _iou(one: shapely.Geometry, other: shapely.Geometry) -> float:
    first, second = (coords.to_metric(shapely.make_valid(shape), 4548) for shape in (one, other))
    return float(first.intersection(second).area / first.union(second).area)
