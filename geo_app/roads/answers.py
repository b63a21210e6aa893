"""Shapes of what the doors for roads answer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from geo_app.core.answers import Answer, LineShape, PolygonShape, Position
from geo_app.roads.matched import Why
from geo_app.roads.model import Mode, Turn


class StretchName(Answer):
    """A stretch of road as its source names it; without nodes all of the source."""

    source_id: int
    from_node: int | None
    to_node: int | None


class RoadProperties(Answer):
    """A road; `metres` from the place that was asked about."""

    stretch: StretchName
    road_class: str
    name: str
    metres: float = Field(ge=0)


class RoadFeature(Answer):
    """A road."""

    type: Literal["Feature"]
    geometry: LineShape
    properties: RoadProperties


class Roads(Answer):
    """Roads, the nearest first."""

    type: Literal["FeatureCollection"]
    features: list[RoadFeature]


class LinesShape(Answer):
    """Lines; none where an import took the roads away."""

    type: Literal["MultiLineString"]
    coordinates: list[list[Position]]


class OverrideProperties(Answer):
    """Roads closed or slowed; `share` is what is left of the usual speed, null when they are closed."""

    id: int
    version: int
    share: float | None
    modes: list[Mode]
    begins_at: str
    ends_at: str
    is_in_force: bool
    reason: str
    streets: list[str]
    stretches: list[StretchName]


class OverrideFeature(Answer):
    """Roads closed or slowed for a time (道路管制)."""

    type: Literal["Feature"]
    id: int
    geometry: LinesShape
    properties: OverrideProperties


class Overrides(Answer):
    """What is closed or slowed, the newest first."""

    type: Literal["FeatureCollection"]
    features: list[OverrideFeature]


class StepItem(Answer):
    """A step of a way, and how one says it."""

    turn: Turn
    name: str
    on_foot: bool
    seconds: float = Field(ge=0)
    metres: float = Field(ge=0)
    words: str
    words_en: str
    line: LineShape


class Way(Answer):
    """The quickest way by road; seconds are those of its steps together. All null when no road leads there."""

    mode: Mode
    is_estimate: bool
    seconds: float | None
    metres: float | None
    line: LineShape | None
    steps: list[StepItem]


class AreaProperties(Answer):
    """How the area came about: `metres` of road are covered, its border is at most three `grain` from them."""

    mode: Mode
    is_inward: bool
    seconds: float
    metres: float = Field(ge=0)
    grain: float = Field(ge=0)
    is_estimate: bool


class Area(Answer):
    """Where one gets to, or comes from, within a time (等时圈); without coordinates where there is no road."""

    type: Literal["Feature"]
    geometry: PolygonShape
    properties: AreaProperties


class Travelled(Answer):
    """A road that was travelled, from and to in metres in the direction of travel; those of a run follow each other."""

    edge: int = Field(ge=0, description="its number in the network in force")
    source_id: int
    name: str
    road_class: str
    is_against: bool = Field(description="from the end of the road to its start")
    run: int
    entered_at: str
    left_at: str
    begins: float = Field(ge=0)
    ends: float = Field(ge=0)
    confidence: float = Field(ge=0, le=1)


class GapItem(Answer):
    """A time in which it is not known which roads were travelled, and why."""

    begins_at: str
    ends_at: str
    why: Why
    words: str
    words_en: str


class Track(Answer):
    """A track put onto the roads (轨迹匹配); the line has a part for every run, none where no road was travelled."""

    mode: Mode
    metres: float = Field(ge=0)
    edges: list[Travelled]
    gaps: list[GapItem]
    line: LinesShape
