"""What people do with personal values: show them masked, reveal one with a reason, correct, erase, forget in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from geo_app.core import db, facts, masking, reasons
from geo_app.core.errors import BadInput, Conflict, NotFound
from geo_app.identity import service as identity
from geo_app.incidents import masked, sealing
from geo_app.incidents import service as incidents
from geo_app.incidents.intake import check_person
from geo_app.incidents.model import Correction, NewReport, Person, Receipt, Report, State
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.photos import service as photos
from geo_app.privacy import store
from geo_app.privacy.model import KEPT_OF_TELLER, TERMS, TRACK, Gone, Term
from geo_app.responders import service as responders
from geo_app.tracks import service as tracks


def reports(tx: db.Transaction, incident_id: int) -> list[Report]:
    """Return the reports of an incident as everybody may see them, in the order they came."""
    incidents.incident(tx, incident_id)
    return [sealing.report(tx.safe, row) for row in store.reports(tx, incident_id)]


def reveal(tx: db.Transaction, incident_id: int, report_id: int, reason: str) -> Person:
    """Return the plain personal values of one report; who asked and why is recorded."""
    written = reasons.check(reason)
    found = store.reports(tx, incident_id, report_id)
    if not found:
        incidents.incident(tx, incident_id)  # says so when it lies out of scope
        raise NotFound(f"incident {incident_id} has no report {report_id}")
    (row,) = found
    if row["erased_at"] is not None:
        raise Conflict(f"the personal values of report {report_id} were erased")
    facts.record(tx, "person.unmasked", incident_id, row["jurisdiction"], reason=written, report=report_id)
    return sealing.person(tx.safe, row)


def find(
    tx: db.Transaction, city: City, name: str | None, phone: str | None, reason: str, most: int = 200
) -> list[tuple[int, int]]:  # fmt: skip
    """Return report and incident of what somebody of exactly this name or phone told, newest first; it is recorded."""
    written = reasons.check(reason)
    if (name is None) == (phone is None):
        raise BadInput("phone", None, "a name or a phone, one of them")
    found = store.found_by(tx, city.id, name, phone, most)
    facts.record(
        tx, "person.searched", None, city.jurisdiction, reason=written,
        by="name" if phone is None else "phone", count=len(found),
    )  # fmt: skip
    return [(row["id"], row["incident_id"]) for row in found]


# what residents tell -------------------------------------------------------------------------------------


def tell(tx: db.Transaction, city: City, new: NewReport, *, consents: bool) -> Receipt:
    """Take in what a resident tells, as every report is; a name or phone needs their consent, which is recorded."""
    is_person = new.reporter_name is not None or new.reporter_phone is not None
    if is_person and not consents:
        raise BadInput("consent", consents, "true: agree that name and phone are kept, or leave them out")
    receipt = incidents.receive(tx, city, new)
    if is_person:
        facts.record(
            tx, "person.consented", receipt.incident.id, city.jurisdiction, to=KEPT_OF_TELLER.what,
            days=KEPT_OF_TELLER.days,
        )  # fmt: skip
    return receipt


# one's own report, by its code ---------------------------------------------------------------------------


def own(tx: db.Transaction, code: str) -> tuple[Report, State]:
    """Return the report with a code as everybody may see it, and how its incident stands; NotFound without."""
    row = _by_code(tx, code)
    return sealing.report(tx.safe, row), incidents.incident(tx, row["incident_id"]).state


def correct(tx: db.Transaction, code: str, new: Correction) -> None:
    """Write what a person says is right about themselves; the incident and its facts stay as they are."""
    check_person(new)
    row = _by_code(tx, code)
    if row["erased_at"] is not None:
        raise Conflict("what was kept of you was erased")
    was = sealing.hidden(tx.safe, row)
    said = replace(was, name=new.name or was.name, phone=new.phone or was.phone)
    if new.address is not None:
        row["address"] = masked.address(new.address, row["jurisdiction"])
        said = replace(said, address=new.address if new.address != row["address"] else None)
    store.write(tx, row, said)
    names = [name for name in ("name", "phone", "address") if getattr(new, name) is not None]
    facts.record(
        tx, "person.corrected", row["incident_id"], row["jurisdiction"], report=row["id"], fields=names
    )


def erase(tx: db.Transaction, code: str, at: datetime) -> None:
    """Erase what is kept of who told a report; what happened stays, and so do the facts, which only refer."""
    row = _by_code(tx, code)
    if store.erase(tx, row["id"], at):
        gone = photos.erase(tx, row["id"])
        facts.record(
            tx, "person.erased", row["incident_id"], row["jurisdiction"], report=row["id"], photos=gone
        )


def _by_code(tx: db.Transaction, code: str) -> store.Row:
    row = store.by_code(tx, code)
    if row is None:
        raise NotFound("there is no report with this code")
    return row


# keys, masks, terms --------------------------------------------------------------------------------------


def seal(tx: db.Transaction, most: int) -> int:
    """Seal and mask up to `most` reports and as many incidents from before there were masks; return how many."""
    rows = store.to_mask(tx, most)
    troubles = store.incidents_to_mask(tx, most)
    for trouble in troubles:
        description = masked.text(trouble["description"], trouble["jurisdiction"], None)
        for name in trouble["names"] or ():
            description = masking.text(description, who=name)
        address = masked.address(trouble["address"], trouble["jurisdiction"])
        store.mask_incident(tx, trouble["id"], description, address)
    for row in rows:
        description = masked.text(row["description"], row["jurisdiction"], row["reporter_name"])
        address = masked.address(row["address"], row["jurisdiction"])
        said = Person(
            row["reporter_name"], row["reporter_phone"],
            row["description"] if row["description"] != description else "",
            row["address"] if row["address"] != address else None,
        )  # fmt: skip
        store.write(tx, {**row, "description": description, "address": address}, said)
    return len(rows) + len(troubles)


def rotate(tx: db.Transaction, most: int) -> int:
    """Seal up to `most` reports again under the newest key and return how many; 0 when all are."""
    rows = store.under_old_keys(tx, most)
    for row in rows:
        store.write(tx, row, sealing.hidden(tx.safe, row))
    return len(rows)


def waiting(tx: db.Transaction) -> int:
    """Return how many reports another key than the newest sealed."""
    return store.count_under_old_keys(tx)


def rotated(tx: db.Transaction, count: int) -> None:
    """Record that values were sealed again."""
    facts.record(tx, "person.keys_rotated", None, None, key=tx.safe.newest.hex(), reports=count)


def retain(tx: db.Transaction, at: datetime, *, is_dry: bool, tracks_gone: Gone | None = None) -> list[Gone]:
    """Let go of what is past its term, or only count it, and return how much of each kind.

    Tracks go before, day by day (`let_go_of_day`), each in a transaction of its own; `tracks_gone` is their sum.
    """
    gone = [
        (tracks_gone or Gone(term, 0)) if term.what == TRACK else Gone(term, _let_go(tx, term, at, is_dry=is_dry))
        for term in TERMS
    ]  # fmt: skip
    if not is_dry:
        facts.record(tx, "retention.ran", None, None, gone={one.term.what: one.count for one in gone})
    return gone


def track_term(days: int) -> Term:
    """Return the term of tracks with its days."""
    return replace(next(term for term in TERMS if term.what == TRACK), days=days)


def let_go_of_day(tx: db.Transaction, city: City, term: Term, at: datetime) -> Gone | None:
    """Count the oldest day of a city's tracks that is past `term` and erase it; None when there is none."""
    gone = tracks.let_go(tx, city, at - timedelta(days=term.days))
    return None if gone is None else Gone(term, gone.positions, gone.counted)


def past_tracks(tx: db.Transaction, term: Term, at: datetime) -> Gone:
    """Return how many positions of tracks are past `term` in all cities."""
    before = at - timedelta(days=term.days)
    return Gone(term, sum(tracks.count_past(tx, city, before) for city in organisation.cities(tx)))


def _let_go(tx: db.Transaction, term: Term, at: datetime, *, is_dry: bool) -> int:
    before = at - timedelta(days=term.days)
    if term.what == "report.person":
        return store.count_expired(tx, before) if is_dry else store.erase_expired(tx, before, at)
    if term.what == "report.photo":
        return photos.let_go(tx, before, is_dry=is_dry)
    if term.what == "responder.off":
        return tracks.forget_off(tx, before, is_dry=is_dry)
    if term.what == "responder.position":
        return responders.blur(tx, before, is_dry=is_dry)
    return identity.forget_failures(tx, before, is_dry=is_dry)
