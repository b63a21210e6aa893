"""Put a GPS track onto the roads: which edges were travelled, when, and how sure that is.

A track is thinned (`thin`), each fix that is left gets the spots it may have been taken at (`spots`), the likeliest
way through them is found (`viterbi`, `between`), and what no later fix can change (`settle`) becomes rows (`unroll`).
All of it works on a window of the track, so a track may be as long as it likes.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo_app.core import kernels
from geo_app.roads import chains, pen, spikes
from geo_app.roads import fixes as tracks
from geo_app.roads import matched as answers
from geo_app.roads.fixes import Fixes
from geo_app.roads.matched import Gap, Matched, Why
from geo_app.roads.nearest import Ground
from geo_app.roads.settle import Work, advance, work
from geo_app.roads.spots import Look, Steps, Terrain, Track, steps
from geo_app.roads.thin import thin
from geo_app.roads.unroll import NO_ROAD, NO_WAY, OFF_ROAD, PAUSE, Course, Desk, Times, write
from geo_app.roads.viterbi import Beliefs

BLOCK = 256
"""Thinned fixes looked at together."""
WINDOW = 4096
"""When so many are not settled, the likeliest way so far is taken, so memory is bounded."""
WHY = {NO_ROAD: Why.NO_ROAD, OFF_ROAD: Why.OFF_ROAD, NO_WAY: Why.NO_WAY, PAUSE: Why.PAUSE}
SPIKE = 4.0
"""A fix so many sigma beside its neighbours may be a spike."""
ACCURACY = 1.5
"""A circle that holds 68 % of fixes is so many sigma wide."""
PLACE, SIGMA, ARRIVE, DEPART = slice(0, 2), 2, 3, 4
"""Columns of the fixes kept."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is believed about receivers and people; metres, and nats (1 nat: e times less likely)."""

    sigma: float = 6.0
    """How far fixes err east and north, where the receiver does not say; of phones and trackers among houses."""
    thinning: float = 12.0
    """Fixes nearer to the one before say nothing new: two sigma."""
    wandering: float = 18.0
    """Fixes of who stands lie so much farther apart: together 3.7 times sigma and √2, what one in a thousand does."""
    settling: float = 60.0
    """Seconds in which the error of a receiver becomes another one, 63 % of it."""
    radius: float = 70.0
    """No road farther from a fix is considered: the error one fix in a thousand has among high houses."""
    most: int = 12
    """Chains considered a fix: six two-way roads."""
    spread: float = 20.0
    """A road so much less likely than the nearest is not considered: as much as leaving the roads costs."""
    knee: float = 2.0
    heading: float = 2.0
    straight: float = 20.0
    """Fixes nearer than this show no heading: their errors would turn it by more than a quarter."""
    beta: float = 5.0
    beta_share: float = 0.1
    u_turn: float = 4.0
    """As much as a way that is 20 m longer, the circle a car turns in."""
    leave: float = 20.0
    begin: float = 8.0
    """Journeys begin beside the roads as often as on them: no more than one fix more off them."""
    off: float = 8.0
    """What a fix costs that is 30 m from a road."""
    stretch: float = 1.5
    slack: float = 100.0
    pause: float = 600.0
    widest: float = 5000.0
    """A minute and a half on a motorway."""
    tip: float = 12.0
    """Two sigma, as in thinning: a fix nearer to where one left a road does not show another."""
    doubt: float = 4.0
    back: float = 18.0
    """Three sigma."""

    @property
    def far(self) -> tuple[float, float, float]:
        """Return how far from a place another one is, for `thin`."""
        return self.thinning, self.wandering, self.settling

    @property
    def beliefs(self) -> Beliefs:
        """Return what the kernels want to know."""
        return Beliefs(
            Look(self.radius, self.spread, self.knee, self.heading), self.beta, self.beta_share, self.u_turn,
            self.leave, self.begin, self.off, self.stretch, self.slack, self.pause, self.widest, self.tip,
            self.doubt, self.back,
        )  # fmt: skip


