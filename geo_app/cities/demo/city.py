"""The whole demo city from a seed: ground, streets, cells, units, places, people, rounds, troubles."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo_app.cities.demo import (
    blocks,
    catalogue,
    homes,
    lanes,
    network,
    people,
    places,
    roads,
    rounds,
    streets,
    terrain,
    trouble,
    units,
    words,
)
from geo_app.cities.demo.frame import INFO, on_grid, placed
from geo_app.cities.demo.luck import Luck
from geo_app.cities.demo.terrain import Terrain
from geo_app.cities.model import CategoryRow, CityData, PlaceRow, RoadRow, ThematicRow

SEED = 20260101


def generate(until: datetime, seed: int = SEED) -> CityData:
    """Return the demo city as it is at `until`; the same seed and moment give the same city to the byte.

    Only the incidents depend on `until`, which must have a time zone (ValueError otherwise).
    """
    if until.tzinfo is None:
        raise ValueError(f"until: {until.isoformat()} has no time zone; give one")
    names = words.Names(Luck(f"{seed}:names"))
    rng = Luck(seed)
    ground = terrain.draw(rng)
    drawn, old_town = streets.draw(ground, rng)
    cells = blocks.draw(ground, drawn, old_town, rng)
    inner, compounds = lanes.draw(ground, drawn, old_town, rng)
    stretches = network.build([*drawn, *inner])
    city = units.build(cells, _anchors(ground))
    road_rows = roads.rows(stretches, old_town, names)
    finder = places.Finder.of(city.cells, placed(ground.open))
    landmarks = {name: placed(point) for name, point in _landmarks(ground).items()}
    landmarks |= _bridges(ground, road_rows)
    luck = Luck(f"{seed}:places")
    numbers = places.house_numbers(road_rows, finder, luck)
    estates = places.draw(numbers, compounds, finder, names, luck)
    place_rows = (*numbers, *estates, *places.public(numbers, city.units, landmarks, luck))
    by_cell = people.Streets.of(road_rows, city.cells)
    responders = people.draw(city.cells, by_cell, names, Luck(f"{seed}:people"))
    scene = scene_of(catalogue.CATEGORIES, place_rows)
    return CityData(
        info=INFO,
        units=city.units,
        cells=city.cells,
        thematic=_thematic(ground),
        roads=road_rows,
        places=place_rows,
        departments=catalogue.DEPARTMENTS,
        responders=responders,
        routes=rounds.draw(responders, city.cells, by_cell, Luck(f"{seed}:rounds")),
        categories=catalogue.CATEGORIES,
        incidents=trouble.past(scene, until, Luck(f"{seed}:past:{until.timestamp()}")),
        households=homes.draw(place_rows, Luck(f"{seed}:homes")),
    )


def scene_of(city_categories: tuple[CategoryRow, ...], city_places: tuple[PlaceRow, ...]) -> trouble.Scene:
    """Return the scene that a city's own rows make, in its metric frame."""
    spots = (trouble.Spot(place.name, place.road, place.position) for place in city_places)
    return trouble.Scene.of(city_categories, spots, "metric")


def _landmarks(ground: Terrain) -> dict[str, Point]:
    west, south, east, north = terrain.PARK
    (u, v), gate = terrain.LAKE, 14.0
    gates = {
        "西门": (west + gate, v),
        "东门": (east - gate, v - 60),
        "南门": (u - 40, south + gate),
        "北门": (u + 50, north - gate),
    }
    found = {f"望云湖公园{name}": _on_board(ground, spot) for name, spot in gates.items()}
    found["鼓楼"] = Point(terrain.OLD_TOWN.x + 16, terrain.OLD_TOWN.y)
    found["云汀火车站"] = _station(ground)
    found["汀洲公园"] = _point(ground.island)
    found["槐山森林公园"] = _point(ground.hill)
    return found


def _anchors(ground: Terrain) -> dict[str, Point]:
    """Places after which the community they lie in is called; the first of two in one community wins."""
    drum = terrain.OLD_TOWN
    found = {
        "望云湖": _point(ground.lake), "鼓楼": Point(drum.x + 90, drum.y + 60), "站前": _station(ground),
        "槐山": _point(ground.hill), "北关": Point(drum.x - 60, drum.y + 700),
        "西关": Point(drum.x - 700, drum.y + 60), "文庙": Point(drum.x - 250, drum.y - 220),
    }  # fmt: skip
    on_plan = {
        "滨河": (1060.0, 2330.0), "柳溪": (4020.0, 3600.0), "东关": (3200.0, 1450.0), "汀洲": (4480.0, 2330.0),
        "铁东": (5500.0, 1750.0), "南桥": (3160.0, 2330.0), "银杏里": (2560.0, 3800.0),
    }  # fmt: skip
    return found | {name: _on_board(ground, spot) for name, spot in on_plan.items()}


def _station(ground: Terrain) -> Point:
    """The station stands where the axis meets the railway."""
    near = ground.railway.interpolate(ground.railway.project(terrain.OLD_TOWN))
    return Point(round(near.x - 110, 3), round(near.y + 45, 3))


def _point(shape: BaseGeometry) -> Point:
    middle = shapely.point_on_surface(shape)
    return Point(round(middle.x, 3), round(middle.y, 3))


def _on_board(ground: Terrain, spot: tuple[float, float]) -> Point:
    x, y = ground.warp(np.array([spot]))[0]
    return Point(round(float(x), 3), round(float(y), 3))


def _bridges(ground: Terrain, road_rows: tuple[RoadRow, ...]) -> dict[str, Point]:
    """A bridge is called after its road; the points are in the metric frame."""
    found: dict[str, Point] = {}
    for water, suffix in ((placed(ground.river), "大桥"), (placed(ground.brook), "桥")):
        for road in road_rows:
            over = shapely.intersection(road.geometry, water)
            if not over.is_empty:
                stem = road.name.removesuffix("大街").removesuffix("路").removesuffix("街")
                kind = "步行桥" if road.road_class == "footway" else suffix
                found.setdefault(f"{stem.removesuffix('步道')}{kind}", on_grid(over.centroid))
    return found


def _thematic(ground: Terrain) -> tuple[ThematicRow, ...]:
    park = shapely.difference(ground.park, ground.lake)
    shapes: tuple[tuple[str, str, str, BaseGeometry], ...] = (
        ("water", "W1", "汀水河", ground.river),
        ("water", "W2", "柳溪", ground.brook),
        ("water", "W3", "望云湖", ground.lake),
        ("railway", "T1", "云汀铁路", ground.railway),
        ("green", "L1", "望云湖公园", park),
        ("green", "L2", "槐山森林公园", ground.hill),
        ("green", "L3", "汀洲公园", ground.island),
        ("green", "L4", "汀水河滨河绿带", ground.shores),
    )
    return tuple(ThematicRow(theme, code, name, placed(shape)) for theme, code, name, shape in shapes)
