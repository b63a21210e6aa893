"""The door to the audit trail; each search becomes a fact itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

from geo_app.audit import service
from geo_app.audit.model import Entry, Position, Search
from geo_app.core import clock, describe, door, web
from geo_app.core.answers import Answer
from geo_app.core.errors import BadInput

routes = APIBlueprint("audit", __name__, tag="Audit")
LIMIT = describe.whole("limit", "Most facts.", 100, 1, service.LARGEST_PAGE)


class Fact(Answer):
    """What was done: by whom, for whom, when, from where, why; changes refer to old and new."""

    id: int
    kind: str
    subject: int | None
    jurisdiction: str | None
    actor: str
    account: int | None
    address: str | None
    reason: str | None
    at: str
    data: dict[str, Any]
    changes: dict[str, Any] | None


class Facts(Answer):
    """Facts, newest first; `next` is the `before` of the following page, null after the last."""

    facts: list[Fact]
    next: str | None


@routes.get("/api/audit")
@routes.doc(
    **describe.door(
        Facts,
        describe.query("since", "From this moment on, RFC 3339."),
        describe.query("until", "Before this moment, RFC 3339."),
        describe.query("actor", "Who acted."),
        describe.query("kind", "Kind of fact, as incident.filed."),
        describe.query("subject", "Id of what it is about.", type="integer", minimum=0),
        describe.query("before", "Where a page goes on: the `next` of the one before."),
        describe.CITY,
        LIMIT,
    )
)
@door.permit("audit.read")
def search() -> ResponseReturnValue:
    """Search the facts, newest first."""
    asked = request.args
    subject = asked.get("subject")
    wanted = Search(
        since=_moment("since"), until=_moment("until"),
        actor=asked.get("actor") or None, kind=asked.get("kind") or None,
        subject=web.whole("subject", 0, 0, 999_999_999) if subject else None, city=asked.get("city") or None,
    )  # fmt: skip
    most = web.whole("limit", 100, 1, service.LARGEST_PAGE)
    with web.transaction() as tx:
        page = service.search(tx, wanted, _position(), most)
    following = None if page.next is None else f"{page.next.xid}-{page.next.id}"
    return web.ok({"facts": [_fact(one) for one in page.entries], "next": following})


def _moment(name: str) -> datetime | None:
    text = request.args.get(name)
    return clock.moment(text, name) if text else None


def _position() -> Position | None:
    text = request.args.get("before")
    if not text:
        return None
    xid, _, number = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (xid, number)):
        raise BadInput("before", text, "the `next` of an earlier page")
    return Position(xid, int(number))


def _fact(one: Entry) -> dict[str, Any]:
    return {
        "id": one.position.id, "kind": one.kind, "subject": one.subject, "jurisdiction": one.jurisdiction,
        "actor": one.actor, "account": one.account, "address": one.address, "reason": one.reason,
        "at": one.at.isoformat(), "data": one.data, "changes": one.changes,
    }  # fmt: skip
