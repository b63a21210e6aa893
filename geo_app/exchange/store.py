"""Imports and acceptances in the database."""

from __future__ import annotations

import json

from geo_app.core import clock, db
from geo_app.exchange.model import Acceptance, Import, Reading
from geo_app.organisation.model import City
from grids.defects import Finding

SQL = db.statements(__file__)


def add(tx: db.Transaction, city: City, name: str, content: bytes, sha256: str, how: Reading) -> int:
    """Keep a file that was brought and return its number."""
    found: int = tx.value(
        SQL.add, city_id=city.id, jurisdiction=city.jurisdiction, name=name, content=content, bytes=len(content),
        sha256=sha256, options=json.dumps(how.options, ensure_ascii=False), actor=tx.actor.name,
        account=tx.actor.account, at=clock.now(),
    )  # fmt: skip
    return found


def imports(tx: db.Transaction, city_id: int, most: int, import_id: int | None = None) -> list[Import]:
    """Return up to `most` imports of a city, newest first, or the one with this id."""
    return tx.all(SQL.imports, Import.read, city_id=city_id, import_id=import_id, most=most)


def city_of(tx: db.Transaction, import_id: int) -> int | None:
    """Return the id of the city a file was brought for; None when there is no such import, or none to be seen."""
    found: int | None = tx.value(SQL.city_of, import_id=import_id)
    return found


def content(tx: db.Transaction, import_id: int) -> bytes:
    """Return the file as it came."""
    return bytes(tx.value(SQL.content, import_id=import_id))


def taken(tx: db.Transaction, import_id: int, *, plan_id: int | None, release_id: int | None) -> bool:
    """Note what became of an import; False when something became of it before."""
    return tx.run(SQL.taken, import_id=import_id, plan_id=plan_id, release_id=release_id) == 1


def accept(tx: db.Transaction, city: City, finding: Finding, sha256: str) -> None:
    """Keep that somebody accepted the mend of a finding; a second time changes nothing."""
    tx.run(
        SQL.accept, city_id=city.id, jurisdiction=city.jurisdiction, finding=finding.id, sha256=sha256,
        kind=str(finding.kind), cells=list(finding.cells), mend=str(finding.mend), area=finding.area,
        actor=tx.actor.name, account=tx.actor.account, at=clock.now(),
    )  # fmt: skip


def acceptances(tx: db.Transaction, city: City) -> list[Acceptance]:
    """Return everything that was accepted in a city, in order of time."""
    return tx.all(SQL.acceptances, Acceptance.read, city_id=city.id)


def codes(tx: db.Transaction, city: City) -> dict[str, bool]:
    """Return every code that was ever given in a city, and whether it is retired."""
    return {row["code"]: row["is_retired"] for row in tx.all(SQL.codes, dict, city_id=city.id)}
