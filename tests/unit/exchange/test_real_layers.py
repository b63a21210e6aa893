"""Layers of real cities come in with every defect that is known of them, and can be made whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import shapely

from geo_app.exchange import content
from geo_app.exchange.frames import Target
from geo_app.exchange.model import Reading
from grids import defects, partition
from grids.defects import Accepted, Ground, Kind, Weight, only
from grids.defects_finding import diagnose
from grids.model import Partition


@dataclass(frozen=True, slots=True)
class Layer:
    """A real layer: its file, its column of codes, a metric frame of its city, and what is wrong with it."""

    file: str
    code: str
    srid: int
    counts: dict[Kind, int]
    overlap: float
    """Square metres that two claim."""
    gap: float
    cells: int
    """When everything is accepted."""


THIN = {
    "huitian": ((), (("28", "6798"),)),
    "carrollton": (
        (("2A05", "2A07"), ("2C07", "5C07-2"), ("2C09", "2C10"), ("2C03", "2C04"), ("2C10", "5C02"), ("2C01", "2C04"),
         ("2C00", "5C07-2"), ("2C20", "5C05"), ("2C20", "2C44"), ("2C12", "5C03"), ("2C11", "5C03"), ("2L29", "2L32"),
         ("2C44", "5C05"), ("2C09", "5C01")),
        (("2C16", "2C17"), ("2C16", "2C18"), ("2C03", "2C05"), ("2C09", "5C01"), ("2C33", "5C05"), ("2C01", "2C04"),
         ("2C07", "5C07-2"), ("2C12", "5C03"), ("2A07", "2A08"), ("5C02", "5C03"), ("2C10", "5C02"), ("2C44", "5C05")),
    ),
}  # fmt: skip
"""Pairs whose overlaps, and whose gaps, are nowhere wider than a millimetre: told as junctions that are missing.

By plain overlay of the files' own coordinates, before they stand on the millimetre grid, 回天 has 8 overlaps and 9
holes, Carrollton 25 and 30, Denver none and 10. One of Carrollton's gaps, of 2C47 and 2C48, is no hole there: its mouth
at the outer border is micrometres wide. A hole of Denver's has a piece of 901 in it, which that overlay counts too.
"""
LAYERS = {
    "huitian": Layer(
        "huitian/polygons/ht_sq.json", "sq_id", 4548,
        {Kind.OVERLAP: 8, Kind.GAP: 8, Kind.NODE: 1, Kind.PARTS: 11}, 6281.9, 297.8, 135,
    ),
    "denver": Layer(
        "dirty-polygons/DenverCo_precincts2016_orig/DenverCo_precincts2016_orig.shp", "NAMELSAD", 26913,
        {Kind.FRAME: 2, Kind.ENCODING: 1, Kind.GAP: 10, Kind.PARTS: 3}, 0.0, 3149300.8, 349,
    ),
    "carrollton": Layer(
        "carrollton/DataOrig/ReportingAreas.shp", "PDGrid", 26914,
        {Kind.FRAME: 1, Kind.ENCODING: 1, Kind.OVERLAP: 11, Kind.GAP: 13, Kind.NODE: 26, Kind.PARTS: 3},
        33.9, 20.6, 327,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_every_defect_is_told_and_by_acceptance_all_is_whole(real_data: Path, name: str) -> None:
    layer = LAYERS[name]
    given = content.read(real_data / layer.file, Reading(columns={"code": layer.code}), Target(layer.srid))
    found = diagnose(given.rows, Ground(None), Accepted())
    told = [*given.findings, *found.findings]
    assert {kind: count for kind, count in defects.counts(told).items() if count} == layer.counts
    for kind, area in ((Kind.OVERLAP, layer.overlap), (Kind.GAP, layer.gap)):
        assert sum(one.area for one in found.findings if one.kind is kind) == pytest.approx(area, rel=1e-3)
    named = {tuple(sorted(one.cells)) for one in found.findings if one.kind is Kind.NODE}
    assert {pair for pairs in THIN.get(name, ()) for pair in pairs} <= named
    assert not found.is_ready
    accepted = Accepted(frozenset(one.id for one in only(found.findings, [Weight.OPEN])))
    whole = diagnose(given.rows, Ground(None), accepted)
    assert whole.is_ready
    assert partition.check(Partition.of(list(whole.cells))) == ()
    assert len(whole.cells) == layer.cells


def test_communities_of_huitian_that_lie_outside_their_street_are_told(real_data: Path) -> None:
    folder, target = real_data / "huitian/polygons", Target(4548)
    streets = content.read(folder / "ht_jd.json", Reading(columns={"code": "jd_id"}), target)
    units = {str(row.code): shapely.make_valid(row.shape) for row in streets.rows}
    how = Reading(columns={"code": "sq_id", "community": "jd_id"})
    communities = content.read(folder / "ht_sq.json", how, target)
    found = diagnose(communities.rows, Ground(None, units=units), Accepted())
    strayed = [one for one in found.findings if one.kind is Kind.NESTING]
    assert len(strayed) == 40
    assert sum(one.to is not None for one in strayed) > 10
