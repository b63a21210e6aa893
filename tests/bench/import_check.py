"""How long the processor takes to diagnose 10,000 cells of about fifty vertices, clean ones and a dirty layer."""

from __future__ import annotations

import time

from grids.defects import Accepted
from grids.defects_finding import diagnose
from tests import defective
from tests.bench.registry import Row, median_of, row

RUNS = 5
SIDE = 100
EACH = 10


@row("import-check")
def import_check() -> Row:
    """Time the diagnosis of a layer with 120 defects of twelve kinds put in; all must be found."""
    layer = defective.spoilt(SIDE, SIDE, EACH, seed=20260101)
    clean = defective.whole(SIDE, SIDE, seed=20260101)
    dirty = median_of(RUNS, lambda: seconds(layer))
    found = diagnose(layer.rows, layer.ground, Accepted()).findings
    return Row(
        name="import-check",
        ours=dirty,
        unit="s",
        equal=not defective.missed(layer, found)
        and len(defective.false_alarms(layer, found)) <= len(found) / 100,
        note=f"{SIDE * SIDE} cells, {len(layer.seeded)} defects put in, {len(found)} findings, median of {RUNS}; "
        f"without a defect {median_of(RUNS, lambda: seconds(clean)):.2f} s",
    )


def seconds(layer: defective.Layer) -> float:
    """Return the seconds of processor that the diagnosis of a layer takes."""
    start = time.process_time()
    diagnose(layer.rows, layer.ground, Accepted())
    return time.process_time() - start
