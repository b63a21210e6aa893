"""Plans and steps as the API tells them."""

from __future__ import annotations

from typing import Any

from geo_app.plans.making import Made
from geo_app.plans.model import Approval, Comment, Lock, Plan, Step
from geo_app.plans.service import View

LISTED = 100
"""Codes that a step in a list names."""


def plan(one: Plan) -> dict[str, Any]:
    """Return a plan as a list tells it."""
    return {
        "id": one.id, "name": one.name, "state": one.state, "seq": one.seq, "base": one.base.release,
        "has_outer": one.has_outer, "copied_from": one.copied_from, "rolls_back": one.rolls_back,
        "release": one.release, "effective_from": one.effective_from and one.effective_from.isoformat(),
        "by": one.actor, "made_at": one.made_at.isoformat(),
    }  # fmt: skip


def step(one: Step) -> dict[str, Any]:
    """Return a step as a list tells it."""
    return {
        "seq": one.seq, "kind": one.kind, "edit": one.edit, "touched": list(one.touched[:LISTED]),
        "undoes": one.undoes, "ended_by": one.ended_by, "is_in_force": one.is_in_force, "by": one.actor,
        "at": one.at.isoformat(), "hash": one.hash,
    }  # fmt: skip


def made(done: Made, view: View) -> dict[str, Any]:
    """Return a step that was made, with the cells whose picture may be another one now."""
    return {
        **view.data(),
        "gone": list(done.gone),
        "changed": list(done.changed),
        "nodes": [list(node) for node in done.nodes],
    }


def lock(one: Lock) -> dict[str, Any]:
    """Return a lock."""
    return {"kind": one.kind, "code": one.code, "by": one.actor, "at": one.at.isoformat()}


def approval(one: Approval) -> dict[str, Any]:
    """Return an approval."""
    return {"by": one.actor, "account": one.account, "note": one.note, "at": one.at.isoformat()}


def comment(one: Comment) -> dict[str, Any]:
    """Return a comment."""
    return {
        "id": one.id, "cell": one.cell, "text": one.text, "seq": one.seq, "by": one.actor, "at": one.at.isoformat(),
    }  # fmt: skip
