"""A track put onto roads: which were travelled, when, how sure that is, and where it cannot be said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely import LineString, MultiLineString

from geo_app.roads.line import cut
from geo_app.roads.model import Floats, Indices
from geo_app.roads.network import Network


class Why(StrEnum):
    """Why a track has a gap: 无道路, 偏离道路, 不连通, 中断."""

    NO_ROAD = "no_road"
    """No road one may travel is near the fixes."""
    OFF_ROAD = "off_road"
    """Roads are near, but the fixes do not follow them."""
    NO_WAY = "no_way"
    """No way leads on that is not far longer than what lies between the fixes."""
    PAUSE = "pause"
    """There are no fixes for long, and where one went meanwhile is anybody's guess."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two moments it is not known which roads were travelled; seconds as in the fixes."""

    begins: float
    ends: float
    why: Why


@dataclass(frozen=True, slots=True)
class Matched:
    """What was travelled, a row an edge, in the order of time; rows of one `run` follow each other without a gap.

    `travels` are twice the edge, plus 1 from its end to its start. `begins` and `ends` are metres along the edge
    in the direction of travel: 0 and its length, but where a run begins or ends and where one turned round.
    `confidence` is 0 to 1.
    """

    gaps: tuple[Gap, ...]
    travels: Indices
    run: Indices
    enter: Floats
    leave: Floats
    begins: Floats
    ends: Floats
    confidence: Floats

    @property
    def edge(self) -> Indices:
        """The edges of the network travelled, without the direction."""
        edges: Indices = self.travels >> 1
        return edges

    def line(self, network: Network) -> MultiLineString:
        """Return the line travelled for the map, in the network's CRS: one part a run."""
        parts = []
        for run in np.unique(self.run):
            vertices = np.concatenate(
                [self.vertices(network, int(row)) for row in np.flatnonzero(self.run == run)]
            )
            moves = np.ones(len(vertices), dtype=bool)
            moves[1:] = (vertices[1:] != vertices[:-1]).any(axis=1)
            if moves.sum() > 1:
                parts.append(LineString(vertices[moves]))
        return MultiLineString(parts)

    def vertices(self, network: Network, row: int) -> Floats:
        """Return the vertices of a row in the direction of travel, with places on the edge where it is cut."""
        travel, length = int(self.travels[row]), float(network.lengths[self.travels[row] >> 1])
        edge, back = travel >> 1, travel & 1
        begin, end = float(self.begins[row]), float(self.ends[row])
        offsets = (length - begin, length - end) if back else (begin, end)
        whole = LineString(network.shape.vertices[network.first[edge] : network.first[edge + 1]])
        tips = shapely.get_coordinates(shapely.line_interpolate_point(whole, np.array(offsets)))
        inside = cut(network, edge, *offsets)
        first, last = tips[:1] if begin > 0 else tips[:0], tips[1:] if end < length else tips[:0]
        vertices: Floats = np.concatenate([first, inside, last])
        return vertices


def joined(pieces: list[Matched]) -> Matched:
    """Return one answer made of those that follow each other."""
    if not pieces:
        none = np.zeros(0)
        whole = np.zeros(0, dtype=np.int32)
        return Matched((), whole, whole, none, none, none, none, none)
    return Matched(
        tuple(gap for piece in pieces for gap in piece.gaps),
        *(
            np.concatenate([getattr(piece, name) for piece in pieces])
            for name in ("travels", "run", "enter", "leave", "begins", "ends", "confidence")
        ),
    )
