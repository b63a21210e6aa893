"""Shapes of what the doors for patrol routes answer."""

from __future__ import annotations

from typing import Literal

from geo_app.core.answers import Answer, LineShape, Person


class Stretch(Answer):
    """A part of a route inside one cell, in metres along the route."""

    code: str
    name: str
    enter: float
    exit: float


class RouteSheet(Answer):
    """A patrol route (巡查路线); length in metres."""

    id: int
    code: str
    name: str
    length: float
    responder: Person
    cells: list[Stretch]


class RouteFeature(Answer):
    """A patrol route as a GeoJSON feature."""

    type: Literal["Feature"]
    id: int
    geometry: LineShape
    properties: RouteSheet


class Routes(Answer):
    """The patrol routes of a city."""

    type: Literal["FeatureCollection"]
    features: list[RouteFeature]
