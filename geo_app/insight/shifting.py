"""Who and what changes hands: formula `share`, version 1.

A worker is moved when the land of a cell they answer for, or answered for, is not the same; names and units are not
land. An incident changes its worker when other people answer for the cell it lies in after than before; where nobody
answers, nobody is what they are compared with.
"""

from __future__ import annotations

import numpy as np

from geo_app.insight.cast import Cast, has_same_land
from geo_app.insight.holding import Held
from geo_app.insight.model import Changes, Duties, Integers, Shift
from grids.recast import Landed


def changes(before: Cast, after: Cast, held: Held) -> Changes:
    """Return what the cast of a draft moves against that of its base; `held` is of the draft's ground."""
    was = np.zeros(len(after.ground.unit), dtype=np.bool_)
    was[: len(before.ground.unit)] = before.ground.stands
    duties, holders = held.duties, held.workers(was | after.ground.stands)
    moved = {worker for code in _other_land(after) for worker in duties.of(code, after.origins.get(code))}
    given = _given(before, after)
    past, cases, homes = (
        _shift(before, after, landed, duties, _kept(after, landed, lies, given))
        for landed, lies in after.things()
    )
    is_known = after.base.homes.is_known
    return Changes(len(moved & set(holders.tolist())), len(holders), homes if is_known else None, cases, past)


def _other_land(after: Cast) -> list[str]:
    """Return the codes, old and new, of cells whose land is not what it was."""
    unchanged = {
        code: old for code, old in after.origins.same.items()
        if has_same_land(after.base.draft.cells.get(old), after.ground.get(code))
    }  # fmt: skip
    both = unchanged.keys() | set(unchanged.values())
    return [code for code, is_other in after.redrawn.items() if is_other and code not in both]


def _shift(before: Cast, after: Cast, landed: Landed, duties: Duties, kept: int) -> Shift:
    """Return what moves; `kept` are those that lie in the cell they lay in, which is of another community."""
    cell, worker, unit = 0, 0, kept
    for new, came in landed.came.items():
        place, people = after.origins.same.get(new, new), duties.of(new, after.origins.get(new))
        community = _unit(after, new)
        for at, many in came.items():
            old = "" if at < 0 else landed.codes[at]
            cell += many * (place != old)
            worker += many * (duties.of(old) != people)
            unit += many * (_unit(before, old) != community)
    return Shift(landed.total, cell, unit, worker)


def _kept(after: Cast, landed: Landed, lies: Integers, given: list[str]) -> int:
    """Return how many lie in cells where they lay; `lies` says how many lie where."""
    return sum(
        int(lies[after.ground.places[code]]) - sum(landed.came.get(code, {}).values()) for code in given
    )


def _given(before: Cast, after: Cast) -> list[str]:
    """Return the cells that belong to another community than before."""
    return [
        code
        for code in after.redrawn
        if (was := before.ground.get(code)) is not None
        and (now := after.ground.get(code)) is not None
        and was.community != now.community
    ]


def _unit(cast: Cast, code: str) -> str | None:
    cell = cast.ground.get(code)
    return None if cell is None else cell.community
