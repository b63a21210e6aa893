"""One town in one database for all examples of a file; they leave it as it is."""

from __future__ import annotations

from tests.integration.conftest import still_town

__all__ = ["still_town"]
