"""PostGIS beside the index: both plans give the same cells, and one wrong cell is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bench import locating_postgis
from tests.bench.locating_postgis import BY_CELL, BY_POINT


@pytest.mark.parametrize("sql", [BY_POINT, BY_CELL])
def test_both_plans_give_the_cells_of_the_index(sql: str) -> None:
    assert locating_postgis.beside("PostGIS", "row", sql, 8, 500).equal is True


def test_one_point_in_another_cell_makes_the_results_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    real = locating_postgis.joined

    def wrong(*asked: object) -> np.ndarray:
        found = real(*asked)  # type: ignore[arg-type]
        found[7] += 1
        return found

    monkeypatch.setattr(locating_postgis, "joined", wrong)
    assert locating_postgis.beside("PostGIS", "row", BY_POINT, 8, 500).equal is False
