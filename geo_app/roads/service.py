"""What people do with roads: import a city's network, and ask its engine who is near and which way leads there."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from shapely import LineString

from geo_app.core import clock, coords, facts, settings
from geo_app.core.db import Transaction
from geo_app.organisation.model import City
from geo_app.roads import graph, kept, network, osm, relations, speeds, store
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Imported, Mode, Problem, Report, Restriction, Road, RoadEngine
from geo_app.roads.straight import StraightLine

KEPT = 8
"""Networks one process keeps open; their arrays belong to the page cache, not to the process."""


class _Engines:
    """The engines of this process, by network; the one opened longest ago goes first."""

    def __init__(self) -> None:
        self._by_folder: dict[Path, dict[Mode, NetworkEngine]] = {}
        self._opening = threading.Lock()

    def of(self, tx: Transaction, city_id: int, folder: Path) -> dict[Mode, NetworkEngine]:
        """Return the engines over the arrays in `folder`, made from the database when they are not there.

        Only who needs a network that is not open yet waits for its opening.
        """
        found = self._by_folder.get(folder)
        if found is not None:
            return found
        with self._opening:
            if folder not in self._by_folder:
                self._by_folder[folder] = _open(tx, city_id, folder)
                for oldest in list(self._by_folder)[:-KEPT]:
                    del self._by_folder[oldest]
            return self._by_folder[folder]


_engines = _Engines()


def import_roads(
    tx: Transaction, city_id: int, srid: int, roads: Sequence[Road], restrictions: Sequence[Restriction] = ()
) -> Imported:
    """Make `roads` the road network of the city, in place of what it had; BrokenRoad names one that cannot be.

    Geometry is in EPSG:`srid`, the city's own. Engines of all processes follow by the new version.
    """
    built = network.build(roads)
    network.check(built, restrictions)
    version = network.fingerprint(srid, roads, restrictions)
    store.replace(tx, city_id, srid, roads, restrictions)
    store.put_version(tx, city_id, version, clock.now())
    return Imported(
        version=version,
        roads=len(roads),
        nodes=len(built.nodes),
        restrictions=len(restrictions),
        unknown_classes=speeds.unknown(built.class_names),
        islands=tuple(graph.islands(graph.build(built, mode)) for mode in Mode),
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """The roads of a file in a city's frame, its restrictions among them, and what is wrong."""

    roads: list[Road]
    restrictions: list[Restriction]
    problems: list[Problem]


def roads_of(content: osm.Content, srid: int) -> Drawn:
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
    ends = np.cumsum([len(way.lonlat) for way in ways], dtype=np.int64)[:-1]
    roads = [
        Road(way.source_id, way.nodes[0], way.nodes[-1], way.road_class, way.name, way.oneway, LineString(line),
             way.maxspeed, way.access)
        for way, line in zip(ways, np.split(metric, ends), strict=False)
    ]  # fmt: skip
    return Drawn(roads, restrictions, [*content.problems, *short, *wrong])


def import_osm(tx: Transaction, city: City, path: Path) -> Report:
    """Make the roads of an OpenStreetMap file those of the city; the report names all that is wrong with them."""
    drawn = roads_of(osm.read(path), city.srid)
    imported = import_roads(tx, city.id, city.srid, drawn.roads, drawn.restrictions)
    facts.record(
        tx, "roads.imported", city.id, city.jurisdiction, version=imported.version, roads=imported.roads
    )
    return Report(imported, tuple(drawn.problems))


def engine(tx: Transaction, city_id: int, mode: Mode) -> RoadEngine:
    """Return the engine of `mode` on the city's roads; straight lines, labelled as estimates, when it has none."""
    version = store.version(tx, city_id)
    if version is None:
        return StraightLine(mode)
    folder = kept.folder(settings.current().work_path, city_id, version)
    return _engines.of(tx, city_id, folder)[mode]


def _open(tx: Transaction, city_id: int, folder: Path) -> dict[Mode, NetworkEngine]:
    grounds = kept.load(folder)
    if grounds is None:
        grounds = kept.build(network.build(store.roads(tx, city_id)), store.restrictions(tx, city_id))
        kept.save(folder, grounds)
        grounds = kept.load(folder) or grounds
    return {mode: NetworkEngine(ground) for mode, ground in grounds.items()}
