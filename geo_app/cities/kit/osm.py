"""Read the roads of an OpenStreetMap file (XML or PBF), cut at junctions: nodes that two ways, or one twice, share."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import osmium

from geo_app.core.errors import BadInput

ONEWAY = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1}
ROUND = {"roundabout", "circular"}


@dataclass(frozen=True, slots=True)
class Way:
    """A stretch of road between two junctions; `lonlat` are its points in order, WGS 84."""

    source_id: int
    nodes: tuple[int, ...]
    lonlat: tuple[tuple[float, float], ...]
    road_class: str
    name: str
    oneway: int


def ways(path: Path) -> list[Way]:
    """Return every stretch of highway of the file, in the order of its ways; ways with missing nodes end there.

    BadInput when the file cannot be read.
    """
    found = []
    uses: Counter[int] = Counter()
    places: dict[int, tuple[float, float]] = {}
    try:
        for way in osmium.FileProcessor(str(path)).with_locations():
            if not isinstance(way, osmium.osm.Way) or "highway" not in way.tags:
                continue
            run = [node for node in way.nodes if node.location.valid()]
            if len(run) < 2:
                continue
            for node in run:
                places[node.ref] = (node.lon, node.lat)
            refs = [node.ref for node in run]
            uses.update(refs)
            uses.update((refs[0], refs[-1]))  # an end is a junction, also a loose one
            tags = {tag.k: tag.v for tag in way.tags}
            found.append((int(way.id), refs, tags))
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise BadInput("file", path.name, f"OpenStreetMap XML or PBF that can be read ({error})") from error
    return [stretch for number, refs, tags in found for stretch in _cut(number, refs, tags, uses, places)]


def _cut(
    number: int,
    refs: list[int],
    tags: dict[str, str],
    uses: Counter[int],
    places: dict[int, tuple[float, float]],
) -> list[Way]:
    stretches = []
    oneway = ONEWAY.get(tags.get("oneway", ""), 0)
    if "oneway" not in tags and (tags.get("junction") in ROUND or tags["highway"] == "motorway"):
        oneway = 1
    run = [refs[0]]
    for ref in refs[1:]:
        if ref != run[-1]:
            run.append(ref)
        if uses[ref] > 1 and len(run) > 1:
            stretches.append(
                Way(
                    number,
                    tuple(run),
                    tuple(places[one] for one in run),
                    tags["highway"],
                    tags.get("name", ""),
                    oneway,
                )
            )
            run = [ref]
    return stretches
