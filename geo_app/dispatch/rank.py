"""Rank who could go: by travel time by road, ties by responder; pure, the same for production and simulation."""

from __future__ import annotations

from collections.abc import Sequence

from geo_app.dispatch.model import Candidate, Candidates
from geo_app.incidents.model import Incident
from geo_app.responders.model import Responder
from geo_app.roads.model import Ranking

POLICY = "by_travel_time"
"""The name of the policy below, as it is kept with every choice."""


def by_travel_time(incident: Incident, responders: Sequence[Responder], ranking: Ranking) -> list[Candidate]:
    """Return the candidates of a road ranking, soonest first, each with its reasons and no route yet."""
    candidates: list[Candidate] = []
    for reach in ranking.reaches:
        responder = responders[reach.index]
        is_in_cell = incident.cell is not None and incident.cell in responder.cells
        reasons = ["free", "on_shift"]
        if incident.skill is not None:
            reasons.append("skill")
        if is_in_cell:
            reasons.append("own_cell")
        if not candidates:
            reasons.insert(0, "nearest")
        candidates.append(Candidate(responder, reach.seconds, reach.metres, is_in_cell, tuple(reasons), None))
    return candidates


def record(choice: Candidates, chosen: int) -> dict[str, object]:
    """Return what is kept with an assignment: the policy, its inputs and costs, and the responder chosen."""
    return {
        "policy": POLICY, "mode": choice.mode, "is_estimate": choice.is_estimate, "chosen": chosen,
        "candidates": [
            {"responder": one.responder.id, "seconds": one.seconds, "metres": one.metres}
            for one in choice.candidates
        ],
    }  # fmt: skip
