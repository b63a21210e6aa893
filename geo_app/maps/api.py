"""Doors for maps: tiles, cities, cells, units, releases."""

from __future__ import annotations

import time

import shapely
from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

from geo_app.core import clock, coords, db, describe, door, recall, web
from geo_app.core.errors import BadInput
from geo_app.maps import answers, pyramid, service
from geo_app.maps.model import Address, Standing
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.responders import service as responders

routes = APIBlueprint("maps", __name__, tag="Maps")
MOST_ID = 999_999_999
RELEASE = describe.query(
    "release", "Id of a release of the grid, also one that is over or to come; else what is now.",
    type="integer", minimum=1, maximum=MOST_ID,
)  # fmt: skip
AT = describe.query("at", "An instant whose release it is.", format="date-time")
STAMP = describe.query(
    recall.STAMP, "The city's stamp: a tile that has it may be kept for a day; from /api/cities."
)
TILE = "application/vnd.mapbox-vector-tile"


@routes.get("/tiles/<city>/<layer>/<int:z>/<int:x>/<int:y>.mvt")
@routes.doc(
    **describe.door("application/vnd.mapbox-vector-tile", RELEASE, AT, STAMP, headers=("ETag",)),
    responses={204: "Nothing lies in it.", 304: "Still as it was."},
)
@door.permit("map.read")
def tile(city: str, layer: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Return a Mapbox vector tile, of the grid also as it is with another release; 204 when nothing lies in it."""
    address = Address(layer, z, x, y)
    pyramid.check(address)
    with web.transaction() as tx:
        found = organisation.city(tx, city)
        asked = time.monotonic()
        standing = _standing(tx, found, layer)
        place = request.path if standing.release is None else f"{request.path}?release={standing.release}"
        kept = recall.of_app().get(place, standing.stamp)
        body = service.tile(tx, found, address, standing.at) if kept is None else kept.plain
    kept = kept or recall.pack((found.id, standing.release), standing.stamp, TILE, body)
    recall.of_app().keep(place, kept, asked)
    return recall.say(kept)


def _standing(tx: db.Transaction, city: City, layer: str) -> Standing:
    """Return which state of a city the request asks for."""
    args = request.args
    if "release" in args and "at" in args:
        raise BadInput("at", args["at"], "release or at, not both")
    if "release" in args:
        return service.released(tx, city, layer, release=web.whole("release", 0, 1, MOST_ID))
    if "at" in args:
        return service.released(tx, city, layer, at=clock.moment(args["at"], "at"))
    return service.standing(tx, city, clock.now())


@routes.get("/api/cities")
@routes.doc(**describe.door(answers.Cities))
@door.permit("map.read", "organisation.read")
def cities() -> ResponseReturnValue:
    """List the cities."""
    at = clock.now()
    items = []
    with web.transaction() as tx:
        for city in organisation.cities(tx):
            box = planning.bounds(tx, city, at)
            release = planning.release_at(tx, city, at)
            items.append(
                {
                    "code": city.code, "name": city.name, "name_en": city.name_en,
                    "jurisdiction": city.jurisdiction, "time_zone": city.time_zone,
                    "attribution": city.attribution, "is_generated": city.is_generated,
                    "bounds": None if box is None else list(box.bounds),
                    "cells": 0 if release is None else release.cells,
                    "stamp": service.stamp(tx, city, at),
                    "themes": [{"theme": one.theme, "things": one.things} for one in service.themes(tx, city)],
                }
            )  # fmt: skip
    return web.ok({"items": items})


@routes.get("/api/cells/<code>")
@routes.doc(**describe.door(answers.CellSheet, describe.CITY))
@door.permit("map.read")
def cell(code: str) -> ResponseReturnValue:
    """Return one cell: its units, its people, what is open in it."""
    at = clock.now()
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        standing = planning.cell(tx, city, code, at)
        release = planning.release_at(tx, city, at)
        units = {unit.level: unit for unit in planning.units_above(tx, city, standing, at)}
        people = responders.of_cell(tx, city, code, at)
        open_incidents = planning.open_in_cell(tx, standing, "incident")
    geometry = standing.cell.geometry
    body: dict[str, object] = {
        "code": code, "name": standing.cell.name,
        "area": round(geometry.area, 1), "perimeter": round(geometry.length, 1),
        **{level: {"code": unit.code, "name": unit.name} for level, unit in units.items()},
        "people": [
            {"id": one.id, "name": one.name, "kind": one.kind, "status": one.status, "on_shift": one.is_on_shift}
            for one in people
        ],
        "open_incidents": open_incidents,
        "release": release and {"id": release.id, "effective_from": release.effective_from.isoformat()},
        "outline": shapely.geometry.mapping(coords.to_lonlat(geometry, city.srid)),
    }  # fmt: skip
    return web.ok(body)


@routes.get("/api/units")
@routes.doc(**describe.door(answers.Units, describe.CITY))
@door.permit("map.read", "organisation.read")
def units() -> ResponseReturnValue:
    """List districts, streets and communities with their figures."""
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = planning.unit_summaries(tx, city, clock.now())
    items = [
        {
            "code": unit.code, "name": unit.name, "level": unit.level, "parent": unit.parent,
            "cells": unit.cells, "area": round(unit.area, 1), "open_incidents": unit.open_incidents,
            "bounds": list(unit.bounds),
        }
        for unit in found
    ]  # fmt: skip
    return web.ok({"items": items})


@routes.get("/api/releases")
@routes.doc(**describe.door(answers.Releases, describe.CITY))
@door.permit("map.read")
def releases() -> ResponseReturnValue:
    """List the releases of a city's grid, newest first."""
    with web.transaction() as tx:
        found = planning.releases(tx, organisation.city(tx, request.args.get("city")))
    items = [
        {
            "id": release.id, "effective_from": release.effective_from.isoformat(),
            "effective_to": release.effective_to and release.effective_to.isoformat(),
            "cells": release.cells, "published_at": release.published_at.isoformat(), "note": release.note,
        }
        for release in found
    ]  # fmt: skip
    return web.ok({"items": items})
