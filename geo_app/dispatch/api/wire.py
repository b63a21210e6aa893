"""What goes over the wire: incidents, candidates and assignments as JSON, positions lon/lat WGS 84."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import shapely

from geo_app.dispatch import workflow
from geo_app.dispatch.model import Assignment, Candidate, Candidates
from geo_app.incidents import nearness
from geo_app.incidents.model import SETTLED, Incident, Named, Receipt, Where
from geo_app.incidents.nearness import Near
from geo_app.patrols.model import Passing
from geo_app.responders.model import Responder


def feature(incident: Incident, sent: Assignment | None) -> dict[str, object]:
    """Return an incident as a GeoJSON feature, lon/lat or nowhere, with its lead assignment."""
    at = incident.position
    return {
        "type": "Feature", "id": incident.id,
        "geometry": None if at is None else shapely.geometry.mapping(at),
        "properties": {
            "id": incident.id, "category": incident.category, "category_name": incident.category_name,
            "category_name_en": incident.category_name_en, "is_urgent": incident.is_urgent,
            "channel": incident.channel, "description": incident.description, "state": incident.state,
            "location": incident.location, "address": incident.address, "score": incident.score,
            "uncertainty": incident.uncertainty, "occurred_at": incident.occurred_at.isoformat(),
            "reported_at": incident.reported_at.isoformat(), "respond_by": incident.respond_by.isoformat(),
            "is_exercise": incident.is_exercise, "reports": incident.reports, "photos": incident.photos,
            "version": incident.version,
            "cell": _cell(incident), "assignment": None if sent is None else assignment(sent),
        },
    }  # fmt: skip


def receipt(taken: Receipt, found: Candidates, near: Sequence[Near]) -> dict[str, object]:
    """Return what came of a report, with who could go and what it may repeat; who reported it is not repeated."""
    incident, where = taken.incident, taken.where
    is_settled = incident.location in SETTLED
    return {
        "id": incident.id, "code": taken.code, "place": _place(where),
        "confidence": {"verdict": incident.location, "score": where.score},
        "cell": _cell(incident), "cells": [] if is_settled else [_named(one) for one in where.cells],
        "community": None if where.community is None or not is_settled else _named(where.community),
        "release": taken.placed.release, "address": incident.address,
        "occurred_at": incident.occurred_at.isoformat(), "reported_at": incident.reported_at.isoformat(),
        "respond_by": incident.respond_by.isoformat(), "version": incident.version,
        "mode": found.mode, "is_estimate": found.is_estimate,
        "candidates": [_without_route(one, found.at) for one in found.candidates],
        "near": [nearness.told(one) for one in near],
        "unreachable": found.unreachable,
    }  # fmt: skip


def _place(where: Where) -> dict[str, object] | None:
    if where.point is None:
        return None
    return {
        "name": where.name, "kind": where.kind, "how": where.how, "position": [where.point.x, where.point.y],
        "uncertainty": None if where.uncertainty is None else round(where.uncertainty, 1),
    }  # fmt: skip


def _cell(incident: Incident) -> dict[str, object] | None:
    return None if incident.cell is None else {"code": incident.cell, "name": incident.cell_name}


def _named(one: Named) -> dict[str, object]:
    return {"code": one.code, "name": one.name}


def _without_route(one: Candidate, at: datetime) -> dict[str, object]:
    return {name: value for name, value in candidate(one, at).items() if name != "route"}


def assignment(one: Assignment) -> dict[str, object]:
    """Return an assignment with the steps that may follow."""
    return {
        "id": one.id, "incident": one.incident, "state": one.state,
        "responder": {"id": one.responder, "name": one.responder_name},
        "offered_at": one.offered_at.isoformat(), "changed_at": one.changed_at.isoformat(),
        "reason": one.reason, "steps": workflow.possible(one.state), "version": one.version,
    }  # fmt: skip


def task(one: Assignment, incident: Incident) -> dict[str, object]:
    """Return an assignment with the incident it is for, as a feature: what a responder has to do."""
    return {**assignment(one), "feature": feature(incident, one)}


def candidates(found: Candidates) -> dict[str, object]:
    """Return who could go, soonest first, who could but for the skill, who passes by, how many no road leads from."""
    return {
        "incident": found.incident, "mode": found.mode, "is_estimate": found.is_estimate,
        "candidates": [candidate(one, found.at) for one in found.candidates],
        "others": [candidate(one, found.at) for one in found.others],
        "passing": [_passing(one, found.at) for one in found.passing],
        "unreachable": found.unreachable,
    }  # fmt: skip


def candidate(one: Candidate, at: datetime) -> dict[str, object]:
    """Return one who could go as it was `at`; the position's age is seconds."""
    person, cell = one.responder, one.cell
    return {
        "responder": _responder(person), "seconds": round(one.seconds, 1), "metres": round(one.metres, 1),
        "cell": None if cell.code is None else {"code": cell.code, "name": cell.name},
        "in_cell": one.is_in_cell,
        "load": {"active": person.active, "capacity": person.capacity, "today": person.today},
        "position_age": _age(person.position_at, at), "reasons": one.reasons,
        "route": None if one.route is None else shapely.geometry.mapping(one.route),
    }  # fmt: skip


def _passing(one: Passing, at: datetime) -> dict[str, object]:
    walker = one.walker
    return {
        "responder": {"id": walker.responder, "name": walker.responder_name},
        "route": {"id": walker.route, "code": walker.code, "name": walker.name},
        "seconds": round(one.passage.seconds, 1), "metres": round(one.passage.metres, 1),
        "position_age": _age(walker.position_at, at),
    }  # fmt: skip


def _responder(responder: Responder) -> dict[str, object]:
    return {
        "id": responder.id, "code": responder.code, "name": responder.name, "kind": responder.kind,
        "skills": responder.skills, "status": responder.status,
        "position_at": responder.position_at.isoformat(), "accuracy": responder.accuracy,
    }  # fmt: skip


def _age(position_at: datetime, at: datetime) -> float:
    """Return whole seconds since a position; one of a clock that runs ahead of ours is of now."""
    return max(0, round((at - position_at).total_seconds()))
