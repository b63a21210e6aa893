"""One town in one database for all examples of a file; they leave it as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from geo_app.cities import service as cities
from geo_app.core import db
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from tests import build
from tests.databases import Server
from tests.integration.conftest import Town


@pytest.fixture(scope="module")
def still_town(cluster: Server, migrated: str) -> Iterator[Town]:
    """The town, for examples that only look or roll back."""
    with cluster.clone(migrated) as place:
        settings = Settings(database_url=place.owner_url, app_database_url=place.app_url)
        database = db.Database(place.app_url, settings)
        with database.transaction(SYSTEM) as tx:
            city = cities.load(tx, build.town())
        yield Town(city, database, settings)
        database.dispose()
