"""Doors to tiles of what each viewer sees as far as their scope reaches: incidents, responders, tracks.

No cache may keep them, ours neither: the next viewer sees other streets.
"""

from __future__ import annotations

import gzip
import hashlib

from apiflask import APIBlueprint
from flask import Response, request
from flask.typing import ResponseReturnValue

from geo_app.core import clock, describe, door, web
from geo_app.maps import pyramid, service
from geo_app.maps.model import Address
from geo_app.organisation import service as organisation

routes = APIBlueprint("scoped_tiles", __name__, tag="Tiles in scope")
GZIP_LEVEL = 6
MVT = "application/vnd.mapbox-vector-tile"
ANSWERS = {204: "Nothing lies in it.", 304: "Still as it was."}
OPENED = describe.query(
    "opened", "What `GET /api/responders/{id}/track` said when you opened the track.", required=True
)


@routes.get("/tiles/<city>/incidents/<int:z>/<int:x>/<int:y>.mvt")
@routes.doc(**describe.door(MVT, headers=("ETag",)), responses=ANSWERS)
@door.permit("incident.read")
def incidents(city: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Return a Mapbox vector tile of open incidents as far as the viewer sees them: counted below zoom 14.

    From there on they stand one by one; in a tile with more than a thousand, those close together are counted.
    Late is what nobody has answered in time.
    """
    address = Address("incidents", z, x, y)
    pyramid.check(address)
    with web.transaction() as tx:
        return _unkept(service.incidents(tx, organisation.city(tx, city), address, clock.now()))


@routes.get("/tiles/<city>/responders/<int:z>/<int:x>/<int:y>.mvt")
@routes.doc(**describe.door(MVT, headers=("ETag",)), responses=ANSWERS)
@door.permit("responder.read")
def responders(city: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Return a Mapbox vector tile of responders as far as the viewer sees where they are, without their names.

    In a tile with more than a thousand they are counted in squares.
    """
    address = Address("responders", z, x, y)
    pyramid.check(address)
    with web.transaction() as tx:
        return _unkept(service.people(tx, organisation.city(tx, city), address, clock.now()))


@routes.get("/tiles/<city>/tracks/<int:z>/<int:x>/<int:y>.mvt")
@routes.doc(**describe.door(MVT, OPENED, headers=("ETag",)), responses=ANSWERS)
@door.permit("position.send", "track.read")
def tracks(city: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Return a Mapbox vector tile of a track that the viewer has opened, by the word that opening it gave.

    Opening somebody else's asks why, which is recorded; the word is the viewer's own and lasts half an hour.
    """
    address = Address("tracks", z, x, y)
    pyramid.check(address)
    with web.transaction() as tx:
        word = request.args.get("opened", "")
        return _unkept(service.track(tx, organisation.city(tx, city), address, word))


def _unkept(body: bytes) -> Response:
    """Answer with a tile nobody keeps: 204 when it is empty, 304 when the browser has just this one."""
    stamp = hashlib.sha256(body).hexdigest()[:32]
    status = 304 if request.if_none_match.contains_weak(stamp) else 200 if body else 204
    answer = Response(body if status == 200 else b"", status, mimetype=MVT)
    if status == 200 and request.accept_encodings.quality("gzip") > 0:
        answer.set_data(gzip.compress(body, GZIP_LEVEL, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    answer.set_etag(stamp, weak=True)  # packed or not, it says the same
    answer.headers["Cache-Control"] = "private, no-store"
    answer.vary.add("Accept-Encoding")
    return answer
