"""Follow lines through an index of squares: which cells, from where to where along the line.

A line is cut wherever it meets a border; each piece between two cuts lies on one side of every border, so the cell of
a place in its middle is its cell. What lies within REACH of a border counts as on it: a point computed
on a slanted border is beside it by rounding.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from grids.arrays import across, around
from grids.compiled import compiled, frozen
from grids.finding import example_index, find_near
from grids.pixels import BITS, EDGE, HEADER, OUTSIDE, SIDE, SLACK, Floats, Index, Indices, Integers

REACH = 1e-4
"""Millimetres: far below the 1 mm grid, far above the rounding of metric coordinates."""

UNKNOWN = -2
NO_ROOM = -1
FURTHEST = 1e12
"""Millimetres; what reaches further, or is no number, is no line on the ground and is left out."""


class Segment(NamedTuple):
    """A straight piece of a line, in millimetres: its beginning, its direction, which has length 1, its length."""

    x: float
    y: float
    dx: float
    dy: float
    length: float


class Runs(NamedTuple):
    """Stretches of a line: the cell, and the millimetres along the line at which they begin and end."""

    cells: Indices
    ends: Floats


class Memory(NamedTuple):
    """Room for the cuts of a segment and for the squares still to be looked into."""

    cuts: Floats
    stack: Integers


def example() -> tuple[object, ...]:
    """Return tiny arguments for `trace`: one square, one line of two vertices."""
    return example_index(), *frozen((np.eye(2), np.array([0, 2])))


@compiled
def trace(index: Index, vertices: Floats, first: Integers) -> tuple[Indices, Indices, Floats, Floats]:
    """Return the line, the cell, and the metres along the line at which it enters and leaves the cell.

    Line `i` has the vertices from `first[i]` to `first[i + 1]`, in metres. A stretch outside all cells is left out;
    a cell entered twice stands twice.
    """
    cells, ends = np.empty(256, dtype=np.int32), np.empty((256, 2))
    cuts, stack = np.empty(64), np.empty((64, 4), dtype=np.int64)
    lines, count = np.zeros(first.size, dtype=np.int64), 0
    for line in range(first.size - 1):
        own = vertices[first[line] : first[line + 1]]
        found = _trace_line(index, own, Runs(cells[count:], ends[count:]), Memory(cuts, stack))
        while found < 0:
            cells, ends, cuts, stack = _longer(cells), _longer(ends), _longer(cuts), _longer(stack)
            found = _trace_line(index, own, Runs(cells[count:], ends[count:]), Memory(cuts, stack))
        count += found
        lines[line + 1] = count
    whose = np.empty(count, dtype=np.int32)
    for line in range(first.size - 1):
        whose[lines[line] : lines[line + 1]] = line
    return whose, cells[:count].copy(), ends[:count, 0] / 1000.0, ends[:count, 1] / 1000.0


@compiled
def _longer(array: np.ndarray) -> np.ndarray:
    return np.concatenate((array, array))


@compiled
def _trace_line(index: Index, vertices: Floats, runs: Runs, memory: Memory) -> int:
    """Put the stretches of one line into `runs` and return how many; NO_ROOM when the arrays are too short."""
    entries, cuts = index.entries, memory.cuts
    frame = (index.columns, index.rows, index.shift)
    count, at, last, cell = 0, 0.0, 0.0, UNKNOWN
    for i in range(vertices.shape[0] - 1):
        segment = _segment(index, vertices[i, 0], vertices[i, 1], vertices[i + 1, 0], vertices[i + 1, 1])
        if not 0.0 < segment.length < FURTHEST:
            continue
        size = 0 if _is_clear(entries, frame, segment) else _meet(index, segment, memory)
        if size < 0 or count + size + 1 >= runs.cells.size:
            return NO_ROOM
        if size > 0 and cuts[0] < REACH:
            cell = UNKNOWN  # it bends on a border
        for k in range(size + 1):
            leave = at + (cuts[k] if k < size else segment.length)
            if leave - last > REACH:
                if cell == UNKNOWN:
                    half = max((last + leave) / 2.0 - at, 0.0)
                    cell = find_near(
                        index, segment.x + half * segment.dx, segment.y + half * segment.dy, REACH
                    )
                count = _add(runs, count, cell, last, leave)
                last = leave
            if k < size:
                cell = UNKNOWN
        at += segment.length
    return count


@compiled
def _add(runs: Runs, count: int, cell: int, enter: float, leave: float) -> int:
    """Add a piece of a line in a cell to `count` runs, or to the last of them when it goes on."""
    if cell == OUTSIDE:
        return count
    if count > 0 and runs.cells[count - 1] == cell and runs.ends[count - 1, 1] == enter:
        runs.ends[count - 1, 1] = leave
        return count
    runs.cells[count] = cell
    runs.ends[count, 0], runs.ends[count, 1] = enter, leave
    return count + 1


@compiled
def _segment(index: Index, ax: float, ay: float, bx: float, by: float) -> Segment:
    x, y = ax * 1000.0 - index.x, ay * 1000.0 - index.y
    dx, dy = (bx - ax) * 1000.0, (by - ay) * 1000.0
    length = np.sqrt(dx * dx + dy * dy)
    if not (abs(x) < FURTHEST and abs(y) < FURTHEST):
        length = np.inf
    return Segment(x, y, dx / length, dy / length, length)


@compiled
def _is_clear(entries: Indices, frame: tuple[int, int, int], segment: Segment) -> bool:
    """Tell whether a short segment is in one of the largest squares and meets no border there: most are."""
    columns, rows, shift = frame
    end_x, end_y = segment.x + segment.dx * segment.length, segment.y + segment.dy * segment.length
    west, east = min(segment.x, end_x) - SLACK, max(segment.x, end_x) + SLACK
    south, north = min(segment.y, end_y) - SLACK, max(segment.y, end_y) + SLACK
    if not (west >= 0.0 and south >= 0.0 and east < columns << shift and north < rows << shift):
        return False
    left, right, below, above = int(west), int(east), int(south), int(north)
    column, row = left >> shift, below >> shift
    if right >> shift != column or above >> shift != row:
        return False
    entry = entries[row * columns + column]
    if entry >= OUTSIDE:
        return True
    shift -= BITS
    block = columns * rows + (((-2 - entry) >> 1) << (2 * BITS))
    least = OUTSIDE
    for j in range((below >> shift) & (SIDE - 1), ((above >> shift) & (SIDE - 1)) + 1):
        for i in range((left >> shift) & (SIDE - 1), ((right >> shift) & (SIDE - 1)) + 1):
            least = min(least, entries[block + (j << BITS | i)])
    return least >= OUTSIDE


@compiled
def _meet(index: Index, segment: Segment, memory: Memory) -> int:
    """Put the millimetres at which a segment meets borders into `memory.cuts`, ascending, and return their number.

    NO_ROOM when the arrays are too short.
    """
    entries, leaves, cuts, stack = index.entries, index.leaves, memory.cuts, memory.stack
    end_x, end_y = segment.x + segment.dx * segment.length, segment.y + segment.dy * segment.length
    west, east = min(segment.x, end_x), max(segment.x, end_x)
    south, north = min(segment.y, end_y), max(segment.y, end_y)
    low_x, step = (segment.x, end_x - segment.x) if segment.dy >= 0.0 else (end_x, segment.x - end_x)
    size, waiting = 0, 1
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = 0, 0, 0, index.shift
    while waiting > 0:
        waiting -= 1
        place, left, below, shift = stack[waiting, 0], stack[waiting, 1], stack[waiting, 2], stack[waiting, 3]
        columns, rows = (index.columns, index.rows) if place == 0 else (SIDE, SIDE)
        first_row, last_row = around(south - below, north - below, shift, rows)
        first, last = around(west - left, east - left, shift, columns)
        is_long = first_row + 2 < last_row
        for row in range(first_row, last_row + 1):
            y = below + (row << shift)
            if is_long:
                first, last = across((low_x - left, south - y), (step, north - south), 1 << shift, columns)
            for column in range(first, last + 1):
                entry = entries[place + row * columns + column]
                if entry >= OUTSIDE:
                    continue
                code = -2 - entry
                if code & 1:
                    size = _meet_leaf(leaves, code >> 1, segment, cuts, size)
                    if size < 0:
                        return NO_ROOM
                    continue
                if waiting == stack.shape[0]:
                    return NO_ROOM
                stack[waiting, 0] = index.rows * index.columns + ((code >> 1) << (2 * BITS))
                stack[waiting, 1], stack[waiting, 2] = left + (column << shift), y
                stack[waiting, 3] = shift - BITS
                waiting += 1
    return size


@compiled
def _meet_leaf(leaves: Indices, word: int, segment: Segment, cuts: Floats, size: int) -> int:
    """Add where a segment meets the edges of a leaf; return how many cuts there are, or NO_ROOM."""
    dx, dy = segment.dx, segment.dy
    while True:
        head = leaves[word]
        word += HEADER + ((head >> 1) & 31)
        for _ in range(head >> 6):
            ax, ay = leaves[word] - segment.x, leaves[word + 1] - segment.y
            bx, by = leaves[word + 2] - segment.x, leaves[word + 3] - segment.y
            word += EDGE
            a_beside, b_beside = dx * ay - ax * dy, dx * by - bx * dy
            if (a_beside > REACH and b_beside > REACH) or (a_beside < -REACH and b_beside < -REACH):
                continue
            if size + 3 > cuts.size:
                return NO_ROOM
            a_along, b_along = ax * dx + ay * dy, bx * dx + by * dy
            if abs(a_beside) <= REACH:
                size = _note(cuts, size, a_along, segment.length)
            if abs(b_beside) <= REACH:
                size = _note(cuts, size, b_along, segment.length)
            if (a_beside < 0.0) != (b_beside < 0.0):
                share = a_beside / (a_beside - b_beside)
                size = _note(cuts, size, a_along + share * (b_along - a_along), segment.length)
        if head & 1 == 0:
            return size


@compiled
def _note(cuts: Floats, size: int, along: float, length: float) -> int:
    """Add a cut in its order, when it is on the segment."""
    if not -REACH <= along <= length + REACH:
        return size
    along = min(max(along, 0.0), length)
    place = size
    while place > 0 and cuts[place - 1] > along:
        cuts[place] = cuts[place - 1]
        place -= 1
    cuts[place] = along
    return size + 1