class Field:
    """What matching looks at, made once for the graph of a mode; any number of threads may use it."""

    def __init__(self, terrain: Terrain) -> None:
        self.terrain = terrain
        self._mine = threading.local()

    @property
    def work(self) -> Work:
        """The memory of this thread."""
        found: Work | None = getattr(self._mine, "work", None)
        if found is None:
            found = self._mine.work = work(self.terrain)
        return found


def prepare(ground: Ground) -> Field:
    """Return what matching on `ground` looks at."""
    made = Terrain(
        ground.grid, ground.network.shape, ground.graph.ways, ground.network.lengths,
        chains.of(ground.network, ground.graph),
    )  # fmt: skip
    return Field(Terrain(*kernels.frozen(made)))


def match(field: Field, fixes: Fixes, settings: Settings | None = None) -> Matched:
    """Return the roads travelled by a whole track; BrokenFix names a fix that cannot be used."""
    matcher = Matcher(field, settings)
    return answers.joined([matcher.feed(fixes), matcher.finish()])


class Matcher:
    """Matches a track while it grows: what `feed` and `finish` return, put together, is what `match` returns."""

    def __init__(self, field: Field, settings: Settings | None = None) -> None:
        self._field, self._settings = field, settings or Settings()
        self._ground = kernels.frozen((self._settings.beliefs, field.terrain))
        self._count, self._since = 0, -np.inf
        self._thinned = np.full(4, np.nan)
        self._waiting, self._seen = tracks.NONE, 0
        self._kept = np.zeros((0, 5))
        """From the last settled fix on."""
        self._made = 0
        """How many of those there are steps for."""
        self._written = 0
        """How many of those are written: the first one, when it is a settled one."""
        self._steps = steps(2 * BLOCK, self._settings.most)
        self._pen = pen.fresh()

    def feed(self, fixes: Fixes) -> Matched:
        """Take the fixes that come next, and return what they settle; BrokenFix names one that cannot be used."""
        given = tracks.checked(fixes, self._count, self._since)
        if not len(given):
            return answers.joined([])
        self._count += len(given)
        self._since = float(given.time[-1])
        self._take(given, is_last=False)
        pieces = []
        while len(self._kept) - self._made > BLOCK:
            pieces.append(self._advance(self._made + BLOCK, is_last=False))
        return answers.joined(pieces)

    def finish(self) -> Matched:
        """Return the rest: no fix follows."""
        if not self._count:
            return answers.joined([])
        self._take(tracks.NONE, is_last=True)
        pieces = []
        while len(self._kept) - self._made > BLOCK:
            pieces.append(self._advance(self._made + BLOCK, is_last=False))
        return answers.joined([*pieces, self._advance(len(self._kept), is_last=True)])

    def _take(self, given: Fixes, *, is_last: bool) -> None:
        """Keep what says something new; the last fix waits for the next, which shows whether it is a spike.

        Some fixes before it wait with it: they show how fast one goes.
        """
        joined = tracks.joined([self._waiting, given])
        is_spike = spikes.are(joined.xy, joined.time, SPIKE * self._settings.sigma)
        done = len(joined) if is_last else len(joined) - 1
        chosen = ~is_spike[:done]
        chosen[: self._seen] = False
        some = tracks.some(joined, np.flatnonzero(chosen))
        self._seen = min(done, spikes.BEFORE + 1)
        self._waiting = tracks.some(joined, np.arange(done - self._seen, len(joined)))
        if not len(some):
            return
        xy, time, thinned = kernels.frozen((some.xy, some.time, self._thinned))
        kept, left, self._thinned = thin(xy, time, thinned, self._settings.far)
        if is_last and not len(kept) and self._is_elsewhere(some):
            kept, left = np.zeros(1, dtype=np.int64), np.array([self._kept[-1, DEPART], some.time[0]])
        self._kept[-1:, DEPART] = left[0]
        sigma = np.full(len(kept), self._settings.sigma)
        if some.accuracy is not None:
            sigma = np.fmax(sigma, some.accuracy[kept] / ACCURACY)
        fresh = np.column_stack([some.xy[kept], sigma, some.time[kept], left[1:]])
        self._kept = np.concatenate([self._kept, fresh])

    def _is_elsewhere(self, some: Fixes) -> bool:
        """Tell whether the last fix shows where one went at last: one seldom ends where one stood."""
        return bool(np.hypot(*(some.xy[0] - self._kept[-1, PLACE])) >= self._settings.thinning)

    def _advance(self, end: int, *, is_last: bool) -> Matched:
        """Look at the fixes kept before `end`, and return what is settled."""
        must = is_last or end > WINDOW
        self._steps = _room(self._steps, end)
        track = self._track(end)
        row, state = advance((self._made, end - 1), track, self._ground, self._field.work, self._steps, must)
        self._made = end
        if row < 0:
            return answers.joined([])
        arrive, depart = self._kept[:end, ARRIVE].copy(), self._kept[:end, DEPART].copy()
        times = Times(*kernels.frozen((arrive, depart, track.xy)))
        found = self._write((self._written, row, state, is_last), times)
        self._forget(row)
        return found

    def _track(self, end: int) -> Track:
        """Return the fixes before `end` as kernels want them."""
        xy = self._kept[: end + 1, PLACE]
        gaps = np.concatenate([[0.0], np.hypot(*np.diff(xy, axis=0).T), [0.0]])
        ahead, behind = np.minimum(np.arange(end) + 1, len(xy) - 1), np.maximum(np.arange(end) - 1, 0)
        chords = xy[ahead] - xy[behind]
        driven = (gaps[:-1] + gaps[1:])[:end]
        is_sure = np.hypot(*chords.T) >= self._settings.straight
        course = np.where(is_sure, chords.T / np.where(is_sure, driven, 1.0), 0.0).T
        unseen = np.concatenate([[0.0], self._kept[1:end, ARRIVE] - self._kept[: end - 1, DEPART]])
        arrays = xy[:end].copy(), self._kept[:end, SIGMA].copy(), np.ascontiguousarray(course), unseen
        return Track(*kernels.frozen(arrays))

    def _write(self, ends: tuple[int, int, int, bool], times: Times) -> Matched:
        """Return the rows and gaps of what is settled; with more room once it is known how much they need."""
        course = Course(*(np.zeros(ends[1] + 1, dtype=np.int32) for _ in range(3)))
        room = 4 * BLOCK
        while True:
            used, out = self._pen.copy(), pen.rows(room)
            desk = Desk(course, used, self._field.work, out)
            write(ends, kernels.frozen(self._steps), times, self._ground, desk)
            if out.sizes.max() <= room:
                self._pen = used
                return _told(out)
            room = int(out.sizes.max())

    def _forget(self, row: int) -> None:
        """Keep what is from the settled row on."""
        for array in _arrays(self._steps):
            array[: self._made - row] = array[row : self._made].copy()
        self._kept = self._kept[row:]
        self._made -= row
        self._written = 1


def _room(have: Steps, rows: int) -> Steps:
    """Return the steps with room for so many rows."""
    count = len(have.spots.counts)
    if rows <= count:
        return have
    more = steps(2 * rows, have.turned.shape[1])
    for new, old in zip(_arrays(more), _arrays(have), strict=True):
        new[:count] = old
    return more


def _arrays(some: Steps) -> list[NDArray[Any]]:
    return [*some.spots, some.scores, some.came, some.turned]


def _told(out: pen.Rows) -> Matched:
    """Return what a pen wrote."""
    count, gaps = out.sizes.tolist()
    return Matched(
        tuple(Gap(begin, end, WHY[int(why)]) for begin, end, why in out.gaps[:gaps].tolist()),
        out.travels[:count].copy(),
        out.run[:count].copy(),
        *(out.numbers[:count, column].copy() for column in range(5)),
    )
