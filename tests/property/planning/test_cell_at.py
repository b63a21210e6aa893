"""The cell of a point is what trying every cell gives; on a shared border it is the lowest code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from geo_app.core import clock, coords
from geo_app.core.actor import SYSTEM
from geo_app.planning import service
from tests import build
from tests.integration.conftest import Town

CELLS = build.town().cells
VERTICES = sorted({xy for cell in CELLS for xy in cell.geometry.exterior.coords})
EAST, NORTH = build.TOWN_CORNER
anywhere = st.tuples(st.integers(-60_000, 660_000), st.integers(-60_000, 460_000)).map(
    lambda xy: (EAST + xy[0] / 1000, NORTH + xy[1] / 1000)
)


@given(st.lists(st.sampled_from(VERTICES) | anywhere, min_size=1, max_size=20))
def test_the_cell_of_a_point_is_found(still_town: Town, places: list[tuple[float, float]]) -> None:
    with still_town.database.transaction(SYSTEM) as tx:
        for xy in places:
            point = Point(round(xy[0], 3), round(xy[1], 3))
            expected = min((cell.code for cell in CELLS if cell.geometry.intersects(point)), default=None)
            lonlat = coords.to_lonlat(point, still_town.city.srid)
            placed = service.cell_at(tx, still_town.city, lonlat, clock.now())
            assert placed.code == expected
            assert (placed.cell_id is None) == (expected is None)
