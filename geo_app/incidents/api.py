"""Doors for what an incident may be about."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

from geo_app.core import clock, describe, door, web
from geo_app.incidents import answers, service
from geo_app.incidents.model import Category
from geo_app.organisation import service as organisation

routes = APIBlueprint("categories", __name__, tag="Categories")


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


def _item(category: Category) -> dict[str, object]:
    return {
        "code": category.code, "name": category.name, "name_en": category.name_en, "skill": category.skill,
        "is_urgent": category.is_urgent, "respond_minutes": category.respond_minutes,
    }  # fmt: skip
