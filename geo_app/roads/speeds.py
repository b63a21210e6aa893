"""How fast each mode travels on each class of road, and where it may travel at all: a table with its reasons.

The figures are average speeds over a whole way, waiting at junctions included, not limits. Turn costs and
measured speeds will refine them; a city that knows better gets its own rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geo_app.roads.model import Mode

WALKING = 5.0
"""km/h on foot, also between a road and a point beside it."""
DETOUR = 1.35
"""How much longer the way is than the straight line where no network is known."""
CRUISING = {Mode.WALK: WALKING, Mode.EBIKE: 14.0, Mode.CAR: 25.0, Mode.EMERGENCY: 35.0}
"""km/h of a whole way across town where no network is known."""
IGNORES_ONEWAY = frozenset({Mode.WALK})
"""Emergency vehicles may drive against a one-way (道路交通安全法 §53), but nobody plans to."""
UNKNOWN_AS = "unclassified"
HEEDS_LIMITS = frozenset({Mode.EBIKE, Mode.CAR})
"""Emergency vehicles on duty are not bound by limits (道路交通安全法 §53)."""
U_TURNS = {Mode.WALK: 0.0, Mode.EBIKE: 20.0, Mode.CAR: 20.0, Mode.EMERGENCY: 15.0}
"""Seconds it costs to turn round on a road (掉头), as in OSRM's profiles: car.lua and bicycle.lua have
u_turn_penalty = 20. A siren makes it about 1.3 times as quick, as it does all speeds below."""
PRIVATE = {Mode.WALK: 1.0, Mode.EBIKE: 0.5, Mode.CAR: 0.5, Mode.EMERGENCY: 0.65}
"""Share of its speed a mode keeps where only who has business may enter, as in OSRM's car.lua: service_penalties
halve driveways, parking and alleys. 1.3 times that with a siren; who walks passes a gate at the usual pace."""

_DESIGN = (
    "design speed CJJ 37-2012 (快速路 60-100, 主干路 40-60, 次干路 30-50, 支路 20-40 km/h), signals included"
)
_SHARED = "people walk and park here; far below any limit"
_BICYCLE = "15 km/h in a bicycle lane, 道路交通安全法 §58; junctions included"
_SIREN = "not bound by limits and signals on duty, 道路交通安全法 §53; about 1.3 times the car"
_FOOT = "usual pace of an adult, GB 50763 and OSM routers alike"


@dataclass(frozen=True, slots=True)
class Speed:
    """One row: `mode` travels at `kmh` on roads of these classes, because of `reason`."""

    mode: Mode
    classes: tuple[str, ...]
    kmh: float
    reason: str


_WALKED = (
    "primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link", "unclassified",
    "residential", "living_street", "service", "road", "track", "pedestrian", "footway", "path", "cycleway",
    "bridleway", "corridor",
)  # fmt: skip

SPEEDS = (
    Speed(Mode.WALK, _WALKED, WALKING, _FOOT),
    Speed(Mode.WALK, ("steps",), 2.5, "half the pace on the level"),
    Speed(Mode.EBIKE, ("primary", "primary_link", "secondary", "secondary_link"), 15.0, _BICYCLE),
    Speed(Mode.EBIKE, ("tertiary", "tertiary_link", "unclassified", "cycleway", "road"), 15.0, _BICYCLE),
    Speed(Mode.EBIKE, ("residential", "service", "track"), 12.0, _SHARED),
    Speed(Mode.EBIKE, ("living_street", "path"), 10.0, _SHARED),
    Speed(Mode.EBIKE, ("pedestrian", "footway"), 5.0, "pushed among people on foot"),
    Speed(Mode.CAR, ("motorway",), 80.0, "limit 100-120 km/h outside, 80 in town; traffic included"),
    Speed(Mode.CAR, ("trunk", "motorway_link"), 55.0, _DESIGN),
    Speed(Mode.CAR, ("trunk_link", "primary"), 35.0, _DESIGN),
    Speed(Mode.CAR, ("primary_link", "secondary"), 30.0, _DESIGN),
    Speed(Mode.CAR, ("secondary_link", "tertiary"), 25.0, _DESIGN),
    Speed(Mode.CAR, ("tertiary_link", "unclassified", "road"), 22.0, _DESIGN),
    Speed(Mode.CAR, ("residential",), 15.0, _SHARED),
    Speed(Mode.CAR, ("service", "track"), 12.0, _SHARED),
    Speed(Mode.CAR, ("living_street",), 8.0, _SHARED),
    Speed(Mode.EMERGENCY, ("motorway",), 100.0, _SIREN),
    Speed(Mode.EMERGENCY, ("trunk", "motorway_link"), 70.0, _SIREN),
    Speed(Mode.EMERGENCY, ("trunk_link", "primary"), 48.0, _SIREN),
    Speed(Mode.EMERGENCY, ("primary_link", "secondary"), 40.0, _SIREN),
    Speed(Mode.EMERGENCY, ("secondary_link", "tertiary"), 34.0, _SIREN),
    Speed(Mode.EMERGENCY, ("tertiary_link", "unclassified", "road"), 28.0, _SIREN),
    Speed(Mode.EMERGENCY, ("residential",), 20.0, _SIREN),
    Speed(Mode.EMERGENCY, ("service", "track"), 15.0, _SIREN),
    Speed(Mode.EMERGENCY, ("living_street", "pedestrian"), 10.0, "lets people step aside"),
)

NOT_ROADS = frozenset({"construction", "proposed", "abandoned", "razed", "platform", "elevator", "raceway"})
"""Classes nobody travels on: drawn perhaps, never part of a graph."""

_TABLE = {(row.mode, road_class): row.kmh for row in SPEEDS for road_class in row.classes}
KNOWN = frozenset(road_class for _, road_class in _TABLE) | NOT_ROADS


def of(mode: Mode, road_class: str) -> float | None:
    """Return the speed of `mode` on `road_class` in km/h, None where it may not go.

    A class the table does not know is travelled like `unclassified`: better a slow road than a hole.
    """
    known = road_class if road_class in KNOWN else UNKNOWN_AS
    return _TABLE.get((mode, known))


def unknown(road_classes: Iterable[str]) -> tuple[str, ...]:
    """Return those of `road_classes` the table does not know, in order."""
    return tuple(sorted(set(road_classes) - KNOWN))


def fastest(mode: Mode) -> float:
    """Return the highest speed of `mode` anywhere, in km/h."""
    return max(row.kmh for row in SPEEDS if row.mode == mode)
