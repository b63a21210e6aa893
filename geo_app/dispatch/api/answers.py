"""Shapes of what the doors for incidents answer: the queue, one incident, what came of a report."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from geo_app.core.answers import Answer, CellName, PointShape, Position
from geo_app.incidents.model import Channel, State
from geo_app.planning.model import Verdict


class UnitName(Answer):
    """A community by code and name."""

    code: str
    name: str


class IncidentProperties(Answer):
    """One trouble (案件): what, how sure its place is, its clock, its cell, who is on the way."""

    id: int
    category: str
    category_name: str
    category_name_en: str
    is_urgent: bool
    channel: Channel
    description: str
    state: State
    location: Verdict
    address: str | None
    score: float | None
    uncertainty: float | None = Field(description="metres")
    occurred_at: str
    reported_at: str
    respond_by: str
    is_exercise: bool
    reports: int
    version: int
    cell: CellName | None
    assignment: dict[str, Any] | None = Field(description="the lead assignment")


class IncidentFeature(Answer):
    """An incident as GeoJSON; without geometry while nobody knows where it is."""

    type: Literal["Feature"]
    id: int
    geometry: PointShape | None
    properties: IncidentProperties


class Queue(Answer):
    """Incidents, newest first."""

    type: Literal["FeatureCollection"]
    features: list[IncidentFeature]


class FoundPlace(Answer):
    """What a report was taken to mean; `uncertainty` is metres, null for a position that states none."""

    name: str | None
    kind: str | None
    how: str
    position: Position
    uncertainty: float | None


class Confidence(Answer):
    """Whether the place may be taken without asking; the score is 0 to 1."""

    verdict: Verdict
    score: float | None


class ReportAnswer(Answer):
    """What came of a report (受理): its incident, where it is, until when someone must respond, who is there first."""

    id: int
    place: FoundPlace | None
    confidence: Confidence
    cell: CellName | None
    cells: list[CellName] = Field(description="those it may lie in, when that is not sure")
    community: UnitName | None
    release: int | None
    address: str | None
    occurred_at: str
    reported_at: str
    respond_by: str
    version: int
    mode: str
    is_estimate: bool
    candidates: list[dict[str, Any]] = Field(description="as GET …/candidates lists them, without routes")


class Joined(Answer):
    """A report that joined an incident."""

    id: int
    incident: int
