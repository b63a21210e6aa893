"""Doors for photos: one comes in, also by a report's code; an incident's are listed and shown."""

from __future__ import annotations

from hashlib import sha256

from apiflask import APIBlueprint
from flask import Response, request
from flask.typing import ResponseReturnValue

from geo_app.core import describe, door, forms, web
from geo_app.core.errors import BadInput
from geo_app.photos import answers, picture, service
from geo_app.photos.model import Photo

routes = APIBlueprint("photos", __name__, tag="Photos")
SIZE = describe.choice("size", "small for a list.", "whole", ("whole", "small"))
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}
PARTS = {
    "photo": {"type": "string", "format": "binary", "description": "JPEG, PNG or WebP; its content says which"},
    "code": {"type": "string", "maxLength": 100, "description": "of the report; the incident's first without"},
}  # fmt: skip


@routes.get("/api/incidents/<int:incident_id>/photos")
@routes.doc(**describe.door(answers.Photos))
@door.permit("incident.read")
def photos(incident_id: int) -> ResponseReturnValue:
    """List the photos of an incident in the order they came."""
    with web.transaction() as tx:
        found = service.photos(tx, incident_id)
    return web.ok({"items": [_item(one) for one in found]})


@routes.get("/api/incidents/<int:incident_id>/photos/<int:photo_id>")
@routes.doc(**describe.door("image/jpeg", SIZE))
@door.permit("incident.read")
def photo(incident_id: int, photo_id: int) -> ResponseReturnValue:
    """Show a photo: pixels only, no place and no phone is written in it."""
    is_small = web.choice("size", "whole", ("whole", "small")) == "small"
    with web.transaction() as tx:
        content = service.content(tx, incident_id, photo_id, is_small=is_small)
    name = f'inline; filename="incident-{incident_id}-photo-{photo_id}.jpg"'
    return Response(content, mimetype="image/jpeg", headers={**HEADERS, "Content-Disposition": name})


@routes.post("/api/incidents/<int:incident_id>/photos")
@routes.doc(**describe.door(answers.PhotoItem, status=201, headers=("Location",), parts=PARTS))
@forms.taken
@door.permit("incident.report")
def add(incident_id: int) -> ResponseReturnValue:
    """Add a photo to a report; kept are its pixels, turned upright, at most 2048 on the longer side."""
    raw, code = _sent(), request.form.get("code") or None
    clean = picture.clean(raw)

    def act() -> tuple[int, object]:
        return 201, _item(service.add(tx, incident_id, code, clean))

    with web.transaction() as tx:
        answer = web.once(tx, act, said=sha256(raw).digest() + (code or "").encode("utf-8", "replace"))
    answer.headers["Location"] = answer.get_json()["path"]
    return answer


@routes.post("/api/reports/<code>/photos")
@routes.doc(**describe.door(answers.OwnPhoto, status=201, parts={"photo": PARTS["photo"]}))
@forms.taken
@door.permit(door.PUBLIC)
def add_own(code: str) -> ResponseReturnValue:
    """Add a photo to one's own report; nobody sees it here again."""
    raw = _sent()
    with web.database().transaction(door.teller()) as tx:
        incident_id = service.incident_of(tx, code)  # before any work is done for who has no code
    clean = picture.clean(raw)

    def act() -> tuple[int, object]:
        added = service.add(tx, incident_id, code, clean)
        return 201, {"width": added.width, "height": added.height, "added_at": added.added_at.isoformat()}

    with web.database().transaction(door.teller()) as tx:
        return web.once(tx, act, said=sha256(raw).digest())


def _sent() -> bytes:
    """Return the one photo of a form; BadInput when there is none, or more."""
    sent = request.files.getlist("photo")
    if len(sent) != 1:
        raise BadInput("photo", len(sent), "one file")
    raw: bytes = sent[0].read()
    return raw


def _item(one: Photo) -> dict[str, object]:
    return {
        "id": one.id, "incident": one.incident, "report": one.report, "width": one.width, "height": one.height,
        "added_at": one.added_at.isoformat(), "path": f"/api/incidents/{one.incident}/photos/{one.id}",
    }  # fmt: skip
