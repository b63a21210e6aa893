"""Fixtures of the tests of accounts."""

from __future__ import annotations

import pytest

from geo_app.core import db
from geo_app.core.settings import Settings
from tests.integration.conftest import Town
from tests.integration.identity.house import House


@pytest.fixture
def house(settings: Settings, database: db.Database) -> House:
    """The web service with accounts."""
    return House(settings, database)


@pytest.fixture(scope="module")
def still_house(still_town: Town) -> House:
    """The same for tests that change nothing they look at."""
    return House(still_town.settings, still_town.database)
