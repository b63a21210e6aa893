"""The stream of facts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from apiflask import APIBlueprint
from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from geo_app.core import web
from geo_app.core.errors import BadInput
from geo_app.core.facts import Position
from geo_app.live.service import Feed
from geo_app.organisation import service as organisation

routes = APIBlueprint("live", __name__, tag="Live")
HEARTBEAT = 15.0
"""Seconds without a fact after which a comment keeps the connection open."""
EVENT_ID = re.compile(r"(\d{1,20})-(\d{1,19})", re.ASCII)


@routes.get("/api/stream")
def stream() -> ResponseReturnValue:
    """Stream what happens in a city as server-sent events; `Last-Event-ID` resumes without gap or repeat."""
    feed: Feed = current_app.extensions["feed"]
    last = request.headers.get("Last-Event-ID")
    with web.transaction() as tx:
        jurisdiction = organisation.city(tx, request.args.get("city")).jurisdiction
    position = feed.now() if last is None else _position(last)
    body = _events(feed, position, jurisdiction)
    return Response(body, mimetype="text/event-stream", headers={"Cache-Control": "no-store"})


def _events(feed: Feed, position: Position, jurisdiction: str) -> Iterator[str]:
    yield f"retry: 2000\nid: {position.xid}-{position.id}\n\n"
    while not feed.is_stopped:
        found = feed.after(position, HEARTBEAT)
        if not found:
            yield ": still here\n\n"
        for fact in found:
            position = fact.position
            if fact.jurisdiction != jurisdiction:
                continue
            data = json.dumps({"kind": fact.kind, "subject": fact.subject})
            yield f"event: fact\nid: {position.xid}-{position.id}\ndata: {data}\n\n"


def _position(text: str) -> Position:
    match = EVENT_ID.fullmatch(text)
    if match is None:
        raise BadInput("Last-Event-ID", text, "an id this stream has sent, like 812-4711")
    return Position(match[1], int(match[2]))
