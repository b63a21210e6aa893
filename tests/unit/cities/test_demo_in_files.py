"""The demo city goes out and comes back the same to the millimetre, in every format and through other frames."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo_app.cities.model import CityData
from geo_app.exchange.model import Format
from grids.model import Cell
from tests.round_trips import OTHERS, comes_back, comes_back_by


@pytest.fixture(scope="module")
def cells(city: CityData) -> list[Cell]:
    """The cells of the demo city."""
    return [Cell(row.code, row.name, row.community, row.geometry) for row in city.cells]


@pytest.mark.parametrize("form", Format)
def test_the_demo_city_comes_back_the_same(
    city: CityData, cells: list[Cell], form: Format, tmp_path: Path
) -> None:
    comes_back(cells, city.info.srid, form, tmp_path)


@pytest.mark.parametrize("other", OTHERS)
def test_the_demo_city_comes_back_the_same_from_another_frame(
    city: CityData, cells: list[Cell], other: int, tmp_path: Path
) -> None:
    comes_back_by(other, cells, city.info.srid, tmp_path)
