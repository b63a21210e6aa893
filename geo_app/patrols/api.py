"""Doors for patrol routes."""

from __future__ import annotations

import shapely
from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

from geo_app.core import clock, coords, describe, door, web
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.patrols import answers, service
from geo_app.patrols.model import Route

routes = APIBlueprint("patrols", __name__, tag="Patrols")


@routes.get("/api/routes")
@routes.doc(**describe.door(answers.Routes, describe.CITY))
@door.permit("patrol.read")
def patrol_routes() -> ResponseReturnValue:
    """List the patrol routes of a city with the cells they run through, in metres along the route."""
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.routes(tx, city, clock.now())
    return web.ok({"type": "FeatureCollection", "features": [_feature(city, route) for route in found]})


def _feature(city: City, route: Route) -> dict[str, object]:
    return {
        "type": "Feature", "id": route.id,
        "geometry": shapely.geometry.mapping(coords.to_lonlat(route.line, city.srid)),
        "properties": {
            "id": route.id, "code": route.code, "name": route.name, "length": round(route.line.length, 1),
            "responder": {"id": route.responder, "name": route.responder_name},
            "cells": [
                {
                    "code": part.code, "name": part.name,
                    "enter": round(part.enter_at, 1), "exit": round(part.exit_at, 1),
                }
                for part in route.stretches
            ],
        },
    }  # fmt: skip
