"""The stream of facts."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from functools import lru_cache

from apiflask import APIBlueprint
from flask import current_app, request
from flask.typing import ResponseReturnValue

from geo_app.core import describe, door, web
from geo_app.core.errors import BadInput
from geo_app.core.facts import Position
from geo_app.live.model import Viewer
from geo_app.live.service import MEMORY, Feed
from geo_app.organisation import service as organisation

routes = APIBlueprint("live", __name__, tag="Live")
LONGEST = 900.0
"""Seconds after which a stream ends, so that who follows is asked anew: a binding or a token may have ended."""
HEARTBEAT = 15.0
"""Seconds without a fact after which a comment keeps the connection open."""
EVENT_ID = re.compile(r"(\d{1,20})-(\d{1,19})", re.ASCII)
LAST = {
    "name": "Last-Event-ID", "in": "header", "required": False,
    "description": "The last event that was seen; browsers send it by themselves.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,19}-[0-9]{1,18}$"},
}  # fmt: skip
LARGEST = (2**64 - 1, 2**63 - 1)
"""What the database can hold: transaction, fact."""


@routes.get("/api/stream")
@routes.doc(**describe.door("text/event-stream", describe.CITY, LAST))
@door.permit("live.read")
def stream() -> ResponseReturnValue:
    """Stream what happens in a city as server-sent events; `Last-Event-ID` resumes without gap or repeat.

    Everyone hears of what they may see. A stream ends when that changes, and after 15 minutes; its page comes back.
    """
    feed: Feed = current_app.extensions["feed"]
    last = request.headers.get("Last-Event-ID")
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
    now = feed.now()
    position = now if last is None else _earlier(_position(last), now)
    return web.events(_events(feed, position, Viewer.of(door.actor(), city.id, city.jurisdiction)))


async def _events(feed: Feed, position: Position, viewer: Viewer) -> AsyncIterator[str]:
    yield f"retry: 2000\nid: {position.xid}-{position.id}\n\n"
    end = asyncio.get_running_loop().time() + LONGEST
    while not feed.is_stopped and asyncio.get_running_loop().time() < end:
        found = await feed.after(position, HEARTBEAT)
        if not found:
            yield ": still here\n\n"
        for fact in found:
            position = fact.position
            if viewer.hears(fact.kind, fact.jurisdiction, fact.audience):
                yield _event(position, fact.kind, fact.subject)
            elif viewer.is_changed_by(fact.kind, fact.subject):
                yield f"id: {position.xid}-{position.id}\n\n"  # or the page would come back to this fact for ever
                return


@lru_cache(MEMORY)
def _event(position: Position, kind: str, subject: int | None) -> str:
    """Return a fact as every page of this process hears it."""
    data = json.dumps({"kind": kind, "subject": subject})
    return f"event: fact\nid: {position.xid}-{position.id}\ndata: {data}\n\n"


def _position(text: str) -> Position:
    match = EVENT_ID.fullmatch(text)
    if match is None or int(match[1]) > LARGEST[0] or int(match[2]) > LARGEST[1]:
        raise BadInput("Last-Event-ID", text, "an id this stream has sent, like 812-4711")
    return Position(match[1], int(match[2]))


def _earlier(asked: Position, now: Position) -> Position:
    """Return where to go on: an id from beyond the last fact is another database's, its page starts anew."""
    return asked if (int(asked.xid), asked.id) < (int(now.xid), now.id) else now
