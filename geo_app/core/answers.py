"""Shapes of answers that several capabilities give: problem reports, references, GeoJSON (RFC 7946).

They describe the API (`/openapi.json`); doors write their answers themselves. Positions are lon, lat, WGS 84.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Position = tuple[float, float]
"""Longitude and latitude."""


class Answer(BaseModel):
    """What a door answers: these members and no others."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """A problem report (RFC 9457): what went wrong; for bad input the field, the value and the rule it breaks."""

    type: str = Field(description="about:blank: the title says it")
    title: str
    status: int = Field(ge=400, le=599, description="the HTTP status")
    detail: str = Field(min_length=1)
    field: str | None = Field(default=None, description="what is wrong")
    value: str | None = Field(default=None, description="as it was given, shortened")
    rule: str | None = Field(default=None, description="what it should be")


class CellName(Answer):
    """A cell (单元网格) by code and name."""

    code: str
    name: str


class Person(Answer):
    """A responder (处置人员) by id and name."""

    id: int
    name: str


class PointShape(Answer):
    """A point."""

    type: Literal["Point"]
    coordinates: Position


class LineShape(Answer):
    """A line."""

    type: Literal["LineString"]
    coordinates: list[Position] = Field(min_length=2)


class PolygonShape(Answer):
    """An area: the outer ring, then holes; each ring ends where it begins."""

    type: Literal["Polygon"]
    coordinates: list[list[Position]]
