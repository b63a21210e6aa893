"""Doors for what an incident may be about, and for what may have been reported already."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import current_app, request
from flask.typing import ResponseReturnValue

from geo_app.core import clock, coords, describe, door, web
from geo_app.core.coords import Given
from geo_app.core.errors import BadInput
from geo_app.incidents import answers, near, nearness, service
from geo_app.incidents.model import Category, Channel, NewReport
from geo_app.incidents.nearness import Limits
from geo_app.organisation import service as organisation

routes = APIBlueprint("categories", __name__, tag="Categories")
CATEGORY = describe.query("category", "Code of the category.", required=True)
ADDRESS = describe.query("address", "Where it is; a position counts before it.")
LON = describe.query("lon", "Longitude, or x of the frame.", type="number")
LAT = describe.query("lat", "Latitude, or y of the frame.", type="number")


@routes.get("/api/categories")
@routes.doc(**describe.door(answers.Categories, describe.CITY))
@door.permit("incident.read")
def categories() -> ResponseReturnValue:
    """List the categories a city uses today, urgent ones first."""
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.categories(tx, city, clock.now())
    ordered = sorted(found.values(), key=lambda one: (not one.is_urgent, one.code))
    return web.ok({"items": [_item(one) for one in ordered]})


@routes.get("/api/incidents/near")
@routes.doc(
    tags=["Incidents"],
    **describe.door(answers.NearIncidents, describe.CITY, CATEGORY, ADDRESS, LON, LAT, describe.FRAME),
)
@door.permit("incident.read")
def near_incidents() -> ResponseReturnValue:
    """List open incidents that a report of this category here would repeat (疑似重复), the likeliest first."""
    here = current_app.extensions["settings"]
    limits = Limits.read(here.near_metres, here.near_hours)
    given = _given()
    new = NewReport(
        channel=Channel.WEB, description="", occurred_at=clock.now(), category=request.args.get("category", ""),
        address=request.args.get("address"), position=None if given is None else coords.point(given, "position"),
    )  # fmt: skip
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = near.of_report(tx, city, new, limits)
    hours = limits.window.total_seconds() / 3600
    items = [nearness.told(one) for one in found]
    return web.ok({"items": items, "metres": limits.metres, "hours": hours})


def _given() -> Given | None:
    """Return the coordinates a request states, None when it states none."""
    said = {name: request.args.get(name) for name in ("lon", "lat")}
    if all(text is None for text in said.values()):
        return None
    numbers = []
    for name, text in said.items():
        try:
            numbers.append(float(text or ""))
        except ValueError as error:
            raise BadInput(name, text, "a number") from error
    return Given(numbers[0], numbers[1], request.args.get("frame", "wgs84"))


def _item(category: Category) -> dict[str, object]:
    return {
        "code": category.code, "name": category.name, "name_en": category.name_en, "skill": category.skill,
        "is_urgent": category.is_urgent, "respond_minutes": category.respond_minutes,
    }  # fmt: skip
