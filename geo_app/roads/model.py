"""Road, Mode, Reach, RoadEngine: the words of road travel.

All geometry here is in the city's own metric CRS; times are seconds, distances metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon

from geo_app.core.errors import GeoError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.int32]
Flags = NDArray[np.uint8]


class Mode(StrEnum):
    """How somebody travels: 步行, 电动自行车, 汽车, 应急车辆."""

    WALK = "walk"
    EBIKE = "ebike"
    CAR = "car"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Access:
    """Modes that may not use a road, that only enter it with business there, that ignore its one-way."""

    barred: frozenset[Mode] = frozenset()
    private: frozenset[Mode] = frozenset()
    both_ways: frozenset[Mode] = frozenset()


OPEN = Access()


@dataclass(frozen=True, slots=True)
class Road:
    """A stretch of road between two junctions.

    `road_class` is an OSM highway value. `oneway` is 1 along the line, -1 against it, 0 both ways. `maxspeed`
    is a limit in km/h.
    """

    source_id: int
    from_node: int
    to_node: int
    road_class: str
    name: str
    oneway: int
    geometry: LineString
    maxspeed: float | None = None
    access: Access = OPEN


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn that is forbidden, or the only one allowed, to `modes` (转向限制).

    `travels` is the way it speaks of: where one comes from, the ways between, where one goes. Each is twice
    the number of a road in its network, plus 1 when it is travelled from its end to its start. An `only` holds
    for whoever came all the way to its last junction, and forbids turning back there too.
    """

    source_id: int
    is_only: bool
    travels: tuple[int, ...]
    modes: frozenset[Mode]


class BrokenRoad(GeoError):
    """A road cannot stand in a network."""

    status = 422
    title = "Broken road"

    def __init__(self, source_id: int, field: str, rule: str) -> None:
        super().__init__(f"road {source_id}: {field} {rule}")
        self.source_id, self.field, self.rule = source_id, field, rule

    def members(self) -> dict[str, object]:
        """Return the road, its field and the rule that is broken."""
        return {"road": self.source_id, "field": self.field, "rule": self.rule}


@dataclass(frozen=True, slots=True)
class Reach:
    """One responder and the way from there to the incident; `index` is its place in the list asked about.

    Seconds and metres include the way on foot from the responder to the road and from the road to the incident.
    """

    index: int
    seconds: float
    metres: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The nearest responders, nearest first; of equal ones the lower index first.

    `unreachable` counts those no road leads from. It is known only when fewer than were asked for were
    found: with enough found the search stops, and it is 0.
    """

    reaches: tuple[Reach, ...]
    unreachable: int
    is_estimate: bool


class Turn(StrEnum):
    """How a step begins: 出发, 直行, 左转, 右转, 掉头."""

    SET_OFF = "set_off"
    STRAIGHT = "straight"
    LEFT = "left"
    RIGHT = "right"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a way that one follows without a word; its seconds hold what turning round at its begin costs.

    `name` is the street's, empty where it has none. On foot is the way between a point and the road.
    """

    turn: Turn
    name: str
    on_foot: bool
    seconds: float
    metres: float
    line: LineString


@dataclass(frozen=True, slots=True)
class Route:
    """The way between two points, its line from the first to the last metre; `steps` when they were asked for."""

    seconds: float
    metres: float
    line: LineString
    is_estimate: bool
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Isochrone:
    """Where one gets to, or comes from, within some seconds (等时圈).

    `metres` of road are covered; the border of `area` keeps half a `grain` to three from them. Empty where there is
    no road. As an estimate it is a circle, without roads and grain.
    """

    area: Polygon
    seconds: float
    metres: float
    grain: float
    is_estimate: bool


class RoadEngine(Protocol):
    """Answers questions of travel in one city by one mode; another engine can stand behind it.

    Points are in the city's metric CRS; many of them come as an array of shape (n, 2).
    """

    @property
    def is_estimate(self) -> bool:
        """Whether the answers are guesses (估算) because the city has no road network."""
        ...

    def nearest(self, target: Point, responders: Floats, k: int) -> Ranking:
        """Return the `k` responders who are at `target` soonest."""
        ...

    def travel_times(self, starts: Floats, targets: Floats) -> Floats:
        """Return the seconds from each start (row) to each target (column), infinite where no road leads."""
        ...

    def route(self, start: Point, target: Point, *, with_steps: bool = False) -> Route | None:
        """Return the quickest way from `start` to `target`; None when no road leads there."""
        ...

    def isochrone(self, place: Point, seconds: float, *, is_inward: bool) -> Isochrone:
        """Return where one gets to from `place` in a time, or comes from when `is_inward`."""
        ...


@dataclass(frozen=True, slots=True)
class Islands:
    """How connected a network is for one mode: sizes (nodes) of the parts one can drive around in, largest first."""

    mode: Mode
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of roads brought."""

    version: str
    roads: int
    nodes: int
    restrictions: int
    unknown_classes: tuple[str, ...]
    """Road classes without a speed of their own; they are travelled like `unclassified`."""
    islands: tuple[Islands, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a file says that we cannot follow; `source` is its element: n, w or r and the number."""

    rule: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """An import of a file: what it brought, and what was left out or taken otherwise than it says."""

    imported: Imported
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of road (路段) as its source names it; all stretches of the source when it has no nodes."""

    source_id: int
    from_node: int | None = None
    to_node: int | None = None


@dataclass(frozen=True, slots=True)
class NewOverride:
    """Roads to be closed or slowed for some modes and some time; see `Override`."""

    stretches: tuple[Stretch, ...]
    share: float | None
    modes: frozenset[Mode]
    begins_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Override:
    """Roads closed or slowed for a time (道路管制): in force from `begins_at` until just before `ends_at`.

    `share` is what is left of the usual speed; None is closed. `roads` are those of the network it speaks of
    now; where an import took one away there is less, and nothing when it has gone.
    """

    id: int
    version: int
    stretches: tuple[Stretch, ...]
    share: float | None
    modes: frozenset[Mode]
    begins_at: datetime
    ends_at: datetime
    reason: str
    roads: tuple[FoundRoad, ...]


@dataclass(frozen=True, slots=True)
class FoundRoad:
    """A road of the network as people point at it; `line` is lon/lat, `metres` how far it is from where was asked."""

    stretch: Stretch
    road_class: str
    name: str
    line: LineString
    metres: float = 0.0
