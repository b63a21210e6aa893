"""Assignments in the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from geo_app.core import db
from geo_app.dispatch.model import Assignment, Candidates
from geo_app.organisation.model import City

SQL = db.statements(__file__)


def assign(
    tx: db.Transaction, city: City, incident_id: int, responder_id: int, ranking: Candidates, at: datetime
) -> Assignment | None:
    """Write a lead assignment with the ranking it was chosen from; None when one stands in the way."""
    inputs = {
        "mode": ranking.mode, "is_estimate": ranking.is_estimate,
        "candidates": [
            {"responder": one.responder.id, "seconds": one.seconds, "metres": one.metres}
            for one in ranking.candidates
        ],
    }  # fmt: skip
    assignment_id = tx.value(
        SQL.assign, city_id=city.id, jurisdiction=city.jurisdiction, incident_id=incident_id,
        responder_id=responder_id, at=at, ranking=json.dumps(inputs),
    )  # fmt: skip
    if assignment_id is None:
        return None
    return tx.one(SQL.assignment, Assignment.read, assignment_id=assignment_id)


def holders(tx: db.Transaction, incident_id: int, responder_id: int) -> list[Assignment]:
    """Return the active assignments that keep this responder from this incident."""
    return tx.all(SQL.holders, Assignment.read, incident_id=incident_id, responder_id=responder_id)


def active(tx: db.Transaction, incident_ids: Sequence[int]) -> dict[int, Assignment]:
    """Return the lead assignment of each of these incidents that has one."""
    found = tx.all(SQL.active, Assignment.read, incident_ids=list(incident_ids))
    return {assignment.incident: assignment for assignment in found}
