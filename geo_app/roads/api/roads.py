"""Doors for roads: which are near, the way between two places, how far one gets, what is closed or slowed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field
from shapely import Point

from geo_app.core import clock, coords, db, describe, door, web
from geo_app.core.coords import Given
from geo_app.core.errors import BadInput
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.roads import answers, closing, service, wire
from geo_app.roads.model import Mode, NewOverride, Override, Stretch

routes = APIBlueprint("roads", __name__, tag="Roads")
NAME = describe.query("name", "The street with this name; else the roads at lon, lat.")
LON = describe.query("lon", "Longitude, or x of the frame.", type="number")
LAT = describe.query("lat", "Latitude, or y of the frame.", type="number")
LIMIT = describe.whole("limit", "Most roads.", 5, 1, 50)
ENDS = tuple(
    describe.query(name, "x or longitude, comma, y or latitude.", required=True)
    for name in ("start", "target")
)
MODES = tuple(str(mode) for mode in Mode)
MODE = describe.choice("mode", "How somebody travels.", Mode.EBIKE, MODES)
AT = describe.query("at", "The moment whose closings hold, RFC 3339; now when left out.")
PAST = describe.choice("past", "yes with those that are over.", "no", ("yes", "no"))
MOST = 500
LONGEST = 7_200
"""Seconds an isochrone may have at this door."""
SECONDS = describe.whole("seconds", "How long one travels.", 900, 1, LONGEST)
WAY = describe.choice("way", "out: where one gets to; in: from where one comes.", "out", ("out", "in"))


class Strict(BaseModel):
    """A body that means exactly what it says: no member we do not know, no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Named(Strict):
    """A stretch of road as its source names it; without nodes all of the source."""

    source_id: int = Field(ge=-(2**62), le=2**62)
    from_node: int | None = Field(None, ge=-(2**62), le=2**62)
    to_node: int | None = Field(None, ge=-(2**62), le=2**62)

    @property
    def stretch(self) -> Stretch:
        """Return the stretch; without both nodes it is all of the source."""
        if (self.from_node is None) != (self.to_node is None):
            raise BadInput("stretches", self.source_id, "both nodes or none")
        return Stretch(self.source_id, self.from_node, self.to_node)


class Spot(Strict):
    """Coordinates and their frame: wgs84, cgcs2000, gcj02, bd09 or epsg:<number> (then x and y)."""

    lon: float = Field(allow_inf_nan=False)
    lat: float = Field(allow_inf_nan=False)
    frame: str = Field(min_length=1, max_length=20)


class Changed(Strict):
    """How much of the usual speed is left (null: closed), until when, and why."""

    share: float | None = Field(ge=0.01, le=0.99, allow_inf_nan=False)
    ends_at: str = Field(max_length=40)
    reason: str = Field(min_length=1, max_length=closing.LONGEST_REASON)


class Closed(Changed):
    """Roads to close or slow: by stretches, by the street's name, or the road at a position."""

    city: str | None = Field(None, max_length=40)
    stretches: list[Named] = Field(default_factory=list, max_length=closing.MOST_STRETCHES)
    name: str | None = Field(None, min_length=1, max_length=100)
    position: Spot | None = None
    modes: list[Annotated[Mode, Field(strict=False)]] = Field(list(Mode), min_length=1, max_length=len(Mode))
    begins_at: str | None = Field(None, max_length=40)


@routes.get("/api/roads")
@routes.doc(**describe.door(answers.Roads, describe.CITY, NAME, LON, LAT, describe.FRAME, LIMIT))
@door.permit("map.read")
def roads() -> ResponseReturnValue:
    """List the roads at a place, the nearest first, or the stretches of the street with a name."""
    most, name = web.whole("limit", 5, 1, 50), request.args.get("name")
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = closing.named(tx, city, name)[:MOST] if name else closing.near(tx, city, _asked(), most)
    return web.ok({"type": "FeatureCollection", "features": [wire.road(one) for one in found]})


@routes.get("/api/roads/route")
@routes.doc(**describe.door(answers.Way, describe.CITY, *ENDS, describe.FRAME, MODE, AT))
@door.permit("map.read")
def route() -> ResponseReturnValue:
    """Tell the quickest way from `start` to `target`, step by step."""
    mode = Mode(web.choice("mode", Mode.EBIKE, MODES))
    start, target = _pair("start"), _pair("target")
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        engine = service.engine(tx, city.id, mode, _at())
    ends = (coords.to_metric(place, city.srid) for place in (start, target))
    found = engine.route(*ends, with_steps=True)
    return web.ok({"mode": mode, "is_estimate": engine.is_estimate, **wire.way(found, city)})


@routes.get("/api/roads/isochrone")
@routes.doc(**describe.door(answers.Area, describe.CITY, LON, LAT, describe.FRAME, MODE, SECONDS, WAY, AT))
@door.permit("map.read")
def isochrone() -> ResponseReturnValue:
    """Tell where one gets to from a place within some seconds, or comes from with `way=in`."""
    mode, place = Mode(web.choice("mode", Mode.EBIKE, MODES)), _asked()
    seconds, is_inward = (
        web.whole("seconds", 900, 1, LONGEST),
        web.choice("way", "out", ("out", "in")) == "in",
    )
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        engine = service.engine(tx, city.id, mode, _at())
    found = engine.isochrone(coords.to_metric(place, city.srid), float(seconds), is_inward=is_inward)
    return web.ok(wire.area(found, mode, city, is_inward=is_inward))


