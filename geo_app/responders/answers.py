"""Shapes of what the doors for responders answer."""

from __future__ import annotations

from typing import Literal

from geo_app.core.answers import Answer, PointShape
from geo_app.responders.model import Kind, Status


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
