"""What the web server answers without asking the application: our files, and what was answered before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from geo_app.core.recall import Recall

Found = tuple[int, list[tuple[bytes, bytes]], bytes]
"""Status, headers and body."""


class Finder(Protocol):
    """Something that finds answers on the event loop, asking nobody."""

    def find(self, scope: dict[str, Any]) -> Found | None:
        """Return the answer to a request, None when the application has to give it."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """The places to look at, one after the other; `recall` also learns from what the application answers."""

    files: Finder
    recall: Recall

    def find(self, scope: dict[str, Any]) -> Found | None:
        """Return the answer to a request, None when the application has to give it."""
        return self.files.find(scope) or self.recall.find(scope)