@routes.get("/api/roads/overrides")
@routes.doc(**describe.door(answers.Overrides, describe.CITY, PAST))
@door.permit("map.read")
def overrides() -> ResponseReturnValue:
    """List what is closed or slowed now or later, the newest first; `past=yes` also what was."""
    also_past = web.choice("past", "no", ("yes", "no")) == "yes"
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = closing.overrides(tx, city, also_past=also_past)
    return web.ok({"type": "FeatureCollection", "features": [_shown(one) for one in found]})


@routes.get("/api/roads/overrides/<int:override_id>")
@routes.doc(**describe.door(answers.OverrideFeature, headers=("ETag",)))
@door.permit("map.read")
def override(override_id: int) -> ResponseReturnValue:
    """Return one override with its version."""
    with web.transaction() as tx:
        found = closing.get(tx, override_id)
    return web.ok(_shown(found), etag=found.version)


@routes.post("/api/roads/overrides")
@routes.input(Closed)
@routes.doc(**describe.door(answers.OverrideFeature, status=201, headers=("Location", "ETag")))
@door.permit("road.manage")
def close(json_data: Closed) -> ResponseReturnValue:
    """Close or slow roads for a time; what already stands for all of that time is answered as it is."""

    def act() -> tuple[int, object]:
        city = organisation.city(tx, json_data.city)
        made, _ = closing.override(tx, city, _new(tx, city, json_data))
        return 201, _shown(made)

    with web.transaction() as tx:
        answer = web.once(tx, act)
    answer.headers["Location"] = f"/api/roads/overrides/{answer.get_json()['id']}"
    return web.tagged(answer, answer.get_json()["properties"]["version"])


@routes.patch("/api/roads/overrides/<int:override_id>")
@routes.input(Changed)
@routes.doc(**describe.door(answers.OverrideFeature, headers=("ETag",), is_edit=True))
@door.permit("road.manage")
def change(override_id: int, json_data: Changed) -> ResponseReturnValue:
    """Change how much of the speed is left, until when, or why; If-Match names the version that was looked at."""
    version, ends_at = web.version(), clock.moment(json_data.ends_at, "ends_at")

    def act() -> tuple[int, object]:
        said = (json_data.share, ends_at, json_data.reason)
        return 200, _shown(closing.change(tx, override_id, version, *said))

    with web.transaction() as tx:
        answer = web.once(tx, act)
    return web.tagged(answer, answer.get_json()["properties"]["version"])


@routes.post("/api/roads/overrides/<int:override_id>/open")
@routes.doc(**describe.door(answers.OverrideFeature, headers=("ETag",), is_edit=True))
@door.permit("road.manage")
def lift(override_id: int) -> ResponseReturnValue:
    """Open the roads again from now on; If-Match names the version that was looked at."""
    version = web.version()
    with web.transaction() as tx:
        answer = web.once(tx, lambda: (200, _shown(closing.lift(tx, override_id, version))))
    return web.tagged(answer, answer.get_json()["properties"]["version"])


def _new(tx: db.Transaction, city: City, said: Closed) -> NewOverride:
    """Return what a body means."""
    if (bool(said.stretches), said.name is not None, said.position is not None).count(True) != 1:
        raise BadInput("stretches", len(said.stretches), "or name or position: exactly one of them")
    meant = tuple(one.stretch for one in said.stretches)
    if said.name is not None:
        meant = closing.stretches(closing.named(tx, city, said.name))
        if not meant:
            raise BadInput("name", said.name, f"a street of {city.name}")
    if said.position is not None:
        given = Given(said.position.lon, said.position.lat, said.position.frame)
        at_place = closing.near(tx, city, coords.point(given, "position"), 1)
        if not at_place:
            raise BadInput("position", [given.x, given.y], f"within {closing.REACH:g} m of a road")
        meant = (at_place[0].stretch,)
    begins = clock.now() if said.begins_at is None else clock.moment(said.begins_at, "begins_at")
    ends = clock.moment(said.ends_at, "ends_at")
    return NewOverride(meant, said.share, frozenset(said.modes), begins, ends, said.reason)


def _shown(one: Override) -> dict[str, Any]:
    return wire.override(one, clock.now())


def _at() -> datetime | None:
    text = request.args.get("at")
    return None if text is None else clock.moment(text, "at")


def _asked() -> Point:
    return _place((request.args.get("lon", ""), request.args.get("lat", "")), "lon")


def _pair(name: str) -> Point:
    return _place(tuple(request.args.get(name, "").split(",")), name)


def _place(texts: tuple[str, ...], field: str) -> Point:
    try:
        x, y = map(float, texts)
    except ValueError as error:
        raise BadInput(field, ",".join(texts), "numbers: x or longitude, y or latitude") from error
    return coords.point(Given(x, y, request.args.get("frame", "wgs84")), field)
