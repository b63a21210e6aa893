"""Read the roads of an OpenStreetMap file (XML or PBF), cut at junctions: nodes that two ways, or one twice, share.

What the file says and we cannot follow is a `Problem`, never a guess: the import reports them all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import osmium

from geo_app.core.errors import BadInput
from geo_app.roads import tags as rules
from geo_app.roads.model import OPEN, Access, Problem
from geo_app.roads.tags import Tags


@dataclass(frozen=True, slots=True)
class Way:
    """A stretch of road between two junctions; `lonlat` are its points in order, WGS 84."""

    source_id: int
    nodes: tuple[int, ...]
    lonlat: tuple[tuple[float, float], ...]
    road_class: str
    name: str
    oneway: int
    maxspeed: float | None = None
    access: Access = OPEN


@dataclass(frozen=True, slots=True)
class Relation:
    """A restriction as the file has it: members as (role, type n, w or r, id)."""

    source_id: int
    tags: Tags
    members: tuple[tuple[str, str, int], ...]


@dataclass(slots=True)
class Content:
    """What one file holds."""

    ways: list[Way] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(path: Path) -> Content:
    """Return every stretch of highway of the file, in the order of its ways, and its restrictions.

    Nodes that are missing are left out, as at the border of an extract. BadInput when the file cannot be read.
    """
    found: list[tuple[int, list[int], Tags]] = []
    uses: Counter[int] = Counter()
    places: dict[int, tuple[float, float]] = {}
    content = Content()
    try:
        for thing in _streets(path):
            if isinstance(thing, osmium.osm.Relation) and thing.tags.get("type") == "restriction":
                members = tuple((one.role, one.type, int(one.ref)) for one in thing.members)
                content.relations.append(Relation(int(thing.id), _tags(thing), members))
            if not isinstance(thing, osmium.osm.Way) or "highway" not in thing.tags:
                continue
            stands = [(node.ref, node.location) for node in thing.nodes]
            found_at = {ref: (spot.lon, spot.lat) for ref, spot in stands if spot.valid()}
            refs = [ref for ref, _ in stands if ref in found_at]
            if len(refs) < len(stands):
                missing = f"{len(stands) - len(refs)} of {len(stands)} nodes are not in the file"
                content.problems.append(Problem("missing_nodes", f"w{thing.id}", missing))
            if len(refs) < 2:
                continue
            places.update(found_at)
            uses.update(refs)
            uses.update((refs[0], refs[-1]))  # an end is a junction, also a loose one
            found.append((int(thing.id), refs, _tags(thing)))
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise BadInput("file", path.name, f"OpenStreetMap XML or PBF that can be read ({error})") from error
    for number, refs, tags in found:
        told = (
            tags["highway"],
            tags.get("name", ""),
            rules.oneway(tags),
            rules.maxspeed(tags),
            rules.access(tags),
        )
        for run in _cut(refs, uses):
            content.ways.append(Way(number, tuple(run), tuple(places[one] for one in run), *told))
        content.problems += [Problem(rule, f"w{number}", text) for rule, text in rules.problems(tags)]
    return content


def _streets(path: Path) -> osmium.FileProcessor:
    """Return a reader of ways and relations alone: nodes give the ways their places, and are not handed on."""
    some = osmium.filter.EntityFilter(osmium.osm.WAY | osmium.osm.RELATION)
    known = osmium.filter.KeyFilter("highway", "restriction", "type")
    return osmium.FileProcessor(str(path)).with_locations().with_filter(some).with_filter(known)


def _tags(thing: osmium.osm.Way | osmium.osm.Relation) -> Tags:
    return {tag.k: tag.v for tag in thing.tags}


def _cut(refs: list[int], uses: Counter[int]) -> list[list[int]]:
    """Return the runs of `refs` between junctions."""
    stretches = []
    run = [refs[0]]
    for ref in refs[1:]:
        if ref != run[-1]:
            run.append(ref)
        if uses[ref] > 1 and len(run) > 1:
            stretches.append(run)
            run = [ref]
    return stretches
