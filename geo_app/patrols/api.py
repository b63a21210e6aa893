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
from geo_app.patrols.model import Round, Route, Share

routes = APIBlueprint("patrols", __name__, tag="Patrols")


ROADS = describe.choice("roads", "yes with the way along the roads.", "no", ("yes", "no"))


@routes.get("/api/routes")
@routes.doc(**describe.door(answers.Routes, describe.CITY, ROADS))
@door.permit("patrol.read")
def patrol_routes() -> ResponseReturnValue:
    """List the patrol routes of a city with the cells they run through, in metres along the route.

    With `roads=yes` each tells how it is walked along the roads, with metres and minutes for each cell and street.
    """
    is_walked, at = web.choice("roads", "no", ("yes", "no")) == "yes", clock.now()
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.routes(tx, city, at)
        walked = [service.walk(tx, city, route, at) if is_walked else None for route in found]
    features = [_feature(city, *one) for one in zip(found, walked, strict=True)]
    return web.ok({"type": "FeatureCollection", "features": features})


def _feature(city: City, route: Route, walked: Round | None) -> dict[str, object]:
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
            "walked": None if walked is None else _walked(city, walked),
        },
    }  # fmt: skip


def _walked(city: City, one: Round) -> dict[str, object]:
    return {
        "metres": round(one.line.length, 1), "minutes": round(one.seconds / 60, 1),
        "on_roads": round(one.on_roads, 1), "off_roads": round(max(one.line.length - one.on_roads, 0.0), 1),
        "roads": list(one.roads), "line": shapely.geometry.mapping(coords.to_lonlat(one.line, city.srid)),
        "cells": [{**_share(part), "street": {"code": part.street}} for part in one.cells],
        "streets": [_share(part) for part in one.streets],
    }  # fmt: skip


def _share(one: Share) -> dict[str, object]:
    return {
        "code": one.code, "name": one.name, "metres": round(one.metres, 1), "minutes": round(one.seconds / 60, 1),
    }  # fmt: skip
