"""Shapes of what the doors for patrol routes answer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from geo_app.core.answers import Answer, LineShape, Person


class Stretch(Answer):
    """A part of a route inside one cell, in metres along the route."""

    code: str
    name: str
    enter: float
    exit: float


class StreetName(Answer):
    """A street (街道) by its code."""

    code: str


class StreetShare(Answer):
    """What a round comes to in one street (街道)."""

    code: str
    name: str
    metres: float
    minutes: float


class CellShare(StreetShare):
    """What a round comes to in one cell it is walked through; a cell that is come into again stands again."""

    street: StreetName


class Walked(Answer):
    """How a route is walked: along roads, and on its drawn line where none is near; minutes at a patrol's pace."""

    metres: float
    minutes: float
    on_roads: float = Field(ge=0, description="metres of it along roads")
    off_roads: float = Field(ge=0, description="metres of it on the drawn line, where no road is near")
    roads: list[str] = Field(description="names of the roads, in order")
    line: LineShape
    cells: list[CellShare]
    streets: list[StreetShare]


class RouteSheet(Answer):
    """A patrol route (巡查路线); length in metres."""

    id: int
    code: str
    name: str
    length: float
    responder: Person
    cells: list[Stretch]
    walked: Walked | None = Field(description="only when it was asked for")


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
