"""The cells a line crosses, worked out by GEOS one line at a time: what `Locator.along` is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString

from grids.locate import Locator
from grids.model import Cell

TOLERANCE = 1e-7
"""Metres within which a point computed on a border counts as on it, and two cuts as one: far below the 1 mm grid,
far above the rounding of metric coordinates."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A stretch of a line inside one cell: from `enter_at` to `exit_at` metres along it."""

    code: str
    enter_at: float
    exit_at: float


def found(locator: Locator, lines: Sequence[LineString]) -> list[list[Crossing]]:
    """Return what a locator finds along lines, line by line."""
    stretches = locator.along(lines)
    crossed: list[list[Crossing]] = [[] for _ in lines]
    for line, cell, enter_at, exit_at in zip(*(array.tolist() for array in stretches), strict=True):
        crossed[line].append(Crossing(str(locator.codes[cell]), enter_at, exit_at))
    return crossed


def along(line: LineString, cells: Sequence[Cell]) -> list[Crossing]:
    """Return the cells `line` crosses, in order; a stretch outside all cells is left out.

    `line` and `cells` are in the same metric frame, on its 1 mm grid. A cell that the line enters twice stands
    twice; one that it only touches in a point does not stand at all.
    """
    ordered = sorted(cells, key=lambda cell: cell.code)
    if not ordered or line.length == 0:
        return []
    polygons = np.array([cell.geometry for cell in ordered], dtype=object)
    tree = shapely.STRtree(polygons)
    cuts = _cuts(line, shapely.boundary(polygons))
    middles = shapely.line_interpolate_point(line, (cuts[:-1] + cuts[1:]) / 2)
    owner = np.full(len(middles), len(ordered))
    stretch, polygon = tree.query(middles, predicate="dwithin", distance=TOLERANCE)
    np.minimum.at(owner, stretch, polygon)
    crossings: list[Crossing] = []
    for start, end, index in zip(cuts[:-1].tolist(), cuts[1:].tolist(), owner.tolist(), strict=True):
        if index == len(ordered):
            continue
        code = ordered[index].code
        last = crossings[-1] if crossings else None
        if last is not None and last.code == code and last.exit_at == start:
            crossings[-1] = Crossing(code, last.enter_at, end)
        else:
            crossings.append(Crossing(code, start, end))
    return crossings


def _cuts(line: LineString, borders: np.ndarray) -> np.ndarray:
    """Return the distances along `line` where it meets a border or bends, with both ends, ascending.

    Bends are cuts too: so each piece between two cuts is straight and lies on one side of every border.
    """
    xy = shapely.get_coordinates(line)
    steps = np.hypot(*np.diff(xy, axis=0).T)
    starts = np.concatenate([[0.0], np.cumsum(steps)])
    segments = np.asarray(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)))
    segment, border = shapely.STRtree(borders).query(segments, predicate="intersects")
    met = shapely.intersection(segments[segment], borders[border])
    points, source = shapely.get_coordinates(met, return_index=True)
    which = segment[source]
    offset = np.hypot(*(points - xy[which]).T)
    distances = np.concatenate([starts, np.minimum(starts[which] + offset, starts[which + 1])])
    ascending = np.unique(distances)
    return ascending[np.diff(ascending, prepend=-np.inf) > TOLERANCE]
