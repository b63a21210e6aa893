"""What people do with roads: import a city's network, and ask its engine who is near and which way leads there."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from geo_app.core import clock, facts, settings
from geo_app.core.db import Transaction
from geo_app.organisation.model import City
from geo_app.roads import drawing, graph, kept, network, osm, speeds, store
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.fixes import Fixes
from geo_app.roads.match import Matcher
from geo_app.roads.matched import Matched
from geo_app.roads.model import Imported, Mode, Report, Restriction, Road, RoadEngine
from geo_app.roads.network import Network
from geo_app.roads.schedule import Rule, Schedule
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


class _Schedules:
    """What is closed and slowed when, by city and state; another process's change is another state."""

    def __init__(self) -> None:
        self._by_state: dict[tuple[int, store.State], Schedule] = {}

    def of(self, tx: Transaction, city_id: int, state: store.State) -> Schedule | None:
        """Return the schedule of a state; None when the network was replaced meanwhile."""
        found = self._by_state.get((city_id, state))
        if found is not None:
            return found
        now, overridden = store.overridden(tx, city_id)
        if now is None or now.version != state.version:
            return None
        folder = kept.folder(settings.current().work_path, city_id, state.version)
        engines = _engines.of(tx, city_id, folder)
        made = Schedule(engines, [_rule(engines[Mode.WALK], one) for one in overridden])
        self._by_state[city_id, now] = made
        for oldest in list(self._by_state)[:-KEPT]:
            self._by_state.pop(oldest, None)
        return made


_schedules = _Schedules()


def _rule(engine: NetworkEngine, one: store.Overridden) -> Rule:
    edges = engine.edges_of(one.sources, one.numbers)
    return Rule(edges, one.share, one.modes, one.begins_at, one.ends_at)


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


def import_osm(tx: Transaction, city: City, path: Path) -> Report:
    """Make the roads of an OpenStreetMap file those of the city; the report names all that is wrong with them."""
    drawn = drawing.of(osm.read(path), city.srid)
    imported = import_roads(tx, city.id, city.srid, drawn.roads, drawn.restrictions)
    facts.record(
        tx, "roads.imported", city.id, city.jurisdiction, version=imported.version, roads=imported.roads
    )
    return Report(imported, tuple(drawn.problems))


def engine(tx: Transaction, city_id: int, mode: Mode, at: datetime | None = None) -> RoadEngine:
    """Return the engine of `mode` on the city's roads as they are closed and slowed at a moment, now by default.

    Who asks several things together keeps the engine: its roads never change. Straight lines, labelled as
    estimates, when the city has no roads.
    """
    state = store.state(tx, city_id)
    if state is None:
        return StraightLine(mode)
    folder = kept.folder(settings.current().work_path, city_id, state.version)
    if state.overrides is None:
        return _engines.of(tx, city_id, folder)[mode]
    moment = at or clock.now()
    schedule = _schedules.of(tx, city_id, state)
    return engine(tx, city_id, mode, at) if schedule is None else schedule.engine(mode, moment)


def match(tx: Transaction, city_id: int, mode: Mode, fixes: Fixes) -> tuple[Matched, Network] | None:
    """Return the roads of the city a track went along, closed ones too, and their network; None without roads."""
    engines = _plain(tx, city_id)
    return None if engines is None else engines[mode].match(fixes)


def matcher(tx: Transaction, city_id: int, mode: Mode) -> tuple[Matcher, Network] | None:
    """Return what matches a track while it grows, and the network its roads are numbered in; None without roads."""
    engines = _plain(tx, city_id)
    return None if engines is None else engines[mode].matcher()


def _plain(tx: Transaction, city_id: int) -> dict[Mode, NetworkEngine] | None:
    """Return the engines of a city as if nothing were closed."""
    state = store.state(tx, city_id)
    if state is None:
        return None
    return _engines.of(tx, city_id, kept.folder(settings.current().work_path, city_id, state.version))


def _open(tx: Transaction, city_id: int, folder: Path) -> dict[Mode, NetworkEngine]:
    grounds = kept.load(folder)
    if grounds is None:
        grounds = kept.build(network.build(store.roads(tx, city_id)), store.restrictions(tx, city_id))
        kept.save(folder, grounds)
        grounds = kept.load(folder) or grounds
    return {mode: NetworkEngine(ground) for mode, ground in grounds.items()}
