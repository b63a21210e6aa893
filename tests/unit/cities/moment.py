"""The moment of the demo city that the tests look at, and the clock of the city."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

UNTIL = datetime(2026, 5, 20, 6, 30, tzinfo=UTC)
CITY_TIME = timezone(timedelta(hours=8))
