"""Timers of the record."""

from __future__ import annotations

from geo_app.audit import service
from geo_app.core import clock, db, log
from geo_app.core.settings import Settings

FOLDER = "audit"
"""Where in the work folder the anchors lie."""


def seal_facts(tx: db.Transaction) -> None:
    """Seal what has settled since the last time."""
    sealed = service.seal(tx)
    if sealed is not None:
        log.write("audit.sealed", seal=sealed.number, facts=sealed.count, reach=sealed.last_seq)


def anchor(tx: db.Transaction, here: Settings) -> None:
    """Note outside the database how far the chain reaches; a chain that was tampered with is logged."""
    found = service.anchor(tx, here.work_path / FOLDER, clock.now())
    if found is not None:
        log.warn("audit.broken", what=found.what, name=found.name, kind=str(found.kind))


def make_months(tx: db.Transaction) -> None:
    """Make next months' partitions; facts outside every month are logged."""
    made = service.make_months(tx, clock.now())
    if made:
        log.write("audit.months_made", months=",".join(made))
    count = service.resting(tx)
    if count:
        log.warn("audit.facts_outside_months", facts=count)


def retire(tx: db.Transaction, here: Settings) -> None:
    """Drop months that were kept long enough, and say which must wait."""
    dropped, held = service.retire(tx, here.work_path / FOLDER, clock.now(), int(here.facts_kept))
    for one in dropped:
        log.write("audit.retired", month=one.month, facts=one.facts)
    for month in held:
        log.warn("audit.not_anchored", month=month)
