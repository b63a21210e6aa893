"""Every defect of the fourteen kinds that is put into a file is found where it is; in a clean file nothing is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from geo_app.exchange import content
from geo_app.exchange.model import Reading
from grids.defects import Accepted, Finding, Kind
from grids.defects_finding import diagnose
from layers import words
from layers.words import Lang
from tests import defective, defective_files
from tests.defective_files import Spoilt
from tests.sizes import size
from tests.unit.layers.test_sayings import pattern

EACH = 4
"""Defects of each of the twelve kinds of cells in one file; of frame and of texts it has one."""
CHINESE = [pattern(sentence) for sentence in words.refusals(Lang.ZH)]
SEEDS = range(size("spoilt_files"))


def told(given: Spoilt) -> list[Finding]:
    """Return everything that is found in a file, and see that it is read as it should be."""
    read = content.read(given.path, Reading(), given.target)
    for row, known in zip(read.rows, defective_files.as_read(given), strict=True):
        assert (row.code, row.name, row.community) == (known.code, known.name, known.community)
        assert _at(row.shape) == _at(known.shape)
    findings = [*read.findings, *diagnose(read.rows, given.layer.ground, Accepted()).findings]
    assert [one.says for one in findings if not any(known.fullmatch(one.says) for known in CHINESE)] == []
    return findings


def _at(shape: shapely.Geometry | None) -> list[list[int]]:
    """Return a shape's vertices in millimetres; none of what has no place."""
    return [] if shape is None else np.rint(shapely.get_coordinates(shape) * 1000).astype(int).tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_defect_of_the_fourteen_kinds_is_found_where_it_is(seed: int, tmp_path: Path) -> None:
    given = defective_files.spoilt(tmp_path, 23, 23, EACH, seed=seed)
    assert given.seeded == EACH * len(defective.SPOILERS) + 2
    assert {one.kind for one in (*given.layer.seeded, *given.misread)} == set(Kind)
    findings = told(given)
    assert defective_files.missed(given, findings) == []
    others = [one for one in findings if one.kind not in {Kind.FRAME, Kind.ENCODING}]
    assert len(findings) - len(others) == len(given.misread)
    assert len(defective.false_alarms(given.layer, others)) <= len(findings) / 100


@pytest.mark.parametrize("seed", SEEDS)
def test_in_a_clean_file_nothing_is_found(seed: int, tmp_path: Path) -> None:
    assert told(defective_files.clean(tmp_path, 12, 12, seed=seed)) == []
