"""Every defect put into a layer is found, hardly anything else is, and what is mended is whole."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely

from grids import partition
from grids.defects import METRES, SHARE, Accepted, Diagnosis, Weight, areas
from grids.defects_finding import diagnose
from grids.model import Partition
from tests import defective
from tests.defective import Layer
from tests.sizes import size

EACH = 4
"""Defects of each kind in one layer."""
SEEDS = range(size("spoilt_layers"))


def spoilt(seed: int) -> tuple[Layer, Diagnosis]:
    layer = defective.spoilt(26, 26, EACH, seed=seed)
    return layer, diagnose(layer.rows, layer.ground, Accepted())


@pytest.mark.parametrize("seed", SEEDS)
def test_every_defect_put_in_is_found_and_hardly_anything_else(seed: int) -> None:
    layer, found = spoilt(seed)
    assert len(layer.seeded) == EACH * len(defective.SPOILERS)
    assert defective.missed(layer, found.findings) == []
    assert len(defective.false_alarms(layer, found.findings)) <= len(found.findings) / 100


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_mended_is_whole_fills_the_land_and_leaves_the_rest_alone(seed: int) -> None:
    layer, found = spoilt(seed)
    whole = Partition.of(list(found.cells))
    assert partition.check(whole) == ()
    outline = partition.outline(whole)
    assert shapely.symmetric_difference(outline, layer.ground.land).area < 1e-6
    spots = shapely.union_all([one.place for one in layer.seeded])
    far = {
        row.code: row.shape
        for row in layer.rows
        if row.shape is not None and not row.shape.dwithin(spots, 1.0)
    }
    same = [whole.cells[code].geometry is shape for code, shape in far.items() if code in whole.cells]
    assert all(same)
    assert len(same) > 100


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_above_the_limits_is_changed_without_a_word(seed: int) -> None:
    """The preview is right, and every cell that changes much is named by a finding that waits."""
    layer, found = spoilt(seed)
    open_ = {
        code
        for one in found.findings
        if one.weight is Weight.OPEN
        for code in (*one.cells, *one.changes, one.to)
    }
    coded = Counter(str(row.code) for row in layer.rows)
    clear = [
        row for row in layer.rows if coded[str(row.code)] == 1 and isinstance(row.shape, shapely.Polygon)
    ]
    before = areas({str(row.code): row.shape for row in clear})
    after = {cell.code: cell.area for cell in found.cells}
    told = {one.code: one for one in found.changes}
    for code in before.keys() & after.keys():
        changed = abs(after[code] - before[code])
        if changed > 1e-6:
            assert code in told
        if changed > min(SHARE * before[code], METRES):
            assert code in open_, (code, changed)


def test_findings_have_the_same_names_when_rows_come_in_another_order() -> None:
    layer, found = spoilt(5)
    order = np.random.default_rng(1).permutation(len(layer.rows)).tolist()
    again = diagnose([layer.rows[index] for index in order], layer.ground, Accepted())
    assert {one.id for one in again.findings} == {one.id for one in found.findings}


def test_accepting_everything_makes_the_layer_ready() -> None:
    layer, found = spoilt(6)
    assert not found.is_ready
    accepted = Accepted(frozenset(one.id for one in found.findings if one.weight is Weight.OPEN))
    again = diagnose(layer.rows, layer.ground, accepted)
    assert again.is_ready
    assert [cell.geometry for cell in again.cells] == [cell.geometry for cell in found.cells]


def test_a_layer_without_a_defect_stays_as_it_is() -> None:
    layer = defective.whole(20, 20)
    found = diagnose(layer.rows, layer.ground, Accepted())
    assert found.findings == ()
    assert found.changes == ()
    assert all(cell.geometry is row.shape for cell, row in zip(found.cells, layer.rows, strict=True))
