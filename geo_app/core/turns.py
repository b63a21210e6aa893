"""Requests that take turns: which they are, and how many of them one address may have waiting."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from geo_app.core import edges, hosts

MOST_OF_ONE = 48
"""Requests of one address that wait or are answered: an office that logs in at once, and room for others in a flood."""


class Turns:
    """What is posted to `paths` takes turns; addresses are those that can be believed behind `trusted` proxies.

    The machine itself is not counted, as in `edges.Buckets`. Used on the event loop only, so it needs no lock.
    """

    def __init__(self, paths: Set[str], trusted: tuple[hosts.Network, ...]) -> None:
        self._paths, self._trusted = paths, trusted
        self._waiting: dict[str, int] = {}

    def holds(self, method: str, path: str) -> bool:
        """Return whether such a request takes turns."""
        return method == "POST" and path in self._paths

    def begin(self, environ: dict[str, Any]) -> str | None:
        """Let a request wait and return whom it counts as; None when that address has enough waiting."""
        client = hosts.client(environ, self._trusted)
        who = "" if hosts.is_loopback(client) else edges.subscriber(client)
        count = self._waiting.get(who, 0)
        if who and count >= MOST_OF_ONE:
            return None
        self._waiting[who] = count + 1
        return who

    def end(self, who: str) -> None:
        """Let go of a request that was answered."""
        self._waiting[who] -= 1
        if not self._waiting[who]:
            del self._waiting[who]
