"""Doors for places: suggestions and candidates for what was said, words for a point; and for the grid over time."""

from __future__ import annotations

import numpy as np
from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue
from shapely import Point

from geo_app.core import clock, coords, describe, door, web
from geo_app.core.errors import BadInput
from geo_app.geocoding import service as geocoding
from geo_app.organisation import service as organisation
from geo_app.planning import answers, service
from geo_app.planning.model import LocatedCandidate

routes = APIBlueprint("places", __name__, tag="Places")
grid = APIBlueprint("grid", __name__, tag="Grid")
SAID = describe.query("q", "What was said: an address, a name, coordinates, a grid code.")
BEGUN = describe.choice("begun", "yes while it is being typed.", "no", ("yes", "no"))
LIMIT = describe.whole("limit", "Most candidates.", 8, 1, 20)
LON = describe.query("lon", "Longitude, or x of the frame.", required=True, type="number")
AT = describe.query("at", "An instant; now unless stated.", format="date-time")
KNOWN_AT = describe.query(
    "known_at", "As it was known at this instant; now unless stated.", format="date-time"
)
LAT = describe.query("lat", "Latitude, or y of the frame.", required=True, type="number")


@routes.get("/api/places")
@routes.doc(**describe.door(answers.Places, describe.CITY, SAID, BEGUN, describe.FRAME, LIMIT))
@door.permit("place.search")
def places() -> ResponseReturnValue:
    """List what `q` may mean in a city, with the cells each may lie in; `begun=yes` while it is being typed."""
    most = web.whole("limit", 8, 1, 20)
    said, frame = request.args.get("q", ""), request.args.get("frame", "wgs84")
    is_begun = web.choice("begun", "no", ("yes", "no")) == "yes"
    at = clock.now()
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        if is_begun:
            candidates = geocoding.suggest(tx, city, said, most)
        else:
            candidates = geocoding.geocode(tx, city, said, frame)[:most]
        found = service.locate(tx, city, candidates, at)
    cell, community = found.cell, found.community
    return web.ok(
        {
            "verdict": found.verdict,
            "cell": None if cell is None else {"code": cell.cell.code, "name": cell.cell.name},
            "community": None if community is None else {"code": community.code, "name": community.name},
            "items": [_item(one) for one in found.candidates],
        }
    )


@routes.get("/api/places/reverse")
@routes.doc(**describe.door(answers.Words, describe.CITY, LON, LAT, describe.FRAME))
@door.permit("place.search")
def reverse() -> ResponseReturnValue:
    """Say a point in words: the nearest address, the community, the cell."""
    point = _point()
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.describe(tx, city, point, clock.now())
    return web.ok(
        {
            "text": found.text,
            "address": found.address,
            "metres": None if found.metres is None else round(found.metres, 1),
            "units": [{"code": unit.code, "name": unit.name, "level": unit.level} for unit in found.units],
            "cell": None
            if found.placed.code is None
            else {"code": found.placed.code, "name": found.placed.name},
        }
    )


@grid.get("/api/releases/<int:release_id>/lineage")
@grid.doc(**describe.door(answers.Descents, describe.CITY))
@door.permit("map.read")
def lineage(release_id: int) -> ResponseReturnValue:
    """List where the land of the cells a release changed came from, with shares of land and incidents."""
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.lineage(tx, city, release_id)
    items = [
        {
            "child": one.child_code, "parent": one.parent_code, "is_same": one.child == one.parent,
            "kind": one.kind, "area": round(one.area, 3), "area_share": one.area_share,
            "child_share": one.child_share, "household_share": one.household_share,
            "incident_share": one.incident_share,
        }
        for one in found
    ]  # fmt: skip
    return web.ok({"items": items})


@grid.get("/api/cells/at")
@grid.doc(**describe.door(answers.CellAt, describe.CITY, LON, LAT, describe.FRAME, AT, KNOWN_AT))
@door.permit("map.read")
def cell_at() -> ResponseReturnValue:
    """Say which cell covered a point at an instant, by what was known at another; on a border the lowest code."""
    point, now = _point(), clock.now()
    at = clock.moment(request.args["at"], "at") if "at" in request.args else now
    known_at = clock.moment(request.args["known_at"], "known_at") if "known_at" in request.args else now
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.cell_as_known(tx, city, point, at, known_at)
    return web.ok(
        {
            "cell": None if found.code is None else {"code": found.code, "name": found.name},
            "release": found.release, "at": at.isoformat(), "known_at": known_at.isoformat(),
        }
    )  # fmt: skip


def _point() -> Point:
    """Return the point a request names, in WGS 84."""
    xy = np.array([[_number("lon"), _number("lat")]])
    lon, lat = np.round(coords.to_wgs84(xy, request.args.get("frame", "wgs84"))[0], 9)
    return Point(lon, lat)


def _number(name: str) -> float:
    text = request.args.get(name, "")
    try:
        return float(text)
    except ValueError as error:
        raise BadInput(name, text, "a number") from error


def _item(found: LocatedCandidate) -> dict[str, object]:
    one = found.candidate
    return {
        "place": one.place,
        "name": one.name,
        "kind": one.kind,
        "position": [one.position.x, one.position.y],
        "score": one.score,
        "how": one.how,
        "formerly": one.formerly,
        "uncertainty": round(one.uncertainty, 1),
        "notes": list(one.notes),
        "community": None if found.community is None else found.community.name,
        "cells": [{"code": cell.cell.code, "name": cell.cell.name} for cell in found.cells[:20]],
    }
