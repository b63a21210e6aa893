"""What an OpenStreetMap file holds, drawn in a city's own frame: roads, and the restrictions among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo_app.core import coords
from geo_app.roads import osm, relations
from geo_app.roads.model import Problem, Restriction, Road


@dataclass(frozen=True, slots=True)
class Drawn:
    """The roads of a file in a city's frame, its restrictions among them, and what is wrong."""

    roads: list[Road]
    restrictions: list[Restriction]
    problems: list[Problem]


def of(content: osm.Content, srid: int) -> Drawn:
    """Return what a file holds as roads in EPSG:`srid`; stretches without length are left out and named."""
    ways = [way for way in content.ways if len(set(way.lonlat)) > 1]
    short = [
        Problem("no_length", f"w{way.source_id}", "a stretch without length is left out")
        for way in content.ways
        if len(set(way.lonlat)) <= 1
    ]
    restrictions, wrong = relations.resolve(ways, content.relations)
    lonlat = np.array([point for way in ways for point in way.lonlat]).reshape(-1, 2)
    metric = np.round(coords.convert(lonlat, coords.WGS84, srid), 3)
    owner = np.array([number for number, way in enumerate(ways) for _ in way.lonlat], dtype=np.int64)
    lines = np.asarray(shapely.linestrings(metric, indices=owner), dtype=object)
    roads = [
        Road(way.source_id, way.nodes[0], way.nodes[-1], way.road_class, way.name, way.oneway, line,
             way.maxspeed, way.access)
        for way, line in zip(ways, lines, strict=True)
    ]  # fmt: skip
    return Drawn(roads, restrictions, [*content.problems, *short, *wrong])
