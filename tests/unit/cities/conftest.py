"""The demo city of one moment, made once for all tests that look at it."""

from __future__ import annotations

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo_app.cities import demo
from geo_app.cities.model import CityData
from tests.unit.cities.moment import UNTIL


@pytest.fixture(scope="session")
def city() -> CityData:
    """The demo city as it is at that moment."""
    return demo.generate(UNTIL)


@pytest.fixture(scope="session")
def outline(city: CityData) -> BaseGeometry:
    """The ground of the city."""
    return shapely.union_all([cell.geometry for cell in city.cells])
