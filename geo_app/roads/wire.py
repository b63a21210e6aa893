"""How roads, ways and closings are written in answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import shapely
from shapely import LineString, MultiLineString

from geo_app.core import coords
from geo_app.organisation.model import City
from geo_app.roads.model import FoundRoad, Isochrone, Mode, Override, Route, Step, Stretch, Turn

WORDS = {
    Turn.SET_OFF: ("出发", "Set off"), Turn.STRAIGHT: ("直行", "Go straight on"), Turn.LEFT: ("左转", "Turn left"),
    Turn.RIGHT: ("右转", "Turn right"), Turn.BACK: ("掉头", "Turn round"),
}  # fmt: skip


def road(found: FoundRoad) -> dict[str, Any]:
    """Return a road as GeoJSON."""
    properties = {
        "stretch": stretch(found.stretch), "road_class": found.road_class, "name": found.name,
        "metres": round(found.metres, 1),
    }  # fmt: skip
    return {"type": "Feature", "geometry": shapely.geometry.mapping(found.line), "properties": properties}


def stretch(one: Stretch) -> dict[str, Any]:
    """Return the name of a stretch."""
    return {"source_id": one.source_id, "from_node": one.from_node, "to_node": one.to_node}


def override(one: Override, at: datetime) -> dict[str, Any]:
    """Return an override as GeoJSON; whether it is in force is told for a moment."""
    return {
        "type": "Feature", "id": one.id,
        "geometry": shapely.geometry.mapping(MultiLineString([road.line for road in one.roads])),
        "properties": {
            "id": one.id, "version": one.version, "share": one.share, "modes": sorted(one.modes),
            "begins_at": one.begins_at.isoformat(), "ends_at": one.ends_at.isoformat(),
            "is_in_force": one.begins_at <= at < one.ends_at, "reason": one.reason,
            "streets": sorted({road.name for road in one.roads if road.name}),
            "stretches": [stretch(some) for some in one.stretches],
        },
    }  # fmt: skip


def way(route: Route | None, city: City) -> dict[str, Any]:
    """Return a way with its steps in words."""
    if route is None:
        return {"seconds": None, "metres": None, "line": None, "steps": []}
    return {
        "seconds": round(route.seconds, 6), "metres": round(route.metres, 1), "line": _line(route.line, city),
        "steps": [_step(one, city) for one in route.steps],
    }  # fmt: skip


def area(found: Isochrone, mode: Mode, city: City, *, is_inward: bool) -> dict[str, Any]:
    """Return an isochrone as GeoJSON."""
    shape = coords.to_lonlat(found.area, city.srid)
    return {
        "type": "Feature", "geometry": shapely.geometry.mapping(shape),
        "properties": {
            "mode": mode, "is_inward": is_inward, "seconds": found.seconds, "metres": round(found.metres, 1),
            "grain": found.grain, "is_estimate": found.is_estimate,
        },
    }  # fmt: skip


def _step(one: Step, city: City) -> dict[str, Any]:
    zh, en = words(one)
    return {
        "turn": one.turn, "name": one.name, "on_foot": one.on_foot, "seconds": round(one.seconds, 6),
        "metres": round(one.metres, 1), "words": zh, "words_en": en, "line": _line(one.line, city),
    }  # fmt: skip


def words(one: Step) -> tuple[str, str]:
    """Return a step as it is said: in Chinese and in English."""
    zh, en = WORDS[one.turn]
    metres = round(one.metres)
    if one.on_foot:
        return f"{zh},步行{metres}米", f"{en}, on foot for {metres} m"
    into = (f"{zh},沿{one.name}", f"{en} along {one.name}") if one.name else (zh, en)
    return f"{into[0]}行{metres}米", f"{into[1]} for {metres} m"


def _line(line: LineString, city: City) -> dict[str, Any]:
    shown: dict[str, Any] = shapely.geometry.mapping(coords.to_lonlat(line, city.srid))
    return shown
