"""A certificate as people look at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

AUTHORITY_LIFE = timedelta(days=3652)
"""Ten years: it is carried to every phone by hand."""
MOST_DAYS = 397
"""Longest life of a server's certificate; phones refuse longer ones of public authorities."""
SOON = timedelta(days=30)
"""How long before its end a certificate is renewed at a start, and a warning is given."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says: whose it is, from when to when, and the SHA-256 people compare."""

    subject: str
    names: tuple[str, ...]
    since: datetime
    until: datetime
    fingerprint: str

    @property
    def grouped(self) -> str:
        """The fingerprint as phones show it: pairs of digits."""
        return " ".join(self.fingerprint[i : i + 2] for i in range(0, len(self.fingerprint), 2))

    def ends_soon(self, at: datetime) -> bool:
        """Return whether it should be renewed: 30 days before its end, a short-lived one in its last third."""
        return self.until - at < min(SOON, (self.until - self.since) / 3)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, both PEM."""

    certificate: bytes
    key: bytes
