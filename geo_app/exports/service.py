"""What people do with exports: make one with a reason, look at what was made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from geo_app.core import clock, db, facts, masking, reasons
from geo_app.core.errors import BadInput, NotFound
from geo_app.dispatch import service as dispatch
from geo_app.exports import files, store, table
from geo_app.exports.model import Export, Format, Made, Mark, Order
from geo_app.exports.table import Line
from geo_app.incidents import service as incidents
from geo_app.organisation.model import City

PAGE = 1000
"""Rows that are read at once."""


def make(tx: db.Transaction, city: City, order: Order, most: int) -> Made:
    """Return a file of masked values, marked and recorded; BadInput over `most` rows, and when the reason is none."""
    reason = masking.text(reasons.check(order.reason))
    count = incidents.count(tx, city, order.choice)
    if count > most:
        rule = f"at most {most} rows in one export: narrow it by state, category, since or until"
        raise BadInput("rows", count, rule)
    number = store.next_number(tx)
    at = clock.now()
    local = at.astimezone(ZoneInfo(city.time_zone)).replace(microsecond=0)
    mark = Mark(number, city.code, tx.actor.name, local, reason)
    rows = [table.row(line, mark.line) for line in _lines(tx, city, order)]
    content = _file(order, city, mark, rows)
    made = Export(
        number, order.things, order.format, _filters(order), reason, len(rows), len(content),
        sha256(content).hexdigest(), tx.actor.name, tx.actor.account, at,
    )  # fmt: skip
    store.keep(tx, city, made)
    facts.record(
        tx, "export.made", number, city.jurisdiction, reason=reason, things=made.things, format=made.format,
        filters=made.filters, rows=made.rows, bytes=made.bytes, sha256=made.sha256,
    )  # fmt: skip
    return Made(made, f"{order.things}-{city.code}-{number}.{order.format}", content)


def exports(tx: db.Transaction, city: City, most: int, *, file_hash: str | None = None) -> list[Export]:
    """Return up to `most` exports, newest first: who may read the audit sees all, others what they made themselves."""
    return store.exports(tx, city, most, sha256=file_hash, actor=_whose(tx))


def export(tx: db.Transaction, city: City, export_id: int) -> Export:
    """Return one export by the number that stands in its file; NotFound when it is somebody else's."""
    found = store.exports(tx, city, 1, export_id=export_id, actor=_whose(tx))
    if not found:
        raise NotFound(f"there is no export {export_id} of yours")
    return found[0]


def _whose(tx: db.Transaction) -> str | None:
    return None if tx.actor.may("audit.read") else tx.actor.name


def _lines(tx: db.Transaction, city: City, order: Order) -> Iterator[Line]:
    zone = ZoneInfo(city.time_zone)
    for page in incidents.pages(tx, city, order.choice, PAGE):
        sent = dispatch.leads(tx, [one.id for one in page])
        for one in page:
            yield Line(one, sent.get(one.id), order.lang, zone)


def _file(order: Order, city: City, mark: Mark, rows: list[list[Any]]) -> bytes:
    head = table.head(order.lang)
    if order.format is Format.CSV:
        return files.csv_file(head, rows)
    told = {
        "number": mark.number, "city": f"{city.code} {city.name}", "who": mark.who, "when": mark.at,
        "zone": city.time_zone, "why": mark.reason, "rows": len(rows),
        **_filters(order),
    }  # fmt: skip
    return files.workbook(head, rows, mark, table.about(told, order.lang), order.lang)


def _filters(order: Order) -> dict[str, Any]:
    """Return what was chosen, by name; what says nothing is left out."""
    choice = order.choice
    states = {True: "open", False: "closed", None: None}
    said = {
        "state": states[choice.is_open], "category": choice.category, "since": _moment(choice.since),
        "until": _moment(choice.until),
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
