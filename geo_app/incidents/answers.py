"""Shapes of what the doors for incidents' categories, and for what may have been reported already, answer."""

from __future__ import annotations

from pydantic import Field

from geo_app.core.answers import Answer, Position
from geo_app.incidents.model import State
from geo_app.planning.model import Verdict


class CategoryItem(Answer):
    """A kind of trouble: the skill it asks for, the wall minutes until someone must respond."""

    code: str
    name: str
    name_en: str
    skill: str | None
    is_urgent: bool
    respond_minutes: int


class Categories(Answer):
    """The categories a city uses today."""

    items: list[CategoryItem]


class NearIncident(Answer):
    """An open incident that may be the same trouble (疑似重复); its place is a guess unless its location is settled."""

    id: int
    category: str
    category_name: str
    category_name_en: str
    is_urgent: bool
    is_same_category: bool = Field(description="else one that the same people handle")
    description: str
    address: str | None
    state: State
    location: Verdict
    position: Position
    reported_at: str
    is_exercise: bool
    metres: float
    seconds: int = Field(description="by which it came in earlier")


class NearIncidents(Answer):
    """Open incidents that may be the same, the likeliest first, and what counts as near."""

    items: list[NearIncident]
    metres: float = Field(description="between two places that are sure; doubt is added")
    hours: float
