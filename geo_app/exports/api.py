"""Doors for exports: make one, which answers with the file, and look at what was made."""

from __future__ import annotations

from typing import Annotated

from apiflask import APIBlueprint
from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from geo_app.core import clock, describe, door, reasons, web
from geo_app.core.errors import Conflict
from geo_app.exports import answers, service
from geo_app.exports.model import MEDIA, Export, Format, Made, Order, Things
from geo_app.incidents.model import Choice
from geo_app.organisation import service as organisation
from layers.words import Lang

routes = APIBlueprint("exports", __name__, tag="Exports")
STATES = {"open": True, "closed": False, "all": None}
HASH = describe.query("sha256", "Only of a file with this SHA-256.", pattern="^[0-9a-f]{64}$")
LIMIT = describe.whole("limit", "Most exports.", 50, 1, 500)


class Strict(BaseModel):
    """A body that means exactly what it says."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Filters(Strict):
    """Which of them; `since` and `until` are RFC 3339 with their zone, by when it occurred."""

    state: str = Field("all", pattern="^(open|closed|all)$")
    category: str | None = Field(None, max_length=100)
    since: str | None = Field(None, max_length=40)
    until: str | None = Field(None, max_length=40)

    def choice(self) -> Choice:
        """Return what is chosen."""
        since = None if self.since is None else clock.moment(self.since, "filters.since")
        until = None if self.until is None else clock.moment(self.until, "filters.until")
        return Choice(STATES[self.state], None, self.category, since, until)


class Wanted(Strict):
    """An export, and why; it is recorded."""

    city: str | None = Field(None, max_length=40)
    things: Annotated[Things, Field(strict=False)]
    format: Annotated[Format, Field(strict=False)]
    reason: str = Field(min_length=reasons.LENGTH[0], max_length=reasons.LENGTH[1])
    lang: Annotated[Lang, Field(strict=False)] = Lang.ZH
    filters: Filters = Filters(state="all", category=None, since=None, until=None)


@routes.post("/api/exports")
@routes.input(Wanted)
@routes.doc(
    **describe.door(", ".join(one.split(";")[0] for one in MEDIA.values()), status=201, headers=("Location",))
)
@door.permit("export.make")
def make(json_data: Wanted) -> ResponseReturnValue:
    """Make a file of masked values, marked with its number; who took it and why is recorded, the file is not kept."""
    said = json_data
    order = Order(said.things, said.filters.choice(), said.format, said.reason, said.lang)
    made: list[Made] = []

    def act() -> tuple[int, object]:
        city = organisation.city(tx, said.city)
        made.append(service.make(tx, city, order, int(current_app.extensions["settings"].export_rows)))
        return 201, {"id": made[0].export.id}

    with web.transaction() as tx:
        answer = web.once(tx, act)
    if not made:
        raise Conflict(
            f"this key made export {answer.get_json()['id']}; its file is not kept: take a new key"
        )
    return _file(made[0])


@routes.get("/api/exports")
@routes.doc(**describe.door(answers.Exports, describe.CITY, HASH, LIMIT))
@door.permit("audit.read", "export.make")
def exports() -> ResponseReturnValue:
    """List exports, newest first: one's own, or all of them for who may read the audit."""
    most = web.whole("limit", 50, 1, 500)
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.exports(tx, city, most, file_hash=request.args.get("sha256"))
    return web.ok({"items": [_item(one) for one in found]})


@routes.get("/api/exports/<int:export_id>")
@routes.doc(**describe.door(answers.ExportItem, describe.CITY))
@door.permit("audit.read", "export.make")
def export(export_id: int) -> ResponseReturnValue:
    """Show what is known of an export by the number that stands in its file."""
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.export(tx, city, export_id)
    return web.ok(_item(found))


def _file(made: Made) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{made.name}"',
        "Location": f"/api/exports/{made.export.id}",
        "Cache-Control": "private, no-store",
    }
    return Response(made.content, 201, headers, content_type=MEDIA[made.export.format])


def _item(one: Export) -> dict[str, object]:
    return {
        "id": one.id, "things": one.things, "format": one.format, "filters": one.filters, "reason": one.reason,
        "rows": one.rows, "bytes": one.bytes, "sha256": one.sha256, "actor": one.actor,
        "made_at": one.made_at.isoformat(),
    }  # fmt: skip
