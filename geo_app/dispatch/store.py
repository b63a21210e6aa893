"""Assignments in the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from geo_app.core import db
from geo_app.dispatch.model import ACTIVE, Assignment, AssignmentState, NewAssignment
from geo_app.organisation.model import City

SQL = db.statements(__file__)


def free_slot(tx: db.Transaction, responder_id: int, capacity: int) -> int | None:
    """Return the lowest slot of a locked responder that is free; None when all are taken."""
    found: int | None = tx.value(SQL.free_slot, responder_id=responder_id, capacity=capacity)
    return found


def assign(
    tx: db.Transaction, city: City, new: NewAssignment, ranking: Mapping[str, object], at: datetime
) -> Assignment | None:
    """Write a lead assignment with the ranking it was chosen from; None when one stands in the way."""
    assignment_id = tx.value(
        SQL.assign, city_id=city.id, jurisdiction=city.jurisdiction, incident_id=new.incident,
        responder_id=new.responder, slot=new.slot, at=at, ranking=json.dumps(ranking, default=str),
    )  # fmt: skip
    return None if assignment_id is None else assignment(tx, assignment_id)


def holders(tx: db.Transaction, incident_id: int, responder_id: int) -> list[Assignment]:
    """Return the active assignments that keep this responder from this incident, the incident's lead first."""
    return tx.all(SQL.holders, Assignment.read, incident_id=incident_id, responder_id=responder_id)


def leads(tx: db.Transaction, incident_ids: Sequence[int]) -> dict[int, Assignment]:
    """Return the lead of each of these incidents: the active one or, of a handled one, who handled it."""
    found = tx.all(SQL.leads, Assignment.read, incident_ids=list(incident_ids))
    return {assignment.incident: assignment for assignment in found}


def assignment(tx: db.Transaction, assignment_id: int) -> Assignment | None:
    """Return one assignment."""
    return tx.first(SQL.assignment, Assignment.read, assignment_id=assignment_id)


def assignments(
    tx: db.Transaction, city: City, responder_id: int | None, is_active: bool | None, most: int
) -> list[Assignment]:
    """Return up to `most` assignments of a city or of one responder, newest first."""
    return tx.all(
        SQL.assignments, Assignment.read, city_id=city.id, responder_id=responder_id, is_active=is_active, most=most
    )  # fmt: skip


def lock(tx: db.Transaction, assignment_id: int) -> Assignment:
    """Lock an assignment for this transaction, always after its incident and its responder."""
    return tx.one(SQL.lock, Assignment.read, assignment_id=assignment_id)


def move(
    tx: db.Transaction, was: Assignment, state: AssignmentState, at: datetime, reason: str | None
) -> Assignment | None:
    """Move an assignment on; None when somebody moved it since it was read."""
    return tx.first(
        SQL.move, Assignment.read, assignment_id=was.id, was=was.version, state=state, is_over=state not in ACTIVE,
        at=at, reason=reason,
    )  # fmt: skip


def active_states(tx: db.Transaction, responder_id: int) -> list[AssignmentState]:
    """Return the states of a responder's active assignments."""
    return tx.all(SQL.active_states, lambda row: AssignmentState(row["state"]), responder_id=responder_id)


def declined(tx: db.Transaction, incident_id: int) -> set[int]:
    """Return the ids of those who have declined an incident."""
    return set(tx.all(SQL.declined, lambda row: int(row["responder_id"]), incident_id=incident_id))
