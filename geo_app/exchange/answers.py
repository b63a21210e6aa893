"""Shapes of what the doors for files of cells answer."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from geo_app.core.answers import Answer, PointShape
from grids.defects import Kind, Mend, Weight


class ImportItem(Answer):
    """A file that was brought, how it is read, and what became of it."""

    id: int
    name: str
    bytes: int
    sha256: str
    options: dict[str, Any]
    actor: str
    made_at: str
    plan: int | None
    release: int | None


class Imports(Answer):
    """Files that were brought, newest first."""

    items: list[ImportItem]


class FindingItem(Answer):
    """One thing that is wrong, the mend proposed, and what that means."""

    id: str = Field(description="stays when the same defect comes again")
    kind: Kind
    weight: Weight = Field(description="open waits to be accepted, refused needs another file")
    cells: list[str]
    rows: list[int] = Field(description="of the file, from 1; at most a hundred")
    count: int
    area: float = Field(description="square metres")
    width: float | None = Field(description="metres")
    mend: Mend
    to: str | None = Field(description="who takes the land, the new code, or how to read the file")
    says: str
    changes: dict[str, float] = Field(description="square metres by which the mend changes cells")
    place: PointShape | None
    box: list[float] | None = Field(description="west, south, east, north")


class ChangeItem(Answer):
    """What mending does to a cell."""

    code: str
    before: float = Field(description="square metres in the file")
    after: float
    share: float = Field(description="of the cell that changes, 0 to 1")


class ReportSheet(Answer):
    """What is wrong with a file, by fourteen checks, and what mending it would change."""

    file: ImportItem
    sha256: str
    format: str
    layer: str
    frame: str
    columns: dict[str, str]
    is_ready: bool = Field(description="nothing waits for a decision")
    rows: int
    cells: int
    counts: dict[str, int]
    findings: list[FindingItem]
    left_off: int
    changes: list[ChangeItem]
    changed: int


class Preview(Answer):
    """A cell as it stands in the file and as it would be when mended; GeoJSON geometries."""

    code: str
    before: dict[str, Any] | None = Field(description="null for a cell that mending makes")
    after: dict[str, Any] | None = Field(description="null for one that mending leaves out")
    box: list[float] | None = Field(description="west, south, east, north of both")
