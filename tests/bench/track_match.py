"""How fast tracks are put onto roads, how right that is, and how fast and right fastmm is on the same tracks.

The headline is positions a second on one core, recorded every second. Quality is not the peer's opinion but the known
truth: `equal` says that the limits are kept at every rate and that no answer does what none may
(`judged.faults`). Maps are made ready before the clock runs, for both. Everything is seeded.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from geo_app.roads import match
from geo_app.roads.match import Field
from geo_app.roads.matched import Matched
from geo_app.roads.model import Indices, Mode
from tests.bench.registry import Row, median_of, row, times_better
from tests.driven import drive as drives
from tests.driven import judged, score, tracks, trips
from tests.driven.drive import Drive
from tests.driven.score import Score, Spread
from tests.property.roads import cities

RUNS = 5
SEED = 20260101
JITTER = 3.0
TRIPS, APART = 30, (1_000.0, 4_000.0)
WALKS, WALKED = 15, (300.0, 1_500.0)
"""Made-up drives and walks in each city, and how far apart their ends are."""
PEER = "fastmm"
PEERS = Path(sys.prefix) / "peers"
"""Where scripts/bench puts the extra [bench]."""
RADIUS, ERROR, CANDIDATES, BACKWARDS = 70.0, 10.0, 8, 40.0
REACH = {1: 300.0, 10: 1_000.0, 30: 2_500.0}
"""Metres the peer may go between positions at each rate."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How a set of drives came out at one rate."""

    spread: Spread
    faults: tuple[str, ...]


@row("track-match")
def track_match() -> Row:
    """Time the recorded tracks, and judge them, worse copies of them, and made-up trips in two cities."""
    if "GEO_DATA" not in os.environ:
        raise SystemExit("track-match measures recorded tracks: set GEO_DATA to the folder of real data")
    folder = Path(os.environ["GEO_DATA"])
    return measured(tracks.read(folder), made_up(folder))


def made_up(folder: Path) -> dict[str, list[Drive]]:
    """Return made-up drives and walks in Manhattan and Porto."""
    roads, restrictions = cities.porto(folder)
    places = {"Manhattan": (cities.manhattan(folder), ()), "Porto": (roads, restrictions)}
    kinds = ((Mode.CAR, "drives in", TRIPS, APART), (Mode.WALK, "walks in", WALKS, WALKED))
    return {
        f"{word} {name}": list(trips.make(name, drives.ground(*one), count, SEED, apart))
        for name, (some, turns) in places.items()
        for mode, word, count, apart in kinds
        for one in [(some, mode, turns)]
    }


def measured(recorded: Sequence[Drive], others: dict[str, list[Drive]]) -> Row:
    """Return the row of recorded tracks; other drives are only judged, by limits of their own."""
    sets = {
        "recorded": list(recorded),
        "jittered 3 m": [drives.jittered(one, JITTER, SEED) for one in recorded],
        "reversed": [drives.reversed_in_time(one) for one in recorded],
        **others,
    }
    ready = [(match.prepare(one.ground), one) for one in recorded]
    found = {name: quality(some) for name, some in sets.items()}
    rates = {rate: _rate(ready, rate) for rate in judged.RATES}
    is_right = all(one.spread.is_within(judged.LIMITS[rate]) for rate, one in found["recorded"].items())
    is_right &= all(
        found[name][rate].spread.is_within(limit) for name in others for rate, limit in judged.MADE_UP.items()
    )
    is_sound = not any(one.faults for some in found.values() for one in some.values())
    words = "; ".join(
        f"{name} " + ", ".join(f"{rate} s {one.spread}" for rate, one in some.items())
        for name, some in found.items()
    )
    speeds = ", ".join(f"{rate} s {figure:,.0f}/s" for rate, figure in rates.items())
    note = f"{speeds}; mismatch % median / mean / p90 / worst: {words}"
    return _beside(
        Row("track-match", rates[1], "positions/s", equal=is_right and is_sound, note=note), recorded
    )


