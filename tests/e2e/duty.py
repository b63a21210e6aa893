"""Duty in the running service: the hour of a test run must not decide who can be sent."""

from __future__ import annotations

from typing import Any

from tests.databases import connected


def always_on_duty(site: Any) -> None:
    """Let every responder be on shift at any hour of any day: who has no shifts written always is."""
    with connected(site.owner_url) as cursor:
        cursor.execute("DELETE FROM shift")
