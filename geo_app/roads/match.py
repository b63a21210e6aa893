"""Put a GPS track onto the roads: which edges were travelled, when, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo_app.core import kernels
from geo_app.roads import fixes as tracks
from geo_app.roads import matched as answers
from geo_app.roads import snap as snapping
from geo_app.roads.fixes import Fixes
from geo_app.roads.matched import Gap, Matched, Why
from geo_app.roads.nearest import Ground


@dataclass(frozen=True, slots=True)
class Settings:
    """What is believed about receivers and people; metres."""

    radius: float = 70.0
    """A road farther from a fix than this is not considered."""


@dataclass(frozen=True, slots=True)
class Field:
    """What matching looks at, made once for the graph of a mode."""

    ground: Ground


def prepare(ground: Ground) -> Field:
    """Return what matching on `ground` looks at."""
    return Field(ground)


def match(field: Field, fixes: Fixes, settings: Settings | None = None) -> Matched:
    """Return the roads travelled by a whole track; BrokenFix names a fix that cannot be used."""
    matcher = Matcher(field, settings)
    return answers.joined([matcher.feed(fixes), matcher.finish()])


class Matcher:
    """Matches a track while it grows: what `feed` and `finish` return, put together, is what `match` returns."""

    def __init__(self, field: Field, settings: Settings | None = None) -> None:
        self._field, self._settings = field, settings or Settings()
        self._parts: list[Fixes] = []
        self._count, self._since = 0, -np.inf

    def feed(self, fixes: Fixes) -> Matched:
        """Take the fixes that come next, and return what they settle."""
        given = tracks.checked(fixes, self._count, self._since)
        self._count += len(given)
        if len(given):
            self._since = float(given.time[-1])
            self._parts.append(given)
        return answers.joined([])

    def finish(self) -> Matched:
        """Return the rest: no fix follows."""
        if not self._parts:
            return answers.joined([])
        return _nearest(self._field, self._settings, self._parts)


def _nearest(field: Field, settings: Settings, parts: list[Fixes]) -> Matched:
    network, graph = field.ground.network, field.ground.graph
    xy = np.concatenate([part.xy for part in parts])
    time = np.concatenate([part.time for part in parts])
    snaps = snapping.Snaps(*snapping.snap(kernels.frozen(xy), field.ground.grid, network.shape, graph.ways))
    edges = np.where(snaps.aways <= settings.radius, snaps.edges, -1)
    cuts = np.flatnonzero(np.diff(edges)) + 1
    rows: list[tuple[float, ...]] = []
    gaps = []
    for part in np.split(np.arange(len(edges)), cuts):
        begun, ended = part[0], part[-1]
        if edges[begun] < 0:
            gaps.append(Gap(float(time[begun]), float(time[ended]), Why.NO_ROAD))
            continue
        edge, length = int(edges[begun]), float(network.lengths[edges[begun]])
        back = int(
            graph.ways[edge] == 2 or (graph.ways[edge] == 3 and snaps.offsets[ended] < snaps.offsets[begun])
        )
        rows.append((2 * edge + back, time[begun], time[ended], 0.0, length, 0.5, len(rows)))
    columns = list(zip(*rows, strict=True)) or [()] * 7
    kinds = (np.int32, np.float64, np.float64, np.float64, np.float64, np.float64, np.int32)
    arrays = [np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)]
    return Matched(tuple(gaps), *arrays)
