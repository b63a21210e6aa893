"""Personal values of a report as its columns hold them, and back; pure but for the keys it is given."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from geo_app.core import masking
from geo_app.core.secrecy import Safe
from geo_app.incidents.model import Channel, Person, Report

NAME, PHONE, DESCRIPTION, ADDRESS = (
    "report.name", "report.phone", "report.description", "report.address",
)  # fmt: skip
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Characters of a code: none is taken for another."""
CODE_LENGTH = 16


def columns(safe: Safe, said: Person) -> dict[str, bytes | None]:
    """Return the sealed columns of a report; an empty description means that the masked one hides nothing."""
    sealed = {
        "name_sealed": safe.seal(NAME, said.name), "phone_sealed": safe.seal(PHONE, said.phone),
        "description_sealed": safe.seal(DESCRIPTION, said.description or None),
        "address_sealed": safe.seal(ADDRESS, said.address),
    }  # fmt: skip
    key_id = next((value[:4] for value in sealed.values() if value is not None), None)
    return {
        **sealed, "name_index": safe.index(NAME, said.name), "phone_index": safe.index(PHONE, said.phone),
        "key_id": key_id,
    }  # fmt: skip


def person(safe: Safe, row: dict[str, Any]) -> Person:
    """Return the plain personal values of a row."""
    return Person(
        safe.open(NAME, row["name_sealed"]), safe.open(PHONE, row["phone_sealed"]),
        safe.open(DESCRIPTION, row["description_sealed"]) or row["description"],
        safe.open(ADDRESS, row["address_sealed"]) or row["address"],
    )  # fmt: skip


def hidden(safe: Safe, row: dict[str, Any]) -> Person:
    """Return only what a row holds sealed, as `columns` takes it."""
    return Person(
        safe.open(NAME, row["name_sealed"]), safe.open(PHONE, row["phone_sealed"]),
        safe.open(DESCRIPTION, row["description_sealed"]) or "", safe.open(ADDRESS, row["address_sealed"]),
    )  # fmt: skip


def report(safe: Safe, row: dict[str, Any]) -> Report:
    """Return a row as everybody may see it."""
    name, phone = safe.open(NAME, row["name_sealed"]), safe.open(PHONE, row["phone_sealed"])
    return Report(
        row["id"], row["incident_id"], Channel(row["channel"]), row["description"], row["address"],
        None if name is None else masking.name(name), None if phone is None else masking.phone(phone),
        row["occurred_at"], row["received_at"], row["erased_at"],
    )  # fmt: skip


def code_hash(code: str) -> bytes:
    """Return by what a report's code is kept; hyphens, spaces and small letters make no difference."""
    return hashlib.sha256(re.sub(r"[\s\-]", "", code).upper().encode("utf-8", "replace")).digest()


def grouped(letters: str) -> str:
    """Return the letters of a code in fours, as people read them."""
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
