"""Doors for files of cells: bring one and read its report, accept mends, make a plan of it, fetch one."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from geo_app.core import db, describe, door, forms, web
from geo_app.core.errors import BadInput
from geo_app.exchange import answers, service, telling
from geo_app.exchange.model import MEDIA, Format, Reading
from geo_app.organisation import service as organisation

routes = APIBlueprint("grids", __name__, tag="Grids in files")
MOST = 5000
LIMIT = describe.whole("limit", "Most findings, and most changed cells.", 1000, 1, MOST)
LISTED = describe.whole("limit", "Most imports.", 50, 1, 500)
FORM = describe.choice("format", "Of the file.", "geojson", tuple(one.value for one in Format))
RELEASE = describe.query(
    "release", "Number of a release; without one the grid in force.", type="integer", minimum=1
)
PLAN = describe.query("plan", "Number of a plan, as it is drawn now.", type="integer", minimum=1)
STATED = ("frame", "axes", "encoding", "layer")
LONGEST = 200
PARTS = {
    "file": {"type": "string", "format": "binary", "description": "one of five formats, a shapefile in a zip"},
    "frame": {"type": "string", "description": "wgs84, gcj02, bd09 or epsg:n, where the file does not say"},
    "axes": {"type": "string", "enum": ["xy", "yx"], "description": "which coordinate comes first"},
    "encoding": {"type": "string", "description": "of a shapefile's texts"},
    "layer": {"type": "string", "description": "where the file holds several"},
    "columns": {"type": "string", "description": "JSON: {\"code\": …, \"name\": …, \"community\": …}"},
}  # fmt: skip


class Accepting(BaseModel):
    """Mends that are accepted: ids of findings, or cell and kind as `110:overlap`."""

    model_config = ConfigDict(extra="forbid", strict=True)
    accept: list[Annotated[str, Field(min_length=1, max_length=LONGEST)]] = Field(
        min_length=1, max_length=MOST
    )


class Taking(BaseModel):
    """What the plan is called, or the note of a city's first release."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str = Field(min_length=1, max_length=100)


@routes.post("/api/grids/imports")
@routes.doc(
    **describe.door(answers.ReportSheet, describe.CITY, LIMIT, status=201, headers=("Location",), parts=PARTS)
)
@forms.taken
@door.permit("plan.edit")
def bring() -> ResponseReturnValue:
    """Bring a file of cells; the answer is its report. Nothing of the city changes."""
    sent = request.files.getlist("file")
    if len(sent) != 1:
        raise BadInput("file", len(sent), "one file")
    raw, how, most = sent[0].read(), _reading(), web.whole("limit", 1000, 1, MOST)
    said = sha256(raw).digest() + json.dumps(how.options, sort_keys=True).encode()

    def act() -> tuple[int, object]:
        city = organisation.city(tx, request.args.get("city"))
        return 201, _report(tx, service.bring(tx, city, sent[0].filename or "file", raw, how).id, most)

    with web.transaction() as tx:
        answer = web.once(tx, act, said=said)
    answer.headers["Location"] = f"/api/grids/imports/{answer.get_json()['file']['id']}"
    return answer


@routes.get("/api/grids/imports")
@routes.doc(**describe.door(answers.Imports, describe.CITY, LISTED))
@door.permit("plan.edit", "release.approve")
def imports() -> ResponseReturnValue:
    """List the files that were brought for a city, newest first."""
    most = web.whole("limit", 50, 1, 500)
    with web.transaction() as tx:
        found = service.imports(tx, organisation.city(tx, request.args.get("city")), most)
    return web.ok({"items": [telling.brought(one) for one in found]})


@routes.get("/api/grids/imports/<int:import_id>")
@routes.doc(**describe.door(answers.ReportSheet, LIMIT))
@door.permit("plan.edit", "release.approve")
def report(import_id: int) -> ResponseReturnValue:
    """Return what is wrong with a file that was brought, with what was accepted until now."""
    most = web.whole("limit", 1000, 1, MOST)
    with web.transaction() as tx:
        body = _report(tx, import_id, most)
    return web.ok(body)


@routes.get("/api/grids/imports/<int:import_id>/cells/<code>")
@routes.doc(**describe.door(answers.Preview))
@door.permit("plan.edit", "release.approve")
def preview(import_id: int, code: str) -> ResponseReturnValue:
    """Return one cell as it stands in the file and as it would be when everything is mended."""
    with web.transaction() as tx:
        city, before, after = service.preview(tx, import_id, code)
    return web.ok(telling.compared(code, before, after, city.srid))


@routes.post("/api/grids/imports/<int:import_id>/accept")
@routes.input(Accepting, location="json")
@routes.doc(**describe.door(answers.ReportSheet, LIMIT))
@door.permit("plan.edit")
def accept(import_id: int, json_data: Accepting) -> ResponseReturnValue:
    """Accept mends by name; that is kept, and holds again when the same defects come in another file."""
    most = web.whole("limit", 1000, 1, MOST)

    def act() -> tuple[int, object]:
        found = service.accept(tx, import_id, json_data.accept)
        return 200, {"file": telling.brought(service.imported(tx, import_id)), **telling.told(found, most)}

    with web.transaction() as tx:
        return web.once(tx, act)


@routes.post("/api/grids/imports/<int:import_id>/plan")
@routes.input(Taking, location="json")
@routes.doc(**describe.door(answers.ImportItem, status=201))
@door.permit("plan.edit")
def take(import_id: int, json_data: Taking) -> ResponseReturnValue:
    """Make a plan of an import in which everything is decided; of a city without a grid, its first release."""
    with web.transaction() as tx:
        return web.once(tx, lambda: (201, telling.brought(service.take(tx, import_id, json_data.name))))


@routes.get("/api/grids/export")
@routes.doc(
    **describe.door(
        ", ".join(dict.fromkeys(one.split(";")[0] for one in MEDIA.values())),
        describe.CITY,
        RELEASE,
        PLAN,
        FORM,
    )
)
@door.permit("map.read")
def export() -> ResponseReturnValue:
    """Return the cells in force, of a release or of a plan as a file that comes back to the millimetre."""
    form = Format(web.choice("format", "geojson", tuple(one.value for one in Format)))
    release, plan = _number("release"), _number("plan")
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        name, raw = service.export(tx, city, form, release=release, plan=plan)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(raw, headers=headers, content_type=MEDIA[form])


def _report(tx: db.Transaction, import_id: int, most: int) -> dict[str, Any]:
    found = service.imported(tx, import_id)
    return {"file": telling.brought(found), **telling.told(service.report(tx, import_id), most)}


def _reading() -> Reading:
    """Return how the form says that the file is to be read."""
    said: dict[str, str | None] = {}
    for name in STATED:
        text = request.form.get(name) or None
        if text is not None and (len(text) > LONGEST or not text.isprintable()):
            raise BadInput(name, text, f"1 to {LONGEST} characters")
        said[name] = text
    return Reading(**said, columns=_columns(request.form.get("columns") or "{}"))


def _columns(text: str) -> dict[str, str]:
    rule = 'JSON: {"code": …, "name": …, "community": …}'
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput("columns", text, rule) from error
    is_plain = isinstance(found, dict) and set(found) <= {"code", "name", "community"}
    if not is_plain or not all(isinstance(one, str) and 0 < len(one) <= LONGEST for one in found.values()):
        raise BadInput("columns", text, rule)
    return dict(found)


def _number(name: str) -> int | None:
    return web.whole(name, 0, 1, 999_999_999) if name in request.args else None
