"""Forms with files: which doors take them, how large they are, where a file stays while it is looked at."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO, Any, TypeVar

from flask import Request, request

View = TypeVar("View", bound=Callable[..., Any])
LARGEST = 8_200_000
"""Bytes of a form with a file in it."""
TYPE = "multipart/form-data"


class InMemory(Request):
    """A request whose files stay in memory, where its body is anyway: a photo is never left in a folder."""

    def _get_file_stream(self, *_about: object, **_more: object) -> IO[bytes]:
        return io.BytesIO()


def taken(view: View) -> View:
    """Mark a view that takes a form with files in place of JSON."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def are_taken(view: Callable[..., Any] | None) -> bool:
    """Return whether a view takes a form with files."""
    return bool(getattr(view, "takes_files", False))


def wrong() -> tuple[int, str, str, dict[str, Any]] | None:
    """Return status, title, detail and members of what refuses this request as a form; None when nothing does.

    The header keeps out what a page of another site could send: a browser adds it to no form by itself.
    """
    if request.mimetype != TYPE:
        return 415, "Wrong type", f"send Content-Type: {TYPE}", {"field": "Content-Type"}
    if not request.headers.get("Idempotency-Key"):
        rule = "a write needs this header"
        members = {"field": "Idempotency-Key", "value": "''", "rule": rule}
        return 422, "Bad input", f"Idempotency-Key: {rule}", members
    return None
