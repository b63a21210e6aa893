"""Shapes of what the doors for exports answer."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from geo_app.core.answers import Answer
from geo_app.exports.model import Format, Things


class ExportItem(Answer):
    """A file that left: what it held, who took it and why (masked), its fingerprint; the file is not kept."""

    id: int
    things: Things
    format: Format
    filters: dict[str, Any]
    reason: str
    rows: int
    bytes: int
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    actor: str
    made_at: str


class Exports(Answer):
    """Exports, newest first."""

    items: list[ExportItem]
