"""The town with two releases one after the other, the same for all examples; they leave it as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from geo_app.cities import service as cities
from geo_app.core import db
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.planning import service as planning
from geo_app.planning.model import Draft
from grids.model import Partition
from tests import build
from tests.databases import Server
from tests.integration.conftest import Town
from tests.property.tracks.walks import CHANGE


@pytest.fixture(scope="module")
def changed_town(cluster: Server, migrated: str) -> Iterator[Town]:
    """The town whose first two cells, and the first and the last, change places at CHANGE."""
    with cluster.clone(migrated) as place:
        settings = Settings(database_url=place.owner_url, app_database_url=place.app_url)
        database = db.Database(place.app_url, settings)
        with database.transaction(SYSTEM, patient=True) as tx:
            city = cities.load(tx, build.town())
            before = planning.partition(tx, city, build.TOWN_AT)
            (base,) = planning.releases(tx, city)
            codes = sorted(before.cells)
            turned = dict(zip(codes, [codes[-1], codes[0], *codes[2:-1], codes[1]], strict=True))
            cells = [
                replace(cell, geometry=before.cells[turned[code]].geometry)
                for code, cell in before.cells.items()
            ]
            draft = Draft(base.id, Partition.of(cells), CHANGE, "cells change places")
            planning.publish(tx, city, planning.prepare(tx, city, draft))
        yield Town(city, database, settings)
        database.dispose()
