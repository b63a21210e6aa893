"""Shapes of what the doors for responders answer."""

from __future__ import annotations

from typing import Literal

from geo_app.core.answers import Answer, CellName, PointShape
from geo_app.responders.model import Kind, Status
from geo_app.tracks.model import Level


class Load(Answer):
    """How much somebody has to do: assignments now, at most, and since midnight."""

    active: int
    capacity: int
    today: int


class ResponderSheet(Answer):
    """A responder (处置人员) with the cells they answer for."""

    id: int
    code: str
    name: str
    kind: Kind
    skills: list[str]
    status: Status
    on_shift: bool
    cells: list[str]
    position_at: str
    accuracy: float | None
    load: Load


class ResponderFeature(Answer):
    """A responder as a GeoJSON feature at their last position."""

    type: Literal["Feature"]
    id: int
    geometry: PointShape
    properties: ResponderSheet


class Responders(Answer):
    """The responders of a city."""

    type: Literal["FeatureCollection"]
    features: list[ResponderFeature]


class RefusedPosition(Answer):
    """A position that was not taken, by its number in the batch."""

    index: int
    field: str
    value: str
    rule: str


class PositionsTaken(Answer):
    """What became of a batch: the newest now, older than what is known, refused."""

    stored: int
    older: int
    refused: list[RefusedPosition]


class Passed(Answer):
    """Where somebody was at a moment, WGS 84, metres around it."""

    lon: float
    lat: float
    at: str
    accuracy: float | None


class Track(Answer):
    """A part of a track (轨迹), oldest first; `next` is the `from` of the following page, null after the last.

    `opened` is the word by which the tiles of the whole part are asked for.
    """

    responder: int
    positions: list[Passed]
    next: str | None
    opened: str


class AreaName(Answer):
    """A community, street or district by code and name."""

    code: str
    name: str


class Visit(Answer):
    """A stay in one cell (经过) from a moment to another: seconds and metres in it."""

    cell: CellName
    community: AreaName
    street: AreaName
    entered_at: str
    left_at: str
    seconds: float
    metres: float


class VisitTotal(Answer):
    """What visits of one cell, community, street or district come to; `visits` is how often it was come into."""

    level: Level
    code: str
    name: str
    seconds: float
    metres: float
    visits: int


class Visits(Answer):
    """Through which cells a part of a track led, in order, and what that comes to in each area."""

    responder: int
    visits: list[Visit]
    totals: list[VisitTotal]
