"""The four people of the town, on duty at every hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from geo_app.core import clock
from tests.integration.conftest import Town


@pytest.fixture
def people(town: Town) -> list[int]:
    """The four of the town by code, without shifts, last seen three days ago."""
    town.run("DELETE FROM shift")
    town.run("UPDATE responder_position SET at = %(at)s", at=clock.now() - timedelta(days=3))
    return town.all("SELECT id FROM responder ORDER BY code")