def quality(some: Iterable[Drive]) -> dict[int, Quality]:
    """Return how drives come out at every rate; drives that share a ground share what is made ready of it."""
    scores: dict[int, list[Score]] = {rate: [] for rate in judged.RATES}
    faults: dict[int, list[str]] = {rate: [] for rate in judged.RATES}
    ready: tuple[object, Field] | None = None
    for one in some:
        if ready is None or ready[0] is not one.ground:
            ready = one.ground, match.prepare(one.ground)
        for rate, thin in judged.rated(one):
            matched = told(ready[1], thin)
            scores[rate].append(judged.judge(thin, matched))
            faults[rate] += judged.faults(thin, matched)
    return {rate: Quality(score.spread(scores[rate]), tuple(faults[rate])) for rate in judged.RATES}


def told(field: Field, drive: Drive) -> Matched:
    """Return our answer."""
    return judged.answer(field, drive)


def _rate(ready: Sequence[tuple[Field, Drive]], rate: int) -> float:
    """Return positions a second of one core's time."""
    asked = [(field, judged.fixes(drives.thinned(one, rate) if rate > 1 else one)) for field, one in ready]
    count = sum(len(fixes) for _, fixes in asked)
    return count / median_of(RUNS, lambda: _seconds([partial(match.match, *one) for one in asked]))


def _seconds(calls: Sequence[Callable[[], object]]) -> float:
    """Return the processor's seconds of all calls: others on the machine do not count."""
    start = time.process_time()
    for call in calls:
        call()
    return time.process_time() - start


def _beside(ours: Row, recorded: Sequence[Drive]) -> Row:
    """Return the row with the peer's figures; without them when it is not installed (the extra [bench])."""
    if str(PEERS) not in sys.path:
        sys.path.append(str(PEERS))
    if find_spec(PEER) is None:
        return ours
    figures, words = {}, []
    for rate in judged.RATES:
        scores, seconds, count = [], 0.0, 0
        for one in recorded:
            thin = drives.thinned(one, rate) if rate > 1 else one
            ask = peer(thin, REACH[rate])
            seconds += median_of(RUNS, partial(_seconds, [ask])) if rate == 1 else _seconds([ask])
            count += len(thin.xy)
            scores.append(score.strict(thin.pieces, thin.lengths, thin.truth, ask()))
        figures[rate] = count / seconds
        words.append(f"{rate} s {figures[rate]:,.0f}/s {score.spread(scores)}")
    return Row(
        ours.name, ours.ours, ours.unit, peer=PEER, peer_figure=figures[1],
        ratio=times_better(ours.ours, figures[1], less_is_better=False), equal=ours.equal,
        note=f"{ours.note}; {PEER}: {', '.join(words)}; equal: our limits are kept and no answer is impossible",
    )  # fmt: skip


def peer(drive: Drive, reach: float) -> Callable[[], Indices]:
    """Return what asks the peer for the travels of a drive on one-way arcs."""
    import fastmm  # noqa: PLC0415  # only who measures has it

    network = fastmm.Network()
    built = drive.ground.network
    for edge, (start, end) in enumerate(zip(built.starts.tolist(), built.ends.tolist(), strict=True)):
        vertices = built.shape.vertices[built.first[edge] : built.first[edge + 1]]
        network.add_edge(edge, source=start, target=end, geom=[tuple(one) for one in vertices.tolist()])
    network.finalize()
    with TemporaryDirectory() as folder:
        matcher = fastmm.FastMapMatch(
            network, fastmm.TransitionMode.SHORTEST, max_distance_between_candidates=reach, cache_dir=folder
        )
    rows = [tuple(one) for one in np.column_stack([drive.xy, drive.seconds]).tolist()]
    asked = fastmm.Trajectory.from_xyt_tuples(rows)

    kept = network, matcher  # the matcher does not keep its network alive

    def ask() -> Indices:
        found = kept[1].match(
            asked,
            max_candidates=CANDIDATES,
            candidate_search_radius=RADIUS,
            gps_error=ERROR,
            reverse_tolerance=BACKWARDS,
        )
        edges = [
            edge.edge_id
            for part in found.subtrajectories
            if part.error_code == fastmm.MatchErrorCode.SUCCESS
            for segment in part.segments
            for edge in segment.edges
        ]
        return (2 * np.array(edges, dtype=np.int64)).astype(np.int32)

    return ask
