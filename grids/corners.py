"""Walk from corner to corner of squares: which edges are crossed.

A corner never lies on an edge: it is taken an imagined step to the left of and below its place. Where an edge passes it
so closely that rounding decides on which side, `_is_left` decides once for all walks; the steps of every walk cancel,
so its answer cannot matter.
"""

from __future__ import annotations

from grids.compiled import compiled
from grids.pixels import Edges


@compiled
def _is_left(edges: Edges, edge: int, x: int, y: int) -> bool:
    """Tell whether a corner lies left of an edge that reaches both beside and above and below it."""
    ax, ay = float(edges.ax[edge]), float(edges.ay[edge])
    return bool((edges.bx[edge] - ax) * (y - ay) - (x - ax) * (edges.by[edge] - ay) > 0.0)


@compiled
def _is_corner_left(edges: Edges, edge: int, x: int, y: int) -> bool:
    """Tell whether a corner lies left of an edge that reaches from below to above it."""
    is_a_left, is_b_left = edges.ax[edge] < x, edges.bx[edge] < x
    return _is_left(edges, edge, x, y) if is_a_left != is_b_left else not is_a_left


@compiled
def is_above(edges: Edges, edge: int, x: int, y: int) -> bool:
    """Tell whether a corner lies above an edge that reaches from its left to its right."""
    if edges.ay[edge] < y and not edges.by[edge] < y:
        return bool(_is_left(edges, edge, x, y) == (edges.ax[edge] < edges.bx[edge]))
    return bool(edges.by[edge] < y)


@compiled
def crosses_below(edges: Edges, edge: int, x: int, y: int, size: int) -> bool:
    """Tell whether an edge crosses the lower side of a square."""
    if not (edges.ay[edge] < y and not edges.by[edge] < y):
        return False
    return bool(_is_corner_left(edges, edge, x, y) != _is_corner_left(edges, edge, x + size, y))


@compiled
def reaches_across(edges: Edges, edge: int, x: int) -> bool:
    """Tell whether an edge has one end left of a line upwards, and one right of it or on it."""
    return bool((edges.ax[edge] < x) != (edges.bx[edge] < x))


@compiled
def crosses_left(edges: Edges, edge: int, x: int, y: int, size: int) -> bool:
    """Tell whether an edge crosses the left side of a square."""
    if not reaches_across(edges, edge, x):
        return False
    return bool(is_above(edges, edge, x, y) != is_above(edges, edge, x, y + size))
