"""Shapes of what the doors for plans answer."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from geo_app.core.answers import Answer, Person, PolygonShape, Position
from geo_app.plans.model import Kind, State

Vertex = tuple[int, int]
"""East and north in whole millimetres of the city's metric frame."""


class May(Answer):
    """What who asks may do with a plan now."""

    edit: bool
    undo: bool
    redo: bool
    submit: bool
    approve: bool
    return_: bool = Field(alias="return")
    publish: bool
    withdraw: bool


class Author(Answer):
    """Who made steps of a plan."""

    name: str
    account: int | None


class LockItem(Answer):
    """What nobody changes in a plan: a cell, or all cells of a unit."""

    kind: str
    code: str
    by: str
    at: str


class PlanItem(Answer):
    """A plan (调整方案): a draft of the grid on a base release, with its state."""

    id: int
    name: str
    state: State
    seq: int = Field(description="its newest step")
    base: int = Field(description="the release it is drawn on")
    has_outer: bool = Field(description="the city's outer border changes: two people approve")
    copied_from: int | None
    rolls_back: int | None
    release: int | None = Field(description="what it was published as")
    effective_from: str | None
    by: str
    made_at: str


class Counts(Answer):
    """How many cells are not as in the base release: new, changed, gone."""

    new: int
    changed: int
    gone: int


class ApprovalItem(Answer):
    """Who agreed to a plan as it was submitted."""

    by: str
    account: int
    note: str
    at: str


class PlanSheet(PlanItem):
    """A plan with who drew it, what is locked, who agreed, and what may follow."""

    may: May
    authors: list[Author]
    locks: list[LockItem]
    counts: Counts
    head: str = Field(description="hash of the newest step, which has those before in it")
    newest: int = Field(description="the newest release, in force or scheduled")
    base_until: str | None = Field(description="when a release that is scheduled follows the base")
    is_stale: bool = Field(description="whether a rebase is due: the base is over, or has got other cells")
    approvals: list[ApprovalItem]


class Plans(Answer):
    """The plans of a city, newest first."""

    items: list[PlanItem]


class CellRuns(Answer):
    """A cell as rings of arcs: index of an arc gone forward, `~index` gone backward; the outer ring first."""

    code: str
    name: str
    community: str
    is_locked: bool
    is_changed: bool
    rings: list[list[int]]


class ArcItem(Answer):
    """A border between two cells, `other` null on the outer border, in millimetres and in degrees."""

    id: str
    one: str
    other: str | None
    line: list[Vertex]
    lonlat: list[Position]


class Picture(Answer):
    """Cells of a plan and their borders; `seq` is what an edit made on it says it has seen."""

    seq: int
    cells: list[CellRuns]
    arcs: list[ArcItem]
    junctions: list[Vertex]


class Made(Picture):
    """A step that was made: codes that are gone and that changed, nodes of the outer border, the cells around."""

    gone: list[str]
    changed: list[str]
    nodes: list[Vertex]


class StepItem(Answer):
    """A row of a plan's log; `ended_by` the step that took it out of force."""

    seq: int
    kind: Kind
    edit: dict[str, Any]
    touched: list[str]
    undoes: int | None
    ended_by: int | None
    is_in_force: bool
    by: str
    at: str
    hash: str


class Steps(Answer):
    """The log of a plan, newest first."""

    items: list[StepItem]


class Locks(Answer):
    """What is locked in a plan."""

    items: list[LockItem]


class CommentItem(Answer):
    """What somebody said about a plan, or about a cell of it; `seq` is the step it had then."""

    id: int
    cell: str | None
    text: str
    seq: int
    by: str
    at: str


class Comments(Answer):
    """What was said about a plan, oldest first."""

    items: list[CommentItem]


class Consequences(Answer):
    """What publishing would do, as things stand now."""

    effective_at: str
    cells: dict[str, int] = Field(description="how many, by what becomes of them")
    open_incidents: int = Field(description="in the cells that change")
    change_cell: int
    change_worker: int = Field(description="of these, how many get other people")
    unanswered: list[str] = Field(description="cells nobody answers for")
    told: int = Field(description="how many people are told")
    workers: list[Person] = Field(description="those of them whom who asks may see")


class ChangeProperties(Answer):
    """A cell as it was (old) or will be (new), and what happens to it; `area` in square metres."""

    code: str
    name: str
    community: str
    when: Literal["old", "new"]
    changes: list[str]
    area: float


class ChangeFeature(Answer):
    """A changed cell as GeoJSON."""

    type: Literal["Feature"]
    geometry: PolygonShape
    properties: ChangeProperties


class Changes(Answer):
    """The changed cells of a plan as GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[ChangeFeature]
