"""Doors for responders."""

from __future__ import annotations

from typing import Literal

import shapely
from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict

from geo_app.core import clock, describe, web
from geo_app.organisation import service as organisation
from geo_app.responders import answers, service
from geo_app.responders.model import Responder, Status

routes = APIBlueprint("responders", __name__, tag="Responders")


@routes.get("/api/responders")
@routes.doc(**describe.door(answers.Responders, describe.CITY))
def responders() -> ResponseReturnValue:
    """List the responders of a city with their last position."""
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.responders(tx, city, clock.now())
    return web.ok({"type": "FeatureCollection", "features": [_feature(one) for one in found]})


class NewStatus(BaseModel):
    """On or off; what else a responder is doing follows their assignments."""

    model_config = ConfigDict(extra="forbid")
    status: Literal["free", "off"]


@routes.post("/api/responders/<int:responder_id>/status")
@routes.input(NewStatus)
@routes.doc(**describe.door(answers.ResponderFeature))
def status(responder_id: int, json_data: NewStatus) -> ResponseReturnValue:
    """Sign a responder on or off; 409 names the incidents of one who is sent."""
    with web.transaction() as tx:
        return web.once(
            tx, lambda: (200, _feature(service.switch(tx, responder_id, Status(json_data.status))))
        )


def _feature(responder: Responder) -> dict[str, object]:
    return {
        "type": "Feature", "id": responder.id, "geometry": shapely.geometry.mapping(responder.position),
        "properties": {
            "id": responder.id, "code": responder.code, "name": responder.name, "kind": responder.kind,
            "skills": responder.skills, "status": responder.status, "on_shift": responder.is_on_shift,
            "cells": responder.cells, "position_at": responder.position_at.isoformat(),
        },
    }  # fmt: skip
