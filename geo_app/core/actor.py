"""Who acts: carried by every transaction, written into every fact."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts; `scope` holds the codes of the units they may see, empty for all."""

    name: str
    scope: tuple[str, ...] = ()


SYSTEM = Actor("system")
"""Timers, jobs and the command line."""

VISITOR = Actor("visitor")
"""Whoever opens a page while the service listens on this machine only."""
