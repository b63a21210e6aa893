"""回天 and Manhattan as loaded: every community is found by its name, no city answers for the other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import opencc
import pytest
import shapely
from pypinyin import lazy_pinyin

from geo_app.core import clock, db
from geo_app.core.actor import SYSTEM
from geo_app.geocoding import service as geocoding
from geo_app.organisation import service as organisation
from geo_app.planning import service as planning

WAYS: dict[str, Callable[[str], str]] = {
    "right": lambda name: name,
    "within": lambda name: f"北京市昌平区{name}",
    "traditional": opencc.OpenCC("s2t").convert,
    "pinyin": lambda name: "".join(lazy_pinyin(name)),
}


def communities(folder: Path) -> dict[str, shapely.Geometry]:
    """Return the outlines of the communities whose name stands once, lon/lat."""
    path = folder / "huitian" / "polygons" / "ht_sq.json"
    shapes = json.loads(path.read_text(encoding="utf-8"))["features"]
    names = Counter(shape["properties"]["sq_name"] for shape in shapes)
    return {
        name: shapely.make_valid(shapely.geometry.shape(shape["geometry"]))
        for shape in shapes
        if names[name := shape["properties"]["sq_name"]] == 1
    }


@pytest.mark.parametrize("way", WAYS)
def test_every_community_is_found_by_its_name(real_cities: db.Database, real_data: Path, way: str) -> None:
    expected = communities(real_data)
    at, right, wrong = clock.now(), [], []
    with real_cities.transaction(SYSTEM) as tx:
        city = organisation.city(tx, "huitian")
        for name, outline in expected.items():
            found = planning.locate(tx, city, geocoding.geocode(tx, city, WAYS[way](name)), at)
            first = found.candidates[0].candidate if found.candidates else None
            right.append(first is not None and shapely.distance(outline, first.position) < 1e-3)
            if found.cell is not None and not right[-1]:
                wrong.append(name)
    missed = [name for name, is_right in zip(expected, right, strict=True) if not is_right]
    assert len(missed) <= 0.05 * len(expected), missed
    assert not wrong


def test_a_city_knows_nothing_of_the_other(real_cities: db.Database) -> None:
    with real_cities.transaction(SYSTEM) as tx:
        here, there = (organisation.city(tx, code) for code in ("huitian", "manhattan"))
        assert geocoding.geocode(tx, here, "Broadway") == []
        assert geocoding.geocode(tx, there, "Broadway")[0].name == "Broadway"
        assert not [one for one in geocoding.geocode(tx, there, "龙泽苑社区") if one.score > 0.5]
