"""Limits and headers of the outer edge: how much one address may write and try, and what every answer carries.

The rate is held in each process by itself. The service runs on one machine with two web processes, so an address
gets at most twice the rate; a shared count would cost a round trip for every write and protect nothing more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_network

from geo_app.core import hosts

LONGEST_ADDRESS = 8000
"""Characters of path and query."""
RATE, BURST = 50.0, 200.0
"""Writes a second that one address may make, and how many at once: a whole office may stand behind one address."""
TRY_RATE, TRY_BURST = 5.0, 200.0
"""The same for what is open to everyone and answers to a code or a secret, reading too: nobody guesses fast. Doors
that count failures themselves, by account and address, are not held to it (`door.permit`)."""
REPORT_RATE, REPORT_BURST = 0.2, 60.0
"""Reports of residents: a whole mobile network may stand behind one address, and no queue fills up in an hour."""
MOST_ADDRESSES = 10_000
"""Addresses a process remembers; the one that was silent longest is forgotten."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer carries that does not say otherwise, refusals and files too."""
HSTS = {"Strict-Transport-Security": "max-age=31536000"}
"""What an answer over HTTPS carries; subdomains belong to somebody else."""
APART = {"Cross-Origin-Opener-Policy": "same-origin"}
"""What an answer carries where browsers take it: by HTTPS and on this machine. Elsewhere they complain of it."""


def headers(host: str, *, is_secure: bool) -> dict[str, str]:
    """Return what an answer to a request for `host` carries unless it says otherwise."""
    apart = APART if is_secure or hosts.is_loopback(host) else {}
    return HEADERS | apart | (HSTS if is_secure else {})


class Buckets:
    """One token bucket for each address; a request takes one token, `rate` come back a second, `burst` fit in.

    The machine itself is not counted: its programs bring work in, and a proxy nobody listed as trusted would
    make the whole city one address. An IPv6 address counts as its /64, which is one subscriber.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, rate: float = RATE, burst: float = BURST
    ) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._rate, self._burst = rate, burst
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, peer: str) -> float:
        """Take one token of an address; return 0, or when there is none the seconds until there is."""
        if hosts.is_loopback(peer):
            return 0.0
        name, now = subscriber(peer), self._clock()
        with self._lock:
            left, at = self._left.pop(name, (self._burst, now))
            left = min(self._burst, left + (now - at) * self._rate)
            wait = 0.0 if left >= 1 else (1 - left) / self._rate
            self._left[name] = (left if wait else left - 1, now)
            if len(self._left) > MOST_ADDRESSES:
                del self._left[next(iter(self._left))]
        return wait


def buckets(clock: Callable[[], float] = time.monotonic) -> dict[str, Buckets]:
    """Return the rates doors may be held to, by name."""
    return {
        "writes": Buckets(clock),
        "tries": Buckets(clock, TRY_RATE, TRY_BURST),
        "reports": Buckets(clock, REPORT_RATE, REPORT_BURST),
    }


def subscriber(peer: str) -> str:
    """Return whom an address counts as: itself, or its /64."""
    found = hosts.address(peer)
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else peer
