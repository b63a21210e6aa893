"""Shapes of what planners send."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from geo_app.plans.model import LONGEST_COMMENT, LONGEST_NAME, State

ID = Field(None, ge=1, le=2**62)


class Strict(BaseModel):
    """A body that means exactly what it says: no member we do not know, no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Named(Strict):
    """A plan's name."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)


class Begun(Named):
    """A plan to begin: on a release (the newest), as a copy of a plan, or back to an earlier release."""

    copied_from: int | None = ID
    rolls_back: int | None = ID
    base: int | None = ID


class Seen(Strict):
    """Which step the picture shows on which this is done."""

    seen: int = Field(ge=0, le=2**31 - 1)


class Asked(Seen):
    """An edit: its `kind` and arguments; a vertex is [x, y] in whole millimetres, or {lon, lat}."""

    edit: dict[str, Any]


class Moved(Strict):
    """The state a plan is to have, and why."""

    to: Annotated[State, Field(strict=False)]
    note: str = Field("", max_length=500)


class Published(Strict):
    """From when a plan is in force, RFC 3339, now when it is left out; and what the release is called."""

    effective_at: str | None = Field(None, max_length=40)
    note: str = Field("", max_length=500)


class Rebased(Strict):
    """Steps to go on without, and the release to go on from, the newest when it is left out."""

    base: int | None = ID
    leave_out: list[Annotated[int, Field(ge=1, le=2**31 - 1)]] | None = Field(None, max_length=10_000)


class Said(Strict):
    """What somebody says about a plan or a cell of it."""

    text: str = Field(min_length=1, max_length=LONGEST_COMMENT)
    cell: str | None = Field(None, min_length=1, max_length=40)
