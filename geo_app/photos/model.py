"""Photo, Picture: what is known of a photo, and the picture itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geo_app.core.db import Row

MOST = 4
"""Photos of one report."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture written anew as JPEG: whole and small, with the size of the whole one in pixels."""

    width: int
    height: int
    whole: bytes
    small: bytes


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a report of an incident; its id is never used again."""

    id: int
    incident: int
    report: int
    width: int
    height: int
    added_at: datetime

    @classmethod
    def read(cls, row: Row) -> Photo:
        """Return the photo of a row."""
        return cls(**row)


@dataclass(frozen=True, slots=True)
class Held:
    """A report that takes photos: its id, how many it has, whether its personal values were erased."""

    id: int
    photos: int
    is_erased: bool

    @classmethod
    def read(cls, row: Row) -> Held:
        """Return the report of a row."""
        return cls(**row)
