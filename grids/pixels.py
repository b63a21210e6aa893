"""The index of a partition: squares ("pixels") that say which cell they lie in, or which borders cross them.

Everything is in whole millimetres from a corner of the index. The plane is cut into large squares, a square
that borders cross is cut into `SIDE` x `SIDE` smaller ones, and so on until it is small enough and only few borders
are left in it: so ten thousand cells in one square are found as well as one. An entry of `entries` is

    slot >= 0           the whole square lies in this cell (its place in `codes`)
    OUTSIDE = -1        the whole square lies in no cell
    -2 - 2 * block      it is cut: its squares stand from `first + block * SIDE * SIDE` on, row by row from below
    -2 - (2 * word + 1) borders cross it: a leaf, from `leaves[word]` on

A leaf is one page or more, each for up to `PAGE` cells in order of code:

    edges * 64 + cells * 2 + (1 when another page follows), inside, cells..., edges of (ax, ay, bx, by, mask)

A bit of `mask` and of `inside` stands for a cell of the page. Each border between two vertices stands once, upwards
(a horizontal one to the right), with the bits of the cells it bounds. `inside` says which cells cover a place so far
below the square, just left of its left side, that all its borders lie above; `grids.finding` walks from there to a
point, and each border it crosses turns the bits of its mask.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Integers = np.ndarray[Any, np.dtype[np.int64]]
Indices = np.ndarray[Any, np.dtype[np.int32]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

OUTSIDE = -1
BITS = 3
SIDE = 1 << BITS
PAGE = 30
HEADER = 2
EDGE = 5
SLACK = 3.0
"""Millimetres around a square in which borders count as crossing it: more than rounding moves anything, and more
than a point given in degrees is uncertain."""


class Index(NamedTuple):
    """All a search needs; see above."""

    entries: Indices
    leaves: Indices
    x: int
    """Of the corner, in millimetres."""
    y: int
    columns: int
    rows: int
    shift: int
    """Binary logarithm of the millimetres a side of the largest squares has."""
    error: float
    """Millimetres by which doubles so far from the origin can differ from what they stand for, generously."""


class Edges(NamedTuple):
    """Borders of cells, each from `ax, ay` to `bx, by` upwards (or to the right), with the cell whose ring it is in.

    A border of two cells stands twice.
    """

    ax: Indices
    ay: Indices
    bx: Indices
    by: Indices
    cell: Indices


class Squares(NamedTuple):
    """Squares about to be cut: their lower left corners, the edges that cross them and the cells around the corner.

    Those of square `i` are `edges[first_edge[i]:first_edge[i + 1]]` and `inside[first_inside[i]:first_inside[i + 1]]`.
    """

    x: Indices
    y: Indices
    first_edge: Integers
    edges: Indices
    first_inside: Integers
    inside: Indices


class Cut(NamedTuple):
    """How squares are cut: into `columns` x `rows` squares of `1 << shift` millimetres."""

    columns: int
    rows: int
    shift: int
    fine: int
    """Squares of this binary logarithm or smaller are cut further only when they hold more than `most` edges."""
    most: int
    blocks: int
    """Blocks that stand already."""
    words: int
    """Words of leaves that stand already."""


SMALLEST = 5
"""Binary logarithm of the millimetres below which nothing is cut: there lies a corner of more cells than a page."""
