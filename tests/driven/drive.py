"""Drive: positions of somebody on known roads, and the roads they really took.

A travel is twice the number of an edge, plus 1 when it is travelled from its end to its start, as in the graph. What
changes a drive (fewer positions, worse ones, time backwards) gives another drive with the truth that goes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from shapely import LineString

from geo_app.core import kernels
from geo_app.roads import graph as graphs
from geo_app.roads import network as networks
from geo_app.roads import snap
from geo_app.roads.model import Floats, Indices, Integers, Mode, Restriction, Road
from geo_app.roads.nearest import Ground
from geo_app.roads.network import Network

Arcs = tuple[Integers, Floats]
"""From and to of each one-way arc, and the places of the nodes they name, in metres."""


@dataclass(frozen=True, slots=True)
class Drive:
    """A track on roads with its truth: the travels in their order; `seconds` ascend."""

    name: str
    ground: Ground
    xy: Floats
    seconds: Floats
    truth: Indices

    @property
    def lengths(self) -> Floats:
        """Metres of every travel."""
        return np.repeat(self.ground.network.lengths, 2)

    @property
    def pieces(self) -> Integers:
        """What stands for each travel when routes are compared: straight roads between two junctions are one."""
        return pieces(self.ground.network)


def ground(roads: Sequence[Road], mode: Mode, restrictions: Sequence[Restriction] = ()) -> Ground:
    """Return what one mode needs on these roads, read-only as in the service."""
    network = networks.build(roads)
    built = graphs.build(network, mode, restrictions)
    return Ground(frozen(network), kernels.frozen(snap.grid_of(network)), frozen(built))


def of_arcs(name: str, arcs: Arcs, xy: Floats, seconds: Floats, truth: Integers) -> Drive:
    """Return the drive on one-way arcs, each a road of its own; `truth` names arcs."""
    ends, places = arcs
    roads = [
        Road(number, start, end, "residential", "", 1, LineString(places[[start, end]]))
        for number, (start, end) in enumerate(ends.tolist())
    ]
    return Drive(name, ground(roads, Mode.CAR), xy, seconds, (2 * truth).astype(np.int32))


def thinned(drive: Drive, seconds: float) -> Drive:
    """Return the drive with positions at least so many seconds apart.

    The first and the last one are kept: the truth leads to the last, and nobody can tell a way nobody sees.
    """
    kept, last = [], -np.inf
    for row, at in enumerate(drive.seconds.tolist()):
        if at - last >= seconds or row == len(drive.seconds) - 1:
            kept.append(row)
            last = at
    return replace(drive, xy=drive.xy[kept], seconds=drive.seconds[kept])


def jittered(drive: Drive, metres: float, seed: int) -> Drive:
    """Return the drive with every position moved by a normal error of so many metres east and north."""
    rng = np.random.default_rng([seed, *drive.name.encode()])
    return replace(drive, xy=drive.xy + rng.normal(0.0, metres, drive.xy.shape))


def reversed_in_time(drive: Drive) -> Drive:
    """Return a drive on one-way arcs backwards, on a map with every arc the other way round."""
    network = drive.ground.network
    turned = np.stack([network.ends, network.starts], axis=1).astype(np.int64)
    seconds = drive.seconds[0] + drive.seconds[-1] - drive.seconds[::-1]
    truth = (drive.truth[::-1] >> 1).astype(np.int64)
    return of_arcs(drive.name, (turned, network.nodes), drive.xy[::-1].copy(), seconds, truth)


def pieces(network: Network) -> Integers:
    """Return for every travel the number of its piece of street: straight roads with the same ends are one piece."""
    tips = np.stack([network.starts, network.ends], axis=1).astype(np.int64)
    is_straight = np.diff(network.first) == 2
    unlike = np.where(is_straight, -1, np.arange(len(tips)))
    rows = np.stack([tips, tips[:, ::-1]], axis=1).reshape(-1, 2)
    which = np.unique(np.column_stack([rows, np.repeat(unlike, 2)]), axis=0, return_inverse=True)[1]
    found: Integers = which.ravel().astype(np.int64)
    return found


def frozen(thing: Any) -> Any:
    """Return a network or a graph with its arrays read-only."""
    names = [field.name for field in fields(thing)]
    return replace(thing, **{name: kernels.frozen(getattr(thing, name)) for name in names})
