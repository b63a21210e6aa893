"""What a report must be to be taken in (受理); pure. A refusal names field, value and rule, and no person."""

from __future__ import annotations

from collections.abc import Mapping

from geo_app.core.errors import WITHHELD, BadInput
from geo_app.core.reasons import CONTROL
from geo_app.incidents.model import (
    LONGEST_ADDRESS,
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_SOURCE,
    Category,
    Correction,
    NewReport,
    Telling,
)

NO_CONTROL = "characters that can be shown; no control characters"


def check(new: NewReport, known: Mapping[str, Category]) -> None:
    """Refuse what cannot become an incident: BadInput for the first rule that is broken."""
    if new.category not in known:
        raise BadInput("category", new.category, "one of the city's categories: " + ", ".join(known))
    check_telling(new)
    if new.position is None and new.address is None:
        raise BadInput("address", None, "an address or a position: where is it?")
    if new.closed_at is not None and new.closed_at < new.occurred_at:
        raise BadInput("closed_at", new.closed_at.isoformat(), "not before occurred_at")


def check_telling(told: Telling) -> None:
    """Refuse what was told when it cannot be kept as it is."""
    _text("description", told.description, LONGEST_DESCRIPTION, value=WITHHELD)
    if not told.description.strip():
        raise BadInput("description", told.description, "more than white space")
    check_address(told.address)
    check_person(Correction(told.reporter_name, told.reporter_phone))
    _text("source", told.source, LONGEST_SOURCE)
    _text("source_key", told.source_key, LONGEST_SOURCE)
    if (told.source is None) != (told.source_key is None):
        raise BadInput("source_key", told.source_key, "a source and its own key, both or neither")


def check_person(said: Correction) -> None:
    """Refuse what somebody says of themselves when it cannot be kept as it is; a refusal never repeats it."""
    _text("reporter.name", said.name, LONGEST_NAME, value=WITHHELD)
    _text("reporter.phone", said.phone, LONGEST_PHONE, value=WITHHELD)
    _text("reporter.address", said.address, LONGEST_ADDRESS, value=WITHHELD)


def check_address(address: str | None) -> None:
    """Refuse an address that cannot be kept as it is."""
    _text("address", address, LONGEST_ADDRESS)


def _text(field: str, text: str | None, longest: int, *, value: str | None = None) -> None:
    if text is None:
        return
    if not 1 <= len(text) <= longest:
        raise BadInput(field, value or text, f"1 to {longest} characters")
    if CONTROL.search(text):
        raise BadInput(field, value or text, NO_CONTROL)
