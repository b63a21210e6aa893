"""How long a real city takes from its files to the database: read, diagnosed, mended, stored in one transaction."""

from __future__ import annotations

import os
from pathlib import Path

from geo_app.cities import kit, service
from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from tests.bench.databases import fresh
from tests.bench.registry import Row, median_of, milliseconds, row

RUNS = 5
KITS = Path(__file__).parents[1] / "cities"


@row("city-load")
def city_load() -> Row:
    """Time 回天, the larger of the two kits; without real data there is nothing to measure and it says so."""
    if "GEO_DATA" not in os.environ:
        return Row(name="city-load", ours=0.0, unit="s", note="GEO_DATA names no folder of real data")
    counts: list[tuple[int, int]] = []

    def load() -> None:
        report = kit.examine(KITS / "huitian", os.environ, clock.now())
        assert report.data is not None, [item.line() for item in report.findings.refused]
        counts.append((len(report.data.cells), len(report.data.roads)))
        with fresh_one.transaction(SYSTEM, patient=True) as tx:
            service.replace(tx, report.data)

    with fresh() as fresh_one:
        seconds = median_of(RUNS, lambda: milliseconds(load)) / 1000
    cells, roads = counts[0]
    same = len(set(counts)) == 1
    note = f"回天: {cells} cells, {roads} roads, all layers; each run removes the one before"
    return Row(name="city-load", ours=seconds, unit="s", equal=same, note=note)
