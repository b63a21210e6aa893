"""What people and timers do with the record: seal it, anchor it, verify it, search it, let old months go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from geo_app.audit import anchors, chain, store
from geo_app.audit.model import Anchor, Break, Finding, Link, Page, Position, Retired, Seal, Search, Verdict
from geo_app.audit.walk import Mark, Walk
from geo_app.core import db, facts
from geo_app.core.errors import BadInput
from geo_app.organisation import service as organisation

BATCH = 20_000
"""Facts a transaction seals at most: writing their links holds other readers up for some tenths of a second."""
MONTHS_AHEAD = 3
LARGEST_PAGE = 500
LONGEST_TEXT = 200
NEWEST = Position(str(2**64 - 1), 2**63 - 1)


def seal(tx: db.Transaction, most: int = BATCH) -> Seal | None:
    """Seal up to `most` settled facts; None when there are none, or another transaction is sealing."""
    if not store.try_lock(tx):
        return None
    last = store.last_link(tx)
    made = chain.links(last, store.unsealed(tx, last, most))
    if not made:
        return None
    sealed = chain.seal(store.last_seal(tx), made[0], made[-1])
    store.add_links(tx, made)
    store.add_seal(tx, sealed)
    return sealed


def anchor(tx: db.Transaction, folder: Path, at: datetime) -> Finding | None:
    """Note in `folder` how far the chain reaches, and once a day (UTC) in a file that stays.

    Nothing is written over when the chain no longer fits what was noted: that is returned instead.
    """
    last = store.last_link(tx)
    head = anchors.head(folder)
    found = _torn(tx, last, head.anchor) if head is not None and head.anchor is not None else None
    if found is not None or last is None:
        return found
    files = anchors.read(folder)
    date = at.astimezone(UTC).date().isoformat()
    now = Anchor(date, last.seq, str(last.xid), last.fact_id, last.hash, files[-1].sha256 if files else None)
    if head is None or head.anchor is None or head.anchor.seq < last.seq:
        anchors.move_head(folder, now)
    if not files or files[-1].name < f"{date}.json":
        files.append(anchors.write(folder, now))
    newest = files[-1]
    if newest.anchor is not None and newest.anchor.date not in store.anchors_noted(tx):
        noted = newest.anchor
        facts.record(tx, "audit.anchored", None, None, date=noted.date, seq=noted.seq, sha256=newest.sha256)
    return None


def _torn(tx: db.Transaction, last: Link | None, noted: Anchor) -> Finding | None:
    """Return what is wrong when the chain no longer holds the link that was noted."""
    link = store.link_at(tx, noted.seq)
    if link is not None and link.hash == noted.hash:
        return None
    reach = 0 if last is None else last.seq
    kind = Break.TRUNCATED if link is None else Break.REPLACED
    says = f"{anchors.HEAD} noted another chain at {noted.seq}, this one reaches {reach}"
    return Finding(kind, "link", str(min(noted.seq, reach + 1)), noted.seq, says)


def verify(tx: db.Transaction, folder: Path) -> Verdict:
    """Compare every sealed fact with the chain and the chain with the anchor files in `folder`.

    Facts recorded meanwhile do not matter. The first break of the record is named, and every broken anchor.
    """
    noted = store.anchors_noted(tx)  # first: from here on no month is dropped
    last, last_seal = store.last_link(tx), store.last_seal(tx)
    files = anchors.read(folder)
    findings = anchors.broken(files, noted)
    names = {finding.name for finding in findings}
    head = anchors.head(folder)
    trusted = [file for file in (*files, *([head] if head else [])) if file.name not in names]
    marks = [Mark(file.anchor.seq, file.anchor.hash, file.name) for file in trusted if file.anchor]
    if head is not None and head.anchor is None:
        findings.append(Finding(Break.ALTERED, "anchor", anchors.HEAD, None, "it is no anchor"))
    retired = store.retired(tx)
    records = iter(()) if last is None else store.records(tx, last)
    walk = Walk(records, store.seals(tx, last_seal), marks, retired)
    found = walk.first_break([] if last is None else store.links(tx, last))
    if found is not None:
        findings.insert(0, _placed(tx, found))
    return Verdict(
        sealed=0 if walk.last is None else walk.last.seq,
        retired=walk.gone.total(),
        seals=0 if walk.seal is None else walk.seal.number,
        anchors=len(files),
        waiting=store.count_behind(tx, last),
        resting=store.count_resting(tx),
        findings=tuple(findings),
    )


def _placed(tx: db.Transaction, found: Finding) -> Finding:
    """Return the finding; a fact that is missing in one place and stands in another was moved."""
    if found.what != "fact" or found.kind not in {Break.DELETED, Break.INSERTED}:
        return found
    link = store.link_of(tx, int(found.name))
    places = store.places_of(tx, int(found.name))
    if link is None or len(places) != 1:
        return found
    says = f"it stands in transaction {places[0].xid} and was sealed in {link.xid}"
    return replace(found, kind=Break.REORDERED, says=says)


def make_months(tx: db.Transaction, at: datetime) -> list[str]:
    """Make the partitions of the month of `at` and the next three; return those that were missing, as 2026-11."""
    month = _month(at)
    wanted = [_start(month + ahead) for ahead in range(MONTHS_AHEAD + 1)]
    return [f"{start:%Y-%m}" for start in wanted if store.make_month(tx, start)]


def resting(tx: db.Transaction) -> int:
    """Return how many facts lie outside every month; zero unless the timers stood still for months."""
    return store.count_resting(tx)


def retire(
    tx: db.Transaction, folder: Path, at: datetime, months_kept: int
) -> tuple[list[Retired], list[str]]:
    """Drop the months that ended `months_kept` months before `at`; return them, and those that must wait.

    A month waits while one of its facts is not sealed, or not below an anchor file that fits the chain.
    """
    anchored = _anchored(tx, folder)
    dropped: list[Retired] = []
    held: list[str] = []
    for name in store.months(tx):
        start = datetime.strptime(name, "%Y-%m").replace(tzinfo=UTC)
        if _month(start) + 1 + months_kept > _month(at):
            break
        count = store.retire_month(tx, start, anchored)
        if count is None:
            held.append(name)
        else:
            dropped.append(Retired(name, count))
    for one in dropped:
        facts.record(tx, "audit.retired", None, None, month=one.month, facts=one.facts)
    return dropped, held


def _anchored(tx: db.Transaction, folder: Path) -> int:
    """Return how far the newest good anchor file reaches, 0 without one."""
    files = anchors.read(folder)
    noted = store.anchors_noted(tx)
    names = {finding.name for finding in anchors.broken(files, noted)}
    for file in reversed(files):
        if file.anchor is None or file.name in names or file.anchor.date not in noted:
            continue
        link = store.link_at(tx, file.anchor.seq)
        if link is not None and link.hash == file.anchor.hash:
            return file.anchor.seq
    return 0


def search(tx: db.Transaction, wanted: Search, before: Position | None = None, most: int = 100) -> Page:
    """Return facts as `wanted`, newest first, `most` a page (1 to 500), from the position a page gave as next.

    The search itself becomes a fact with what was asked for.
    """
    if not 1 <= most <= LARGEST_PAGE:
        raise BadInput("limit", most, f"must be from 1 to {LARGEST_PAGE}")
    for name, text in (("actor", wanted.actor), ("kind", wanted.kind), ("city", wanted.city)):
        if text is not None and ("\0" in text or not 1 <= len(text) <= LONGEST_TEXT):
            raise BadInput(name, text, f"must have 1 to {LONGEST_TEXT} characters")
    jurisdiction = organisation.city(tx, wanted.city).jurisdiction if wanted.city else None
    found = store.search(tx, wanted, jurisdiction, before or NEWEST, most + 1)
    facts.record(
        tx, "audit.searched", wanted.subject, jurisdiction, since=wanted.since, until=wanted.until,
        actor=wanted.actor, fact=wanted.kind, city=wanted.city, found=min(len(found), most),
    )  # fmt: skip
    more = found[most - 1].position if len(found) > most else None
    return Page(tuple(found[:most]), more)


def _month(at: datetime) -> int:
    """Return the month of `at` in UTC as a number that grows by one each month."""
    here = at.astimezone(UTC)
    return here.year * 12 + here.month - 1


def _start(month: int) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
