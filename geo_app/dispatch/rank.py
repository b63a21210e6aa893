"""Rank who could go: by travel time by road, ties by responder; pure, the same for production and simulation."""

from __future__ import annotations

from collections.abc import Sequence

from geo_app.dispatch.model import Candidate, Candidates
from geo_app.incidents.model import Incident
from geo_app.planning.model import OUTSIDE
from geo_app.responders.model import Responder
from geo_app.roads.model import Reach

POLICY = "by_travel_time"
"""The name of the policy below, as it is kept with every choice."""


def by_skill(incident: Incident, responders: Sequence[Responder]) -> tuple[list[Responder], list[Responder]]:
    """Return those with the skill the incident asks for, and those without it."""
    skilled = [one for one in responders if incident.skill is None or incident.skill in one.skills]
    unskilled = [one for one in responders if incident.skill is not None and incident.skill not in one.skills]
    return skilled, unskilled


def by_travel_time(
    incident: Incident, reached: Sequence[Responder], reaches: Sequence[Reach]
) -> list[Candidate]:
    """Return as candidates who was reached by road, soonest first, each with reasons; no route and no cell yet.

    Who lacks the skill the incident asks for is told as such, and never as the nearest.
    """
    candidates: list[Candidate] = []
    for responder, reach in zip(reached, reaches, strict=True):
        is_in_cell = incident.cell is not None and incident.cell in responder.cells
        is_skilled = incident.skill is None or incident.skill in responder.skills
        reasons = ["free" if responder.active == 0 else "has_room", "on_shift"]
        if incident.skill is not None:
            reasons.append("skill" if is_skilled else "no_skill")
        if is_in_cell:
            reasons.append("own_cell")
        if is_skilled and not candidates:
            reasons.insert(0, "nearest")
        candidates.append(
            Candidate(responder, reach.seconds, reach.metres, is_in_cell, tuple(reasons), None, OUTSIDE)
        )
    return candidates


def record(incident: Incident, choice: Candidates, chosen: int) -> dict[str, object]:
    """Return what is kept with an assignment: the policy, its inputs and costs, and the responder chosen."""
    where = incident.position
    return {
        "policy": POLICY, "mode": choice.mode, "is_estimate": choice.is_estimate, "at": choice.at.isoformat(),
        "incident": {
            "position": None if where is None else [where.x, where.y], "skill": incident.skill,
            "cell": incident.cell, "version": incident.version,
        },
        "chosen": chosen,
        "candidates": [_inputs(one) for one in choice.candidates],
        "others": [_inputs(one) for one in choice.others],
    }  # fmt: skip


def _inputs(one: Candidate) -> dict[str, object]:
    person = one.responder
    return {
        "responder": person.id, "seconds": one.seconds, "metres": one.metres, "in_cell": one.is_in_cell,
        "reasons": one.reasons, "position": [person.position.x, person.position.y],
        "position_at": person.position_at.isoformat(), "accuracy": person.accuracy,
        "active": person.active, "capacity": person.capacity, "today": person.today,
    }  # fmt: skip
