"""Who and what changes hands: formula `share`, version 1.

A worker is moved when the land of a cell they answer for, or answered for, is not the same; names and units are not
land. An incident changes its worker when other people answer for the cell it lies in after than before; where nobody
answers, nobody is what they are compared with.
"""

from __future__ import annotations

import numpy as np

from geo_app.insight.cast import Cast, has_same_land
from geo_app.insight.holding import Held
from geo_app.insight.model import Changes, Duties, Indices, Shift
from grids.recast import Landed


def changes(before: Cast, after: Cast, held: Held) -> Changes:
    """Return what the cast of a draft moves against that of its base; `held` is of the draft's ground."""
    was = np.zeros(len(after.ground.unit), dtype=np.bool_)
    was[: len(before.ground.unit)] = before.ground.stands
    duties, holders = held.duties, held.workers(was | after.ground.stands)
    moved = {worker for code in _other_land(after) for worker in duties.of(code, after.same)}
    return Changes(
        len(moved & set(holders.tolist())), len(holders),
        _shift(before, after, after.open, duties), _shift(before, after, after.past, duties),
    )  # fmt: skip


def _other_land(after: Cast) -> list[str]:
    """Return the codes, old and new, of cells whose land is not what it was."""
    unchanged = {
        code: old for code, old in after.same.items()
        if has_same_land(after.base.draft.cells.get(old), after.ground.get(code))
    }  # fmt: skip
    both = unchanged.keys() | set(unchanged.values())
    return [code for code, is_other in after.redrawn.items() if is_other and code not in both]


def _shift(before: Cast, after: Cast, landed: Landed, duties: Duties) -> Shift:
    points, now, codes = landed.moved()
    was = landed.cell[points]
    pairs, count = np.unique((was + 1).astype(np.int64) * len(codes) + now, return_counts=True)
    cell = worker = unit = 0
    for pair, many in zip(pairs.tolist(), count.tolist(), strict=True):
        old, new = pair // len(codes) - 1, pair % len(codes)
        one, other = "" if old < 0 else landed.codes[old], codes[new]
        cell += many * (after.same.get(other, other) != one)
        worker += many * (duties.of(one) != duties.of(other, after.same))
        unit += many * (_unit(before, one) != _unit(after, other))
    return Shift(len(landed.xy), cell, unit + _stayed(before, after, landed, points), worker)


def _stayed(before: Cast, after: Cast, landed: Landed, moved: Indices) -> int:
    """Return how many lie in the cell they lay in, which belongs to another community."""
    given = [
        code
        for code in after.redrawn
        if code in landed.places
        and after.ground.get(code) is not None
        and _unit(before, code) != _unit(after, code)
    ]
    is_moved = np.zeros(len(landed.xy), dtype=np.bool_)
    is_moved[moved] = True
    return sum(int(np.count_nonzero(~is_moved[landed.members(code)])) for code in given)


def _unit(cast: Cast, code: str) -> str | None:
    cell = cast.ground.get(code)
    return None if cell is None else cell.community
