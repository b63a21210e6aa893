"""What everybody may read of what somebody told; pure. Phones, identity cards, flats and who told it are hidden."""

from __future__ import annotations

from geo_app.core import masking
from geo_app.incidents.model import Telling


def description(told: Telling, jurisdiction: str) -> str:
    """Return the description that is kept in the open."""
    return text(told.description, jurisdiction, told.reporter_name)


def address(said: str | None, jurisdiction: str) -> str | None:
    """Return an address down to its building."""
    return None if said is None else text(said, jurisdiction, None)


def text(said: str, jurisdiction: str, who: str | None) -> str:
    """Return words of a city without what belongs to a person; codes of its cells begin with the jurisdiction's."""
    return masking.text(said, frozenset({jurisdiction[:6]}), who)
