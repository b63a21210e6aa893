"""What is found wrong in a kit: every finding with its layer, row, place on earth, rule and proposed mend."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Weight(StrEnum):
    """What a finding means for the load."""

    REFUSED = "refused"
    """The city is not loaded until this is settled."""
    MENDED = "mended"
    """Put right as the finding says: small, or listed under `mends`."""
    NOTED = "noted"
    """Left as it is, and said."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: `place` is lon, lat; `area` is the m² of its mend; `row` counts from 1."""

    weight: Weight
    layer: str
    rule: str
    message: str
    row: int | None = None
    subject: str | None = None
    place: tuple[float, float] | None = None
    mend: str | None = None
    area: float | None = None

    def line(self) -> str:
        """Return the finding as one line of text."""
        where = f" row {self.row}" if self.row is not None else ""
        what = f" {self.subject}" if self.subject else ""
        at = f" at {self.place[0]:.6f},{self.place[1]:.6f}" if self.place else ""
        mend = f"; mend: {self.mend}" if self.mend else ""
        return f"{self.weight} [{self.rule}] {self.layer}{where}{what}{at}: {self.message}{mend}"


@dataclass(slots=True)
class Findings:
    """The findings of a kit while it is read."""

    items: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Add a finding."""
        self.items.append(finding)

    def refuse(self, layer: str, rule: str, message: str, *, row: int | None = None) -> None:
        """Add a reason to refuse the kit."""
        self.items.append(Finding(Weight.REFUSED, layer, rule, message, row=row))

    def note(self, layer: str, rule: str, message: str, *, row: int | None = None) -> None:
        """Add something that is left as it is."""
        self.items.append(Finding(Weight.NOTED, layer, rule, message, row=row))

    @property
    def refused(self) -> list[Finding]:
        """Return the findings for which the kit is refused."""
        return [item for item in self.items if item.weight is Weight.REFUSED]
