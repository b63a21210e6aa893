"""Tiles of the grid as it is with a release: by its id or by an instant, past, now or to come, and kept like others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient

from geo_app.app import create_app
from geo_app.cities import service as cities
from geo_app.core import clock, coords, db
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.maps.model import HALF
from geo_app.planning import service as planning
from geo_app.planning.model import Draft
from grids.model import Partition
from tests import build, people
from tests.databases import Server

Z = 15
NAMES = ("第一", "第二", "将来")


@dataclass(frozen=True, slots=True)
class Past:
    """A town of three releases that each name all cells anew, the last of them to come, and one tile in its middle."""

    client: FlaskClient
    releases: list[int]
    begins: list[datetime]
    path: str

    def get(self, query: str = "", **headers: str) -> Any:
        """Ask for the tile."""
        return self.client.get(self.path + query, headers=headers)

    def names(self, query: str = "") -> set[str]:
        """Return the names in the tile."""
        answer = self.get(query)
        assert answer.status_code == 200, answer.text
        labels = mapbox_vector_tile.decode(answer.data)["cells_label"]["features"]
        return {one["properties"]["name"] for one in labels}


@pytest.fixture(scope="module")
def past(cluster: Server, migrated: str) -> Iterator[Past]:
    with cluster.clone(migrated) as place:
        settings = Settings(database_url=place.owner_url, app_database_url=place.app_url)
        database = db.Database(place.app_url, settings)
        with database.transaction(SYSTEM) as tx:
            city = cities.load(tx, build.town())
            for name in NAMES[1:]:
                whole = planning.partition(tx, city, clock.now() + timedelta(days=400))
                named = Partition.of([replace(cell, name=name) for cell in whole.cells.values()])
                base, at = planning.releases(tx, city)[0].id, clock.now()
                at = at + timedelta(days=30) if name == NAMES[-1] else at
                planning.publish(tx, city, planning.prepare(tx, city, Draft(base, named, at, name)))
            found = planning.releases(tx, city)[::-1]
        app = create_app(settings, database)
        app.extensions["feed"].stop()
        yield Past(
            people.everybody(app), [one.id for one in found], [one.effective_from for one in found], middle()
        )
        database.dispose()


def middle() -> str:
    """Return the address of the tile in the middle of the town."""
    cells = np.array([cell.geometry for cell in build.town().cells], dtype=object)
    west, south, east, north = shapely.total_bounds(coords.to_mercator(cells, build.TOWN_SRID)).tolist()
    side = 2 * HALF / (1 << Z)
    column, row = int(((west + east) / 2 + HALF) / side), int((HALF - (south + north) / 2) / side)
    return f"/tiles/town/cells/{Z}/{column}/{row}.mvt"


def test_a_tile_shows_the_grid_of_the_release_it_is_asked_for(past: Past) -> None:
    first, second, later = past.releases
    assert past.names(f"?release={second}") == {"第二"}
    assert past.names(f"?release={later}") == {"将来"}
    assert past.names() == past.names(f"?release={second}")
    assert past.names(f"?release={first}").isdisjoint(NAMES)


def test_an_instant_means_the_release_in_force_then(past: Past) -> None:
    for release, begins in zip(past.releases, past.begins, strict=True):
        for at in (begins, begins + timedelta(microseconds=1)):
            said = f"?at={quote(at.isoformat())}"
            assert past.get(said).data == past.get(f"?release={release}").data
            assert past.get(said).headers["ETag"] == past.get(f"?release={release}").headers["ETag"]
    before = past.begins[1] - timedelta(microseconds=1)
    assert past.names(f"?at={quote(before.isoformat())}") == past.names(f"?release={past.releases[0]}")


def test_each_release_has_a_stamp_of_its_own(past: Past) -> None:
    stamps = [past.get(f"?release={release}").headers["ETag"] for release in past.releases]
    assert len({*stamps, past.get().headers["ETag"]}) == len(stamps) + 1
    for release, stamp in zip(past.releases, stamps, strict=True):
        kept = past.get(f"?release={release}", **{"If-None-Match": stamp})
        assert (kept.status_code, kept.data) == (304, b"")
        other = past.get(f"?release={past.releases[release == past.releases[0]]}", **{"If-None-Match": stamp})
        assert other.status_code == 200


def test_what_is_no_release_of_the_city_is_not_found(past: Past) -> None:
    long_ago = quote((past.begins[0] - timedelta(days=1)).isoformat())
    for query in ("?release=999999", f"?at={long_ago}"):
        assert past.get(query).status_code == 404
    outside = past.path.replace(f"/{Z}/", "/18/")
    assert past.client.get(f"{outside}?release={past.releases[0]}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "release=x",
        "release=0",
        "release=",
        "at=yesterday",
        "at=2026-05-01",
        "release=1&at=2026-05-01T00:00:00Z",
    ],
)
def test_what_is_no_release_at_all_is_refused(past: Past, query: str) -> None:
    assert past.get(f"?{query}").status_code == 422


def test_only_the_grid_has_releases(past: Past) -> None:
    answer = past.client.get(f"/tiles/town/basemap/15/0/0.mvt?release={past.releases[0]}")
    assert answer.status_code == 422


def test_a_tile_of_a_release_is_kept_under_one_address(past: Past) -> None:
    """Else whoever asks for the same in a thousand ways would drive out what others need."""
    memory = past.client.application.extensions["recall"]
    release, begins = past.releases[0], quote(past.begins[0].isoformat())
    for query in (f"release={release}", f"release=0{release}", f"at={begins}", f"release={release}&x=1"):
        assert past.get(f"?{query}").status_code == 200
    assert {one for one in memory._answers if "?" in one} <= {
        f"{past.path}?release={known}" for known in past.releases
    }
    assert f"{past.path}?release={release}" in memory._answers
