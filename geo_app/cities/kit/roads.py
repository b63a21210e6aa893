"""The roads of a kit: an OpenStreetMap file with all it says of them, or a table of edges between numbered nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo_app.cities.kit import read, shapes
from geo_app.cities.kit.findings import Finding, Findings, Weight
from geo_app.cities.kit.manifest import Layer
from geo_app.cities.kit.shapes import Ground
from geo_app.cities.model import RestrictionRow, RoadRow
from geo_app.core import coords
from geo_app.core.errors import BadInput
from geo_app.roads import drawing, osm
from geo_app.roads.drawing import Drawn
from geo_app.roads.model import Access, Mode

DIRECTIONS = {"1": 1, "yes": 1, "true": 1, "True": 1, "-1": -1, "0": 0, "no": 0, "false": 0, "False": 0}
ACCESS = ("barred", "private", "both_ways")
"""Columns of a table of edges that list modes, with ; between: see `Access`."""


def roads(layer: Layer, ground: Ground, findings: Findings) -> Drawn:
    """Return the roads of a layer; what its file says and nobody can follow is noted, element by element."""
    content = read.streets(layer)
    if content is not None:
        return _of_streets(layer, content, ground, findings)
    found = shapes.locate(layer, read.table(layer), ground, findings)
    edges = [
        edge
        for row, number, shape in zip(found.rows, found.numbers, found.shapes, strict=True)
        if (edge := _edge(layer, row, number, shape, findings)) is not None
    ]
    return Drawn(_both_ways(edges) if layer.options.get("directed") == "True" else edges, [], [])


def behind(restrictions: Sequence[RestrictionRow], count: int) -> list[RestrictionRow]:
    """Return the restrictions of roads that now stand behind `count` others."""
    return [replace(one, travels=tuple(travel + 2 * count for travel in one.travels)) for one in restrictions]


def _of_streets(layer: Layer, content: osm.Content, ground: Ground, findings: Findings) -> Drawn:
    if layer.frame != "wgs84":
        raise BadInput(f"{layer.name}.frame", layer.frame, "wgs84: OpenStreetMap has no other")
    lonlat = np.array([point for way in content.ways for point in way.lonlat]).reshape(-1, 2)
    coords.to_wgs84(lonlat, "wgs84", near=ground.near)
    drawn = drawing.of(content, ground.srid)
    for one in drawn.problems:
        findings.add(Finding(Weight.NOTED, layer.name, one.rule, one.text, subject=one.source))
    return drawn


def _edge(
    layer: Layer, row: Mapping[str, str | None], number: int, shape: BaseGeometry, findings: Findings
) -> RoadRow | None:
    oneway = DIRECTIONS.get(row.get("oneway") or "0")
    nodes = [row.get("from_node"), row.get("to_node")]
    limit = _limit(row.get("maxspeed"))
    strange = sorted({mode for name in ACCESS for mode in _words(row.get(name))} - set(Mode))
    if oneway is None:
        findings.refuse(layer.name, "oneway", f"yes, no or -1, got {row['oneway']!r}", row=number)
    elif limit is None:
        findings.refuse(layer.name, "maxspeed", f"km/h above 0, got {row['maxspeed']!r}", row=number)
    elif strange:
        findings.refuse(layer.name, "access", f"modes are {', '.join(Mode)}, got {strange[0]!r}", row=number)
    elif not isinstance(shape, LineString) or shape.length == 0:
        findings.note(layer.name, "no_length", "a road that is no line with a length is left out", row=number)
    elif not all(node is not None and node.lstrip("-").isdigit() for node in nodes):
        findings.refuse(layer.name, "node", f"nodes are whole numbers, got {nodes}", row=number)
    else:
        source = row.get("id")
        ident = int(source) if source is not None and source.isdigit() else number
        start, end = (int(node or 0) for node in nodes)
        road_class, name = row.get("road_class") or "unclassified", row.get("name") or ""
        access = Access(*(frozenset(map(Mode, _words(row.get(name)))) for name in ACCESS))
        maxspeed = limit if limit < np.inf else None
        return RoadRow(ident, start, end, road_class, name, oneway, shape, maxspeed, access)
    return None


def _limit(text: str | None) -> float | None:
    """Return km/h, infinite where nothing is said; None for what is no speed."""
    try:
        limit = float(text) if text is not None else np.inf
    except ValueError:
        return None
    return limit if limit > 0 and (text is None or limit < np.inf) else None


def _words(text: str | None) -> list[str]:
    return [word.strip() for word in (text or "").split(";") if word.strip()]


def _both_ways(edges: list[RoadRow]) -> list[RoadRow]:
    """Return directed edges as roads: an edge and its reverse are one road for both ways."""
    waiting: dict[tuple[object, ...], list[int]] = {}
    found: list[RoadRow] = []
    for edge in edges:
        ends = shapely.get_coordinates(edge.geometry)
        told = (edge.road_class, edge.name, edge.maxspeed, edge.access)
        partners = waiting.get((edge.to_node, edge.from_node, *told, ends[::-1].tobytes()))
        if partners:
            at = partners.pop()
            found[at] = replace(found[at], oneway=0)
            continue
        key = (edge.from_node, edge.to_node, *told, ends.tobytes())
        waiting.setdefault(key, []).append(len(found))
        found.append(replace(edge, oneway=1))
    return found
