"""How fast a process opens a city's roads for all modes, against reading the same arcs as scipy's matrices."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, load_npz, save_npz

from geo_app.roads import kept
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Mode
from geo_app.roads.nearest import Ground
from tests.bench import nearest
from tests.bench.registry import Row, median_of, milliseconds, row, times_better

RUNS = 5
Grounds = dict[Mode, Ground]


@row("graph-load")
def graph_load() -> Row:
    """Time the opening of the made-up city, in the middle of a process; its files are in the page cache."""
    return opening(nearest.SIDE)


def opening(side: int) -> Row:
    """Return the row of a city of `side` x `side` junctions."""
    made = kept.build(networks.build(nearest.city(side)))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "city"
        kept.save(place, made)
        for mode, ground in made.items():
            save_npz(Path(folder) / f"{mode}.npz", _matrix(ground), compressed=False)

        def ours() -> Grounds:
            found = kept.load(place)
            if found is None:
                raise ValueError("what was just saved cannot be read")
            for ground in found.values():
                NetworkEngine(ground)
            return found

        def peer() -> dict[Mode, csr_array]:
            return {mode: csr_array(load_npz(Path(folder) / f"{mode}.npz")) for mode in made}

        is_same = same(ours(), peer())
        figure = median_of(RUNS, lambda: milliseconds(ours))
        theirs = median_of(RUNS, lambda: milliseconds(peer))
        size = sum(file.stat().st_size for file in place.iterdir()) / 1e6
    note = f"{len(made[Mode.CAR].network.nodes)} junctions, {len(made)} modes, {size:.0f} MB mapped"
    ratio = times_better(figure, theirs)
    return Row("graph-load", figure, "ms", "scipy.sparse.load_npz", theirs, ratio, is_same, note)


def same(ours: Grounds, theirs: dict[Mode, csr_array]) -> bool:
    """Return whether both hold the same arcs at the same costs."""
    return all(
        np.array_equal(ground.graph.outward.costs, theirs[mode].data)
        and np.array_equal(ground.graph.outward.nexts, theirs[mode].indices)
        and np.array_equal(ground.graph.outward.offsets, theirs[mode].indptr)
        for mode, ground in ours.items()
    )


def _matrix(ground: Ground) -> csr_array:
    star = ground.graph.outward
    count = len(star.offsets) - 1
    return csr_array((star.costs, star.nexts, star.offsets), shape=(count, count))
