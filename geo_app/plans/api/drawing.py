"""Doors of the editor: the borders in view, edits, undo and redo."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

from geo_app.core import coords, db, describe, door, web
from geo_app.core.coords import Box
from geo_app.core.errors import BadInput
from geo_app.organisation.model import City
from geo_app.plans import service
from geo_app.plans.api import answers, wire
from geo_app.plans.api.bodies import Asked, Seen
from geo_app.plans.making import Made

routes = APIBlueprint("drawing", __name__, tag="Plan steps")
BBOX = describe.query("bbox", "west,south,east,north in degrees.", required=True)
SIDES = 17
"""Places along each side of a box in degrees, whose box in metres holds all of it."""


@routes.get("/api/plans/<int:plan_id>/arcs")
@routes.doc(**describe.door(answers.Picture, BBOX))
@door.permit("map.read")
def arcs(plan_id: int) -> ResponseReturnValue:
    """Return the cells in a box with their borders, each border once; 422 says to zoom in when they are many."""
    box = _bbox()
    with web.transaction() as tx:
        city = service.city_of(tx, plan_id)
        body = service.look(tx, plan_id, _metric(box, city)).data()
    return web.ok(body)


@routes.post("/api/plans/<int:plan_id>/edits")
@routes.input(Asked, location="json")
@routes.doc(**describe.door(answers.Made))
@door.permit("plan.edit")
def edit(plan_id: int, json_data: Asked) -> ResponseReturnValue:
    """Make an edit the next step: 409 names who changed the same, 422 why it would tear the grid, and where."""
    return _step(lambda tx: service.edit(tx, plan_id, json_data.seen, json_data.edit))


@routes.post("/api/plans/<int:plan_id>/undo")
@routes.input(Seen, location="json")
@routes.doc(**describe.door(answers.Made))
@door.permit("plan.edit")
def undo(plan_id: int, json_data: Seen) -> ResponseReturnValue:
    """Take back one's own newest step in force; 409 when others built on it."""
    return _step(lambda tx: service.undo(tx, plan_id, json_data.seen))


@routes.post("/api/plans/<int:plan_id>/redo")
@routes.input(Seen, location="json")
@routes.doc(**describe.door(answers.Made))
@door.permit("plan.edit")
def redo(plan_id: int, json_data: Seen) -> ResponseReturnValue:
    """Make again what one took back last, unless one made an edit since."""
    return _step(lambda tx: service.redo(tx, plan_id, json_data.seen))


def _step(make: Callable[[db.Transaction], Made]) -> ResponseReturnValue:
    def act() -> tuple[int, Any]:
        done = make(tx)
        return 200, wire.made(done, service.view(tx, done))

    with web.transaction() as tx:
        return web.once(tx, act)


def _bbox() -> Box:
    text = request.args.get("bbox", "")
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadInput("bbox", text, "west,south,east,north in degrees") from error
    is_sound = -180 <= west < east <= 180 and -90 <= south < north <= 90
    if not is_sound:
        raise BadInput("bbox", text, "west,south,east,north in degrees")
    return west, south, east, north


def _metric(box: Box, city: City) -> Box:
    """Return a box in the city's frame that holds a box in degrees."""
    west, south, east, north = box
    x, y = np.linspace(west, east, SIDES), np.linspace(south, north, SIDES)
    edge = [
        *((one, lat) for one in x for lat in (south, north)),
        *((lon, one) for one in y for lon in (west, east)),
    ]
    found = coords.convert(np.array(edge), coords.WGS84, city.srid)
    left, lower = found.min(axis=0).tolist()
    right, upper = found.max(axis=0).tolist()
    if not all(map(math.isfinite, (left, lower, right, upper))):
        raise BadInput("bbox", ",".join(map(str, box)), "a box in the city: zoom in")
    return left, lower, right, upper
