"""A record of three days, sealed and anchored, in which a test may tamper as the owner of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest

from geo_app.audit import service
from geo_app.audit.model import Verdict
from geo_app.core import db, facts
from geo_app.core.actor import Actor, Scope
from geo_app.core.settings import Settings
from tests.databases import Server
from tests.integration.conftest import Raw

DEADLINE = 60.0
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLERK = Actor("clerk", scope=Scope(everything=True), account=7, address="10.0.0.9")
WAITING = Raw(
    "SELECT EXISTS (SELECT FROM fact WHERE NOT EXISTS (SELECT FROM fact_link WHERE fact_id = fact.id))"
)
FACTS = Raw("SELECT id, xid::text AS xid FROM fact ORDER BY fact.xid, id")


class Undo(Exception):
    """Ends a tampering without a trace."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A sealed record: the databases of application and owner, the anchors, (id, transaction) of each fact."""

    database: db.Database
    owner: db.Database
    folder: Path
    facts: tuple[tuple[int, int], ...]

    @contextmanager
    def tampering(self) -> Iterator[db.Transaction]:
        """Give a transaction of the owner that is rolled back."""
        try:
            with self.owner.transaction(CLERK) as tx:
                yield tx
                raise Undo
        except Undo:
            pass

    def verdict(self, tx: db.Transaction) -> Verdict:
        """Return what verifying says inside a transaction."""
        return service.verify(tx, self.folder)


def first(kept: Kept, tx: db.Transaction) -> tuple[str, str, str]:
    """Return kind, thing and name of the first finding."""
    verdict = kept.verdict(tx)
    assert not verdict.is_whole, "nothing was found"
    finding = verdict.findings[0]
    return str(finding.kind), finding.what, finding.name


def seal_all(database: db.Database, most: int = service.BATCH) -> int:
    """Seal until no fact waits and return how many were sealed; another transaction may hold some up."""
    count = 0
    end = monotonic() + DEADLINE
    while monotonic() < end:
        with database.transaction(CLERK) as tx:
            sealed = service.seal(tx, most)
            count += sealed.count if sealed else 0
        with database.transaction(CLERK) as tx:
            if not tx.value(WAITING):
                return count
    raise AssertionError("facts were not sealed before the deadline")


def write(database: db.Database, transactions: int, each: int) -> None:
    """Record `each` facts in each of some transactions."""
    for number in range(transactions):
        with database.transaction(CLERK) as tx:
            for step in range(each):
                facts.record(
                    tx, "incident.moved", number, "990101", reason="现场核实", changes={"state": ("new", step)},
                    score=1.5, text="引号\"与,逗号",
                )  # fmt: skip


def anchor(database: db.Database, folder: Path, at: datetime) -> None:
    """Anchor the chain; it must be whole."""
    with database.transaction(CLERK) as tx:
        assert service.anchor(tx, folder, at) is None


@pytest.fixture(scope="module")
def kept(cluster: Server, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """Three days of a sealed and anchored record, for tests that leave no trace."""
    folder = tmp_path_factory.mktemp("audit")
    with cluster.clone(migrated) as place:
        settings = Settings(database_url=place.owner_url, app_database_url=place.app_url)
        database = db.Database(place.app_url, settings)
        owner = db.Database(place.owner_url, settings)
        for day in range(3):
            write(database, 4, 3)
            seal_all(database, most=7)
            anchor(database, folder, NOON + timedelta(days=day))
        seal_all(database)
        anchor(database, folder, NOON + timedelta(days=2))
        with database.transaction(CLERK) as tx:
            found = tuple(tx.all(FACTS, lambda row: (int(row["id"]), int(row["xid"]))))
        yield Kept(database, owner, folder, found)
        database.dispose()
        owner.dispose()
