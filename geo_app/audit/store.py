"""Links, seals and months in the database; facts as they are sealed and searched."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from geo_app.audit.model import LOWEST, Entry, Link, Position, Record, Retired, Seal, Search
from geo_app.core import db

SQL = db.statements(__file__)
LOCK = zlib.crc32(b"wangge seal")
PAGE = 5_000
Thing = TypeVar("Thing")


def try_lock(tx: db.Transaction) -> bool:
    """Return whether this transaction alone seals until it ends."""
    return bool(tx.value(SQL.try_seal_lock, key=LOCK))


def last_link(tx: db.Transaction) -> Link | None:
    """Return the newest link."""
    return tx.first(SQL.last_link, Link.read)


def last_seal(tx: db.Transaction) -> Seal | None:
    """Return the newest seal."""
    return tx.first(SQL.last_seal, Seal.read)


def unsealed(tx: db.Transaction, last: Link | None, most: int) -> list[Record]:
    """Return up to `most` settled facts behind the link `last`, in order."""
    xid, fact_id = ("0", 0) if last is None else (str(last.xid), last.fact_id)
    return tx.all(SQL.unsealed, Record.read, xid=xid, id=fact_id, most=most)


def add_links(tx: db.Transaction, links: Sequence[Link]) -> None:
    """Append links."""
    rows = (
        (link.seq, link.xid, link.fact_id, link.month, rf"\x{link.content}", rf"\x{link.hash}")
        for link in links
    )
    tx.copy("fact_link", ("seq", "xid", "fact_id", "month", "content", "hash"), rows)


def add_seal(tx: db.Transaction, seal: Seal) -> None:
    """Append a seal."""
    tx.run(
        SQL.add_seal, number=seal.number, first_seq=seal.first_seq, last_seq=seal.last_seq,
        first_xid=str(seal.first_xid), first_id=seal.first_id, last_xid=str(seal.last_xid), last_id=seal.last_id,
        hash=seal.hash,
    )  # fmt: skip


def records(tx: db.Transaction, last: Link) -> Iterator[Record]:
    """Yield every fact up to the link `last`, in order."""

    def behind(record: Record | None) -> list[Record]:
        xid, fact_id, moment = LOWEST if record is None else (str(record.xid), record.id, record.moment)
        return tx.all(
            SQL.records, Record.read, xid=xid, id=fact_id, moment=moment,
            last_xid=str(last.xid), last_id=last.fact_id, most=PAGE,
        )  # fmt: skip

    return _paged(behind)


def links(tx: db.Transaction, last: Link) -> Iterator[Link]:
    """Yield every link up to `last`, in order."""

    def behind(link: Link | None) -> list[Link]:
        seq = -(2**63) if link is None else link.seq
        return [one for one in tx.all(SQL.links, Link.read, seq=seq, most=PAGE) if one.seq <= last.seq]

    return _paged(behind)


def seals(tx: db.Transaction, last: Seal | None) -> Iterator[Seal]:
    """Yield every seal up to `last`, in order."""

    def behind(seal: Seal | None) -> list[Seal]:
        number = -(2**63) if seal is None else seal.number
        most = -(2**63) if last is None else last.number
        return [one for one in tx.all(SQL.seals, Seal.read, number=number, most=PAGE) if one.number <= most]

    return _paged(behind)


def _paged(behind: Callable[[Thing | None], list[Thing]]) -> Iterator[Thing]:
    page = behind(None)
    while page:
        yield from page
        page = behind(page[-1])


def link_at(tx: db.Transaction, seq: int) -> Link | None:
    """Return the link at `seq`."""
    return tx.first(SQL.link_at, Link.read, seq=seq)


def link_of(tx: db.Transaction, fact_id: int) -> Link | None:
    """Return the first link of a fact."""
    return tx.first(SQL.link_of, Link.read, fact_id=fact_id)


def places_of(tx: db.Transaction, fact_id: int) -> list[Position]:
    """Return where a fact stands: nowhere, once, or more than once when somebody copied it."""
    return tx.all(SQL.places_of, Position.read, fact_id=fact_id)


def count_behind(tx: db.Transaction, last: Link | None) -> int:
    """Return how many facts stand behind the link `last`."""
    xid, fact_id = ("0", 0) if last is None else (str(last.xid), last.fact_id)
    return int(tx.value(SQL.count_behind, xid=xid, id=fact_id))


def count_resting(tx: db.Transaction) -> int:
    """Return how many facts lie outside every month."""
    return int(tx.value(SQL.count_resting))


def anchors_noted(tx: db.Transaction) -> dict[str, str]:
    """Return the hash of each anchor file that a fact holds, by date."""
    return dict(tx.all(SQL.anchors_noted, lambda row: (row["date"], row["sha256"])))


def retired(tx: db.Transaction) -> list[Retired]:
    """Return the months that were rightly dropped."""
    return tx.all(SQL.retired, Retired.read)


def months(tx: db.Transaction) -> list[str]:
    """Return the months that have a partition, as 2026-11, oldest first."""
    return tx.all(SQL.months, lambda row: str(row["month"]))


def make_month(tx: db.Transaction, moment: datetime) -> bool:
    """Make the partition of the month `moment` lies in; return False when it is there."""
    return bool(tx.value(SQL.make_month, moment=moment))


def retire_month(tx: db.Transaction, moment: datetime, anchored: int) -> int | None:
    """Drop the facts of a month and return their number; None when one is not sealed up to link `anchored`."""
    found: int | None = tx.value(SQL.retire_month, moment=moment, anchored=anchored)
    return found


def search(
    tx: db.Transaction, wanted: Search, jurisdiction: str | None, before: Position, most: int
) -> list[Entry]:
    """Return up to `most` facts before a position, newest first."""
    return tx.all(
        SQL.search, Entry.read, since=wanted.since, until=wanted.until, actor=wanted.actor, kind=wanted.kind,
        subject=wanted.subject, jurisdiction=jurisdiction, xid=before.xid, id=before.id, most=most,
    )  # fmt: skip
