"""Shapes of what the doors for photos answer."""

from __future__ import annotations

from pydantic import Field

from geo_app.core.answers import Answer


class PhotoItem(Answer):
    """A photo of a report; `width` and `height` are pixels of the whole one."""

    id: int
    incident: int
    report: int
    width: int
    height: int
    added_at: str
    path: str = Field(description="where it is, a JPEG; `?size=small` for a list")


class OwnPhoto(Answer):
    """A photo of one's own report, as it is kept: `width` and `height` are pixels."""

    width: int
    height: int
    added_at: str


class Photos(Answer):
    """The photos of an incident in the order they came."""

    items: list[PhotoItem]
