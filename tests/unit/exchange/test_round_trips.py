"""A real city goes out and comes back the same to the millimetre, in every format and through other frames."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo_app.exchange import content
from geo_app.exchange.frames import Target
from geo_app.exchange.model import Format, Reading
from grids.defects import Accepted, Ground, Weight, only
from grids.defects_finding import diagnose
from grids.model import Cell
from tests.round_trips import OTHERS, comes_back, comes_back_by

SRID = 4548


@pytest.fixture(scope="module")
def huitian(real_data: Path) -> list[Cell]:
    """The communities of 回天, whole after every mend is accepted."""
    how = Reading(columns={"code": "sq_id", "name": "sq_name"})
    given = content.read(real_data / "huitian/polygons/ht_sq.json", how, Target(SRID))
    found = diagnose(given.rows, Ground(None), Accepted())
    ids = frozenset(one.id for one in only(found.findings, [Weight.OPEN]))
    return list(diagnose(given.rows, Ground(None), Accepted(ids)).cells)


@pytest.mark.parametrize("form", Format)
def test_a_real_city_comes_back_the_same(huitian: list[Cell], form: Format, tmp_path: Path) -> None:
    assert len(huitian) == 135
    comes_back(huitian, SRID, form, tmp_path)


@pytest.mark.parametrize("other", OTHERS)
def test_a_real_city_comes_back_the_same_from_another_frame(
    huitian: list[Cell], other: int, tmp_path: Path
) -> None:
    comes_back_by(other, huitian, SRID, tmp_path)
