"""The steps of an assignment (派单): what may follow what, and where each step leaves the responder; pure.

One table. The screens ask it which buttons to show (`steps` of an assignment on the wire), the description of
the door lists it, and the tests go through every step in every state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from geo_app.core.errors import BadInput, Conflict
from geo_app.dispatch.model import ACTIVE, Assignment, AssignmentState
from geo_app.responders.model import Status

LONGEST_REASON = 500
"""Characters."""


class Step(StrEnum):
    """What somebody does with an assignment."""

    ACCEPT = "accept"
    """接单"""
    SET_OUT = "set_out"
    """出发"""
    ARRIVE = "arrive"
    """到场"""
    FINISH = "finish"
    """完成"""
    DECLINE = "decline"
    """拒绝"""
    CANCEL = "cancel"
    """取消"""


@dataclass(frozen=True, slots=True)
class Rule:
    """A step leads from one of the states `sources` to `target` and is told as the fact `fact`."""

    sources: tuple[AssignmentState, ...]
    target: AssignmentState
    fact: str
    needs_reason: bool = False


_OFFERED, _ACCEPTED = AssignmentState.OFFERED, AssignmentState.ACCEPTED
_UNDER_WAY, _ON_SITE = AssignmentState.UNDER_WAY, AssignmentState.ON_SITE

RULES: dict[Step, Rule] = {
    Step.ACCEPT: Rule((_OFFERED,), _ACCEPTED, "assignment.accepted"),
    Step.SET_OUT: Rule((_ACCEPTED,), _UNDER_WAY, "assignment.set_out"),
    Step.ARRIVE: Rule((_ACCEPTED, _UNDER_WAY), _ON_SITE, "assignment.arrived"),
    Step.FINISH: Rule((_ON_SITE,), AssignmentState.DONE, "assignment.finished"),
    Step.DECLINE: Rule((_OFFERED, _ACCEPTED), AssignmentState.DECLINED, "assignment.declined", True),
    Step.CANCEL: Rule(ACTIVE, AssignmentState.CANCELLED, "assignment.cancelled", True),
}

STATUS = {
    AssignmentState.OFFERED: Status.ASSIGNED,
    AssignmentState.ACCEPTED: Status.ASSIGNED,
    AssignmentState.UNDER_WAY: Status.UNDER_WAY,
    AssignmentState.ON_SITE: Status.ON_SITE,
}
"""What an active assignment makes of its responder."""
_NEARNESS = (Status.FREE, Status.ASSIGNED, Status.UNDER_WAY, Status.ON_SITE)


def possible(state: AssignmentState) -> tuple[Step, ...]:
    """Return the steps that may follow `state`, in the order of the table."""
    return tuple(step for step, rule in RULES.items() if state in rule.sources)


def take(step: Step, assignment: Assignment, reason: str | None) -> AssignmentState:
    """Return the state `step` leads to; Conflict names the state and the steps that are possible in it."""
    rule = RULES[step]
    if assignment.state not in rule.sources:
        steps = ", ".join(possible(assignment.state)) or "none"
        raise Conflict(f"assignment {assignment.id} is {assignment.state}; possible steps: {steps}")
    if rule.needs_reason and reason is None:
        raise BadInput("reason", reason, f"to {step} needs a reason, 1 to {LONGEST_REASON} characters")
    return rule.target


def status(now: Status, active: Iterable[AssignmentState]) -> Status:
    """Return the status of a responder with these active assignments: the nearest to work; who is off stays off."""
    if now is Status.OFF:
        return Status.OFF
    return max((STATUS[state] for state in active), key=_NEARNESS.index, default=Status.FREE)


def described() -> str:
    """Return the table as Markdown, for the description of the door."""
    lines = ["| step | from | to | needs a reason |", "| --- | --- | --- | --- |"]
    for step, rule in RULES.items():
        needs = "yes" if rule.needs_reason else "no"
        lines.append(f"| {step} | {', '.join(rule.sources)} | {rule.target} | {needs} |")
    return "\n".join(lines)
