"""However a layer was damaged, mending makes it whole, and every square metre that changed hands is accounted for."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from shapely import Polygon

from grids import partition, repair
from grids.model import Cell, Partition
from grids.repair import Kind, Wishes
from tests.property.grids.test_partition import damaged, wholes

MILLIMETRE = 0.001
"""Metres by which a border may move: its length times this is what an area may differ by."""


def named(shapes: list[Polygon]) -> dict[str, Polygon]:
    return {f"{number:03d}": shape for number, shape in enumerate(shapes)}


@given(damaged())
def test_mending_makes_any_layer_whole(shapes: list[Polygon]) -> None:
    mended = repair.mend(named(shapes), Wishes())
    cells = [Cell(key, "", "", polygon) for key, polygon in mended.polygons.items()]
    assert partition.check(Partition.of(cells)) == ()
    land = shapely.union_all(shapes)
    gaps = sum(one.area for one in mended.defects if one.kind is Kind.GAP)
    assert sum(cell.area for cell in cells) == pytest.approx(land.area + gaps, abs=land.length * MILLIMETRE)


@given(damaged())
def test_every_change_of_area_is_in_the_defects(shapes: list[Polygon]) -> None:
    given_ = named(shapes)
    mended = repair.mend(given_, Wishes())
    for key, polygon in mended.polygons.items():
        most = abs(polygon.area - given_[key].area)
        claimed = sum(one.area for one in mended.defects if key in {*one.keys, one.taker})
        assert most <= claimed + given_[key].length * MILLIMETRE


@given(wholes())
def test_what_is_whole_is_not_touched(shapes: list[Polygon]) -> None:
    mended = repair.mend(named(shapes), Wishes())
    assert mended.defects == ()
    assert all(mended.polygons[key].equals(shape) for key, shape in named(shapes).items())
