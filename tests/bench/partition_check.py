"""How fast a partition of 10,000 cells is checked, against comparing every pair of neighbours."""

from __future__ import annotations

import numpy as np
import shapely

from grids.model import Partition
from grids.partition import check
from tests import build
from tests.bench.registry import Row, median_of, milliseconds, row, times_better

RUNS = 5
SIDE = 100


@row("partition-check")
def partition_check() -> Row:
    """Time `grids.partition.check` on 10,000 whole cells; both must judge whole and broken ones alike."""
    whole = build.partition(SIDE, SIDE, seed=20260101)
    middle = list(whole.cells)[len(whole.cells) // 2]
    broken = (build.moved(whole, middle, 3.0, 2.0), build.without(whole, middle))
    ours = median_of(RUNS, lambda: milliseconds(lambda: check(whole)))
    peer = median_of(RUNS, lambda: milliseconds(lambda: is_whole(whole)))
    return Row(
        name="partition-check",
        ours=ours,
        unit="ms",
        peer="pairwise intersection",
        peer_figure=peer,
        ratio=times_better(ours, peer),
        equal=all((not check(each)) == is_whole(each) for each in (whole, *broken)),
        note=f"{len(whole.cells)} cells, median of {RUNS}; same verdict whole, one cell moved, one gone",
    )


def is_whole(partition: Partition) -> bool:
    """Return whether no two cells overlap and their union has no hole, pair by pair."""
    geometries = partition.geometries()
    if not shapely.is_valid(geometries).all():
        return False
    left, right = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    pairs = left < right
    shared = shapely.area(shapely.intersection(geometries[left[pairs]], geometries[right[pairs]]))
    if bool(np.any(shared > 0)):
        return False
    pieces = shapely.get_parts(shapely.union_all(geometries))
    return bool((shapely.get_num_interior_rings(pieces) == 0).all())
