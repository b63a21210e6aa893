"""The index of the grid and the database give every point the same cell, also where rounding could decide."""

from __future__ import annotations

import numpy as np
import shapely

import geo_app.planning.kept  # noqa: F401  # it keeps compiled kernels
from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.planning import service, store
from grids.locate import Locator
from tests import tilings
from tests.integration.conftest import Town
from tests.sizes import size


def test_index_and_database_agree_on_hostile_points(still_town: Town) -> None:
    """PostGIS's own arithmetic for a point put some of them on a border they are beside."""
    with still_town.database.transaction(SYSTEM, patient=True) as tx:
        at = clock.now()
        whole = service.partition(tx, still_town.city, at)
        locator = Locator.of(whole.cells.values())
        hostile = tilings.hostile(whole.geometries(), size("hostile_points") // 4, seed=9)
        doubtful = tilings.doubtful(whole.geometries(), size("doubtful_places"), seed=9)
        points = np.concatenate([hostile, doubtful])
        codes = np.array([*locator.codes.tolist(), ""])[locator.cells_of(points)].tolist()
        assert "" in codes
        metric = [shapely.set_srid(shapely.Point(xy), still_town.city.srid) for xy in points]
        together = store.cells_at(tx, still_town.city, metric, at)
        for point, code, placed in zip(metric, codes, together, strict=True):
            assert (placed.code or "") == code, point.wkt
        for point, code in list(zip(metric, codes, strict=True))[:: size("hostile_points") // 200]:
            alone = store.cell_at(tx, still_town.city, point, at)
            assert (alone.code if alone else "") == code, point.wkt
