"""Doors to the organisation: the units and departments of a city with their dates; departments change here.

Units change with the releases of the grid, because their outlines are unions of cells.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from geo_app.core import clock, describe, door, web
from geo_app.core.answers import Answer
from geo_app.organisation import service
from geo_app.organisation.model import DatedUnit, Department, NewDepartment

routes = APIBlueprint("organisation", __name__, tag="Organisation")
LONGEST = 200
"""Characters of a name before white space is taken away."""


class Body(BaseModel):
    """A body that means exactly what it says."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Names(Body):
    """What a department is called; without an English name the first stands for both."""

    name: str = Field(max_length=LONGEST)
    name_en: str = Field("", max_length=LONGEST)


class Added(Names):
    """A department about to be added; `since` is RFC 3339, now when it is left out."""

    city: str | None = Field(None, max_length=40)
    code: str = Field(max_length=40)
    since: str | None = Field(None, max_length=40)


class Until(Body):
    """When a department ends (RFC 3339, excluded); null when it goes on."""

    until: str | None = Field(max_length=40)


class UnitShape(Answer):
    """A district, street or community; `parent` is the id of the unit above."""

    id: int
    level: str
    code: str
    name: str
    parent: int | None
    since: str | None
    until: str | None


class DepartmentShape(Answer):
    """A department."""

    id: int
    code: str
    name: str
    name_en: str
    since: str | None
    until: str | None


class Organisation(Answer):
    """Every unit and department a city has, had or will have, by code."""

    city: str
    name: str
    name_en: str
    time_zone: str
    units: list[UnitShape]
    departments: list[DepartmentShape]


@routes.get("/api/organisation")
@routes.doc(**describe.door(Organisation, describe.CITY))
@door.permit("organisation.read")
def organisation() -> ResponseReturnValue:
    """Show the units and departments of a city with their dates."""
    with web.transaction() as tx:
        city = service.city(tx, request.args.get("city"))
        units, departments = service.tree(tx, city)
    return web.ok({
        "city": city.code, "name": city.name, "name_en": city.name_en, "time_zone": city.time_zone,
        "units": [_unit(one) for one in units], "departments": [_department(one) for one in departments],
    })  # fmt: skip


@routes.post("/api/departments")
@routes.input(Added)
@routes.doc(**describe.door(DepartmentShape, status=201))
@door.permit("organisation.manage")
def add(json_data: Added) -> ResponseReturnValue:
    """Add a department."""
    since = clock.now() if json_data.since is None else clock.moment(json_data.since, "since")
    new = NewDepartment(json_data.code, json_data.name, json_data.name_en)
    with web.transaction() as tx:
        return web.once(
            tx,
            lambda: (
                201, _department(service.add_department(tx, service.city(tx, json_data.city), new, since)),
            ),
        )  # fmt: skip


@routes.post("/api/departments/<int:department_id>/names")
@routes.input(Names)
@routes.doc(**describe.door(DepartmentShape))
@door.permit("organisation.manage")
def rename(department_id: int, json_data: Names) -> ResponseReturnValue:
    """Give a department other names from now on."""
    with web.transaction() as tx:
        return web.once(
            tx,
            lambda: (
                200,
                _department(service.rename_department(tx, department_id, json_data.name, json_data.name_en)),
            ),
        )


@routes.post("/api/departments/<int:department_id>/until")
@routes.input(Until)
@routes.doc(**describe.door(DepartmentShape))
@door.permit("organisation.manage")
def end(department_id: int, json_data: Until) -> ResponseReturnValue:
    """Let a department end, or go on."""
    until = None if json_data.until is None else clock.moment(json_data.until, "until")
    with web.transaction() as tx:
        return web.once(tx, lambda: (200, _department(service.end_department(tx, department_id, until))))


def _unit(one: DatedUnit) -> dict[str, Any]:
    return {
        "id": one.id, "level": one.level, "code": one.code, "name": one.name, "parent": one.parent,
        "since": _moment(one.since), "until": _moment(one.until),
    }  # fmt: skip


def _department(one: Department) -> dict[str, Any]:
    return {
        "id": one.id, "code": one.code, "name": one.name, "name_en": one.name_en, "since": _moment(one.since),
        "until": _moment(one.until),
    }  # fmt: skip


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
