"""Shapes of what the doors of dispatch answer: incidents, reports, candidates, assignments."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from geo_app.core.answers import Answer, CellName, LineShape, Person, PointShape, Position
from geo_app.dispatch.model import AssignmentState
from geo_app.dispatch.workflow import Step
from geo_app.incidents.answers import NearIncident
from geo_app.incidents.model import Channel, State
from geo_app.planning.model import Verdict
from geo_app.responders.model import Kind, Status


class UnitName(Answer):
    """A community by code and name."""

    code: str
    name: str


class Sent(Answer):
    """An assignment (派单): one responder sent to one incident, and the steps that may follow."""

    id: int
    incident: int
    state: AssignmentState
    responder: Person
    offered_at: str
    changed_at: str
    reason: str | None = Field(description="why it was declined or cancelled")
    steps: list[Step]
    version: int


class Load(Answer):
    """How much somebody has to do: assignments now, at most, and since midnight."""

    active: int
    capacity: int
    today: int


class Available(Answer):
    """Somebody who can be sent, with the last position that is known."""

    id: int
    code: str
    name: str
    kind: Kind
    skills: list[str]
    status: Status
    position_at: str
    accuracy: float | None = Field(description="metres")


class Nearest(Answer):
    """A candidate: how soon and how far by road, where they are now, and why they are listed."""

    responder: Available
    seconds: float
    metres: float
    cell: CellName | None = Field(description="where the responder is now")
    in_cell: bool = Field(description="the incident lies in a cell of theirs")
    load: Load
    position_age: int = Field(description="seconds")
    reasons: list[str] = Field(description="keys of the words on screen")


class Candidate(Nearest):
    """A candidate with the way to the incident."""

    route: LineShape | None


class RouteName(Answer):
    """A patrol route (巡查路线) by id, code and name."""

    id: int
    code: str
    name: str


class Passing(Answer):
    """Somebody who walks by on a patrol route soon."""

    responder: Person
    route: RouteName
    seconds: float
    metres: float
    position_age: int = Field(description="seconds")


class Candidates(Answer):
    """Who could go, soonest first; who could but for the skill; who passes by."""

    incident: int
    mode: str
    is_estimate: bool
    candidates: list[Candidate]
    others: list[Candidate]
    passing: list[Passing]
    unreachable: int = Field(description="skilled and free, but no road leads from them")


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
    photos: int
    version: int
    cell: CellName | None
    assignment: Sent | None = Field(description="the active lead; of a handled incident who handled it")


class IncidentFeature(Answer):
    """An incident as GeoJSON; without geometry while nobody knows where it is."""

    type: Literal["Feature"]
    id: int
    geometry: PointShape | None
    properties: IncidentProperties


class Task(Sent):
    """An assignment with its incident: what a responder has to do."""

    feature: IncidentFeature


class Tasks(Answer):
    """Assignments, newest first."""

    assignments: list[Task]


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
    code: str = Field(description="by which who told it sees, corrects and erases what is kept of them")
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
    candidates: list[Nearest] = Field(description="as GET …/candidates lists them, without routes")
    near: list[NearIncident] = Field(description="open incidents that may be the same, the likeliest first")
    unreachable: int = Field(description="skilled and free, but no road leads from them")


class Joined(Answer):
    """A report that joined an incident; `code` is for who told it."""

    id: int
    incident: int
    code: str
