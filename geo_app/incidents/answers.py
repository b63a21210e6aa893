"""Shapes of what the doors for incidents' categories answer."""

from __future__ import annotations

from geo_app.core.answers import Answer


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
