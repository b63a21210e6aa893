"""How a track that was put onto roads is written in answers and files; seconds since 1970 become moments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from shapely import LineString, MultiLineString

from geo_app.core import coords
from geo_app.roads.matched import Gap, Matched, Why
from geo_app.roads.network import Network
from geo_app.roads.reading import moment

Json = dict[str, Any]
WORDS = {
    Why.NO_ROAD: ("附近无道路", "No road near"), Why.OFF_ROAD: ("偏离道路", "Off the roads"),
    Why.NO_WAY: ("道路不连通", "No likely way"), Why.PAUSE: ("定位中断", "Not seen for long"),
}  # fmt: skip


def track(matched: Matched, network: Network, srid: int) -> Json:
    """Return a whole answer: edges in order, gaps, the line travelled, a part a run, in lon/lat."""
    lines = matched.line(network)
    return {
        "metres": round(metres(matched), 1),
        "edges": [edge(matched, network, row) for row in range(len(matched.travels))],
        "gaps": [gap(one) for one in matched.gaps],
        "line": shapely.geometry.mapping(coords.to_lonlat(lines, srid)),
    }


def metres(matched: Matched) -> float:
    """Return how much road was travelled."""
    return float(np.sum(matched.ends - matched.begins))


def edge(matched: Matched, network: Network, row: int) -> Json:
    """Return one row: the road, and when it was travelled from where to where, metres in the direction of travel."""
    travel = int(matched.travels[row])
    number = travel >> 1
    return {
        "edge": number, "source_id": int(network.sources[number]),
        "name": network.street_names[network.names[number]],
        "road_class": network.class_names[network.classes[number]], "is_against": bool(travel & 1),
        "run": int(matched.run[row]), "entered_at": moment(float(matched.enter[row])),
        "left_at": moment(float(matched.leave[row])), "begins": round(float(matched.begins[row]), 2),
        "ends": round(float(matched.ends[row]), 2), "confidence": round(float(matched.confidence[row]), 3),
    }  # fmt: skip


def gap(one: Gap) -> Json:
    """Return a gap and how one says its reason."""
    zh, en = WORDS[one.why]
    return {
        "begins_at": moment(one.begins), "ends_at": moment(one.ends), "why": one.why, "words": zh,
        "words_en": en,
    }  # fmt: skip


def features(matched: Matched, network: Network, srid: int) -> Iterator[Json]:
    """Yield a piece of a track as GeoJSON: a line for every row, a feature without a place for every gap."""
    drawn = [_drawn(matched, network, row) for row in range(len(matched.travels))]
    lines = list(coords.to_lonlat(MultiLineString(drawn), srid).geoms) if drawn else []
    for row, line in enumerate(lines):
        told = edge(matched, network, row)
        yield {"type": "Feature", "geometry": shapely.geometry.mapping(line), "properties": told}
    for one in matched.gaps:
        yield {"type": "Feature", "geometry": None, "properties": gap(one)}


def _drawn(matched: Matched, network: Network, row: int) -> LineString:
    """Return the line of one row; two equal points where one only turned."""
    vertices = matched.vertices(network, row)
    return LineString(vertices if len(vertices) > 1 else np.repeat(vertices[:1], 2, axis=0))
