"""The town and a client on it, for the contract of the routes."""

from __future__ import annotations

from tests.integration.conftest import still_client, still_town

__all__ = ["still_client", "still_town"]
