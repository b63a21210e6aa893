"""What may follow in the life of a plan: one table for the doors, the buttons and the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo_app.core.actor import Actor
from geo_app.plans.model import State


@dataclass(frozen=True, slots=True)
class Rule:
    """From which states something may be done, where it leads (None: it stays), and with which permission."""

    states: frozenset[State]
    to: State | None
    permission: str
    fact: str


_OPEN = frozenset({State.DRAFT, State.REVIEW, State.APPROVED})
RULES: Mapping[str, Rule] = {
    "edit": Rule(frozenset({State.DRAFT}), None, "plan.edit", "plan.edited"),
    "undo": Rule(frozenset({State.DRAFT}), None, "plan.edit", "plan.undone"),
    "redo": Rule(frozenset({State.DRAFT}), None, "plan.edit", "plan.redone"),
    "submit": Rule(frozenset({State.DRAFT}), State.REVIEW, "plan.edit", "plan.submitted"),
    "approve": Rule(frozenset({State.REVIEW}), State.APPROVED, "release.approve", "plan.approved"),
    "return": Rule(frozenset({State.REVIEW, State.APPROVED}), State.DRAFT, "plan.edit", "plan.returned"),
    "publish": Rule(frozenset({State.APPROVED}), State.SCHEDULED, "release.approve", "plan.published"),
    "withdraw": Rule(_OPEN, State.WITHDRAWN, "plan.edit", "plan.withdrawn"),
}
BY_APPROVERS_TOO = frozenset({"return"})
"""What an approver may do as well as a planner."""


def may(name: str, state: State, actor: Actor) -> bool:
    """Return whether an actor may do this now, as far as state and permission say."""
    rule = RULES[name]
    is_let = actor.may(rule.permission) or (name in BY_APPROVERS_TOO and actor.may("release.approve"))
    return state in rule.states and is_let
