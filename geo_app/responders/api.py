"""Doors for responders."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from typing import Literal

import shapely
from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from geo_app.core import clock, coords, describe, door, reasons, web
from geo_app.core.coords import Given
from geo_app.core.errors import BadInput
from geo_app.organisation import service as organisation
from geo_app.responders import answers, service
from geo_app.responders.model import LARGEST_ACCURACY, NewPosition, Part, Refusal, Responder, Status
from geo_app.tracks import totals
from geo_app.tracks.model import CellVisit, Position, Total

routes = APIBlueprint("responders", __name__, tag="Responders")
MOST_IDS = 50
SOME_IDS = re.compile(rf"[0-9]{{1,18}}(,[0-9]{{1,18}}){{0,{MOST_IDS - 1}}}", re.ASCII)
IDS = describe.query(
    "id", f"Only those of these ids, {MOST_IDS} at most, with commas between.",
    pattern=f"^{SOME_IDS.pattern}$",
)  # fmt: skip

FROM = describe.query("from", "From this moment on, RFC 3339; the city's midnight when left out.")
TO = describe.query("to", "Before this moment, RFC 3339, 25 hours later at most; now when left out.")
REASON = describe.query(
    "reason", "Why you must see it, 5 to 500 characters; needed for a track that is not your own.",
    minLength=reasons.LENGTH[0], maxLength=reasons.LENGTH[1],
)  # fmt: skip
PAGE, LARGEST_PAGE = 2000, 5000
LIMIT = describe.whole("limit", "Most positions.", PAGE, 1, LARGEST_PAGE)


@routes.get("/api/responders")
@routes.doc(**describe.door(answers.Responders, describe.CITY, IDS))
@door.permit("responder.read")
def responders() -> ResponseReturnValue:
    """List the responders of a city, or some of them, with their last position."""
    ids = _ids(request.args.get("id"))
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.responders(tx, city, clock.now(), ids=ids)
    return web.ok({"type": "FeatureCollection", "features": [_feature(one) for one in found]})


class NewStatus(BaseModel):
    """On or off; what else a responder is doing follows their assignments."""

    model_config = ConfigDict(extra="forbid")
    status: Literal["free", "off"]


@routes.post("/api/responders/<int:responder_id>/status")
@routes.input(NewStatus)
@routes.doc(**describe.door(answers.ResponderFeature))
@door.permit("position.send", "responder.manage")
def status(responder_id: int, json_data: NewStatus) -> ResponseReturnValue:
    """Sign a responder on or off; 409 names the incidents of one who is sent."""
    with web.transaction() as tx:
        return web.once(
            tx, lambda: (200, _feature(service.switch(tx, responder_id, Status(json_data.status))))
        )


class OnePosition(BaseModel):
    """Where and when a responder was: longitude and latitude (x and y of an epsg frame), RFC 3339, metres."""

    model_config = ConfigDict(extra="forbid", strict=True)
    responder: int = Field(gt=0, lt=2**62)
    lon: float
    lat: float
    at: str = Field(max_length=40)
    accuracy: float | None = None


class NewPositions(BaseModel):
    """Positions of responders, all in one frame: wgs84, cgcs2000, gcj02, bd09 or epsg:<number>."""

    model_config = ConfigDict(extra="forbid", strict=True)
    city: str | None = Field(None, max_length=40)
    frame: str = Field(min_length=1, max_length=20)
    positions: list[OnePosition] = Field(min_length=1, max_length=500)


@routes.post("/api/positions")
@routes.input(NewPositions)
@routes.doc(**describe.door(answers.PositionsTaken))
@door.permit("position.send", "responder.manage")
def positions(json_data: NewPositions) -> ResponseReturnValue:
    """Take in where responders are; older ones change nothing, refused ones are named one by one."""
    coords.parse(json_data.frame)
    batch: dict[int, NewPosition] = {}
    refused: list[Refusal] = []
    for index, one in enumerate(json_data.positions):
        try:
            batch[index] = _position(one, json_data.frame)
        except BadInput as error:
            refused.append(Refusal(index, error.field, error.value, error.rule))

    def act() -> tuple[int, object]:
        taken = service.move(tx, organisation.city(tx, json_data.city), batch)
        named = sorted([*refused, *taken.refused], key=lambda refusal: refusal.index)
        return 200, {"stored": taken.stored, "older": taken.older, "refused": [asdict(one) for one in named]}

    with web.transaction() as tx:
        return web.once(tx, act)


@routes.get("/api/responders/<int:responder_id>/track")
@routes.doc(**describe.door(answers.Track, FROM, TO, REASON, LIMIT))
@door.permit("position.send", "track.read")
def track(responder_id: int) -> ResponseReturnValue:
    """List where a responder was on shift, a day at most, oldest first; why one reads of another is recorded.

    `opened` opens the tiles of the same part for half an hour.
    """
    part = Part(_moment("from"), _moment("to"))
    most = web.whole("limit", PAGE, 1, LARGEST_PAGE)
    with web.transaction() as tx:
        found = service.track(tx, responder_id, part, most + 1, request.args.get("reason"))
    positions = found.positions
    following = positions[most].at.isoformat() if len(positions) > most else None
    shown = [_passed(one) for one in positions[:most]]
    answer = web.ok(
        {"responder": responder_id, "positions": shown, "next": following, "opened": found.opened}
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@routes.get("/api/responders/<int:responder_id>/visits")
@routes.doc(**describe.door(answers.Visits, FROM, TO, REASON))
@door.permit("position.send", "track.read")
def visits(responder_id: int) -> ResponseReturnValue:
    """List through which cells a responder went on shift, a day at most; why one reads of another is recorded."""
    part = Part(_moment("from"), _moment("to"))
    with web.transaction() as tx:
        found = service.visits(tx, responder_id, part, request.args.get("reason"))
    answer = web.ok({
        "responder": responder_id, "visits": [_visit(one) for one in found],
        "totals": [_total(one) for one in totals.of(found)],
    })  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _moment(name: str) -> datetime | None:
    text = request.args.get(name)
    return clock.moment(text, name) if text else None


def _passed(one: Position) -> dict[str, object]:
    return {"lon": one.point.x, "lat": one.point.y, "at": one.at.isoformat(), "accuracy": one.accuracy}


def _visit(one: CellVisit) -> dict[str, object]:
    community, street = ({"code": unit.code, "name": unit.name} for unit in one.units[:2])
    return {
        "cell": {"code": one.code, "name": one.name}, "community": community, "street": street,
        "entered_at": one.entered_at.isoformat(), "left_at": one.left_at.isoformat(),
        "seconds": round((one.left_at - one.entered_at).total_seconds(), 1), "metres": round(one.metres, 1),
    }  # fmt: skip


def _total(one: Total) -> dict[str, object]:
    return {
        "level": one.level, "code": one.code, "name": one.name, "seconds": round(one.seconds, 1),
        "metres": round(one.metres, 1), "visits": one.visits,
    }  # fmt: skip


def _ids(said: str | None) -> list[int] | None:
    if said is None:
        return None
    if not SOME_IDS.fullmatch(said):
        raise BadInput("id", said, f"1 to {MOST_IDS} ids with commas between")
    return [int(part) for part in said.split(",")]


def _position(one: OnePosition, frame: str) -> NewPosition:
    if one.accuracy is not None and not 0 <= one.accuracy <= LARGEST_ACCURACY:
        raise BadInput("accuracy", one.accuracy, f"metres from 0 to {LARGEST_ACCURACY:.0f}")
    given = Given(one.lon, one.lat, frame)
    point = coords.point(given, "lon, lat")
    return NewPosition(one.responder, point, clock.moment(one.at, "at"), one.accuracy, given)


def _feature(responder: Responder) -> dict[str, object]:
    return {
        "type": "Feature", "id": responder.id, "geometry": shapely.geometry.mapping(responder.position),
        "properties": {
            "id": responder.id, "code": responder.code, "name": responder.name, "kind": responder.kind,
            "skills": responder.skills, "status": responder.status, "on_shift": responder.is_on_shift,
            "cells": responder.cells, "position_at": responder.position_at.isoformat(), "accuracy": responder.accuracy,
            "load": {"active": responder.active, "capacity": responder.capacity, "today": responder.today},
        },
    }  # fmt: skip
