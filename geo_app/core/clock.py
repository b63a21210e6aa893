"""The one place where time comes from."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from geo_app.core.errors import BadInput

AHEAD = timedelta(seconds=60)
"""How far another clock may run before ours."""
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def moment(text: str, field: str) -> datetime:
    """Return the moment an RFC 3339 text names, in UTC; it must state its zone. BadInput names `field`."""
    rule = "a moment with its zone, as 2026-05-01T08:30:00+08:00 (RFC 3339)"
    if not _RFC_3339.fullmatch(text.upper()):
        raise BadInput(field, text, rule)
    try:
        found = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput(field, text, rule) from error
    if found < EARLIEST:
        raise BadInput(field, text, "not before the year 1900")
    return found


def past(moment: datetime, at: datetime, field: str) -> datetime:
    """Return a moment that has come by `at`, give or take another clock's minute; BadInput names `field`."""
    if moment > at + AHEAD:
        raise BadInput(field, moment.isoformat(), f"not later than now ({at.isoformat(timespec='seconds')})")
    return moment
