"""Shapes of what the doors of privacy answer."""

from __future__ import annotations

from pydantic import Field

from geo_app.core.answers import Answer
from geo_app.incidents.model import Channel, State
from geo_app.planning.model import Verdict


class ReportItem(Answer):
    """A report with who told it, masked; `erased_at` when what was kept of them went."""

    id: int
    incident: int
    channel: Channel
    description: str
    address: str | None
    name: str | None
    phone: str | None
    occurred_at: str
    received_at: str
    erased_at: str | None


class Reports(Answer):
    """The reports of an incident in the order they came."""

    items: list[ReportItem]


class Revealed(Answer):
    """The plain personal values of one report; the answer is to be kept nowhere."""

    name: str | None
    phone: str | None
    description: str = Field(description="word for word")
    address: str | None


class Received(Answer):
    """What came of a resident's report; `code` is shown once. `place` and `community` are null unless they are sure."""

    code: str
    state: State
    location: Verdict = Field(description="sure and outside are settled; the others wait for a person")
    place: str | None
    community: str | None
    received_at: str


class OwnReport(ReportItem):
    """One's own report, masked, and how its incident stands."""

    state: State
