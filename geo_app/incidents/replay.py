"""Past incidents played again (演练) in their order; pure.

A run has a name: within it every incident is played once, so a run that was interrupted goes on, and the next
run plays them anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from geo_app.incidents.model import NewReport, Past

SOURCE = "replay"


def key(incident: Past, run: str) -> str:
    """Return by what a run knows an incident."""
    return f"{run}/{incident.id}"


def waits(past: Sequence[Past], speed: float) -> Iterator[float]:
    """Yield for each incident, in order, after how many seconds of a run it comes: real intervals by `speed`."""
    for incident in past:
        yield (incident.occurred_at - past[0].occurred_at).total_seconds() / speed


def again(incident: Past, run: str, at: datetime) -> NewReport | None:
    """Return an incident as one that happens at `at`; None when nobody knows where it was.

    What was located surely comes with its position, what was not with its address alone, to be located again.
    """
    if incident.address is None and incident.position is None:
        return None
    return NewReport(
        category=incident.category, channel=incident.channel, description=incident.description, occurred_at=at,
        address=incident.address, position=incident.position,
        source=SOURCE, source_key=key(incident, run), is_exercise=True,
    )  # fmt: skip
