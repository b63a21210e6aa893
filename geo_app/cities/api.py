"""Doors to a generated city's live stream."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict

from geo_app.cities import service
from geo_app.core import describe, door, web
from geo_app.core.answers import Answer
from geo_app.organisation import service as organisation

routes = APIBlueprint("cities", __name__, tag="Generated city")


class Stream(BaseModel):
    """Whether made-up incidents come in."""

    model_config = ConfigDict(extra="forbid", strict=True)
    running: bool


class Streaming(Answer):
    """Whether made-up incidents come in."""

    running: bool


@routes.get("/api/demo/<city>/stream")
@routes.doc(**describe.door(Streaming))
@door.permit("map.read")
def stream(city: str) -> ResponseReturnValue:
    """Return whether the city's made-up stream runs."""
    with web.transaction() as tx:
        return web.ok({"running": service.is_streaming(tx, organisation.city(tx, city))})


@routes.post("/api/demo/<city>/stream")
@routes.input(Stream)
@routes.doc(**describe.door(Streaming))
@door.permit("demo.run")
def set_stream(city: str, json_data: Stream) -> ResponseReturnValue:
    """Start or stop the city's made-up stream; it stops by itself after half an hour."""

    def act() -> tuple[int, object]:
        found = organisation.city(tx, city)
        if json_data.running:
            service.start_stream(tx, found)
        else:
            service.stop_stream(tx, found)
        return 200, {"running": json_data.running}

    with web.transaction() as tx:
        return web.once(tx, act)
