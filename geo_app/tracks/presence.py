"""What stays of a day's tracks: how long people were in each area, never fewer than three of them; pure.

A position counts until the next one of the same person, in the area it lies in. An area in which fewer than
`FEWEST` people were is not told: its time goes to the unit above, together with that of the other such areas, and so
on up to the city; what fewer than `FEWEST` people did in the whole city stays nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from geo_app.tracks.model import Level, Presence, Stay

FEWEST = 3
"""People in an area who stand for each other; with fewer a number would tell of one of them."""
LONGEST_GAP = 300.0
"""Seconds between two positions after which nobody knows where somebody was meanwhile."""
People = Mapping[int, Stay]
"""What each of some responders did in one area."""


def seconds(moments: Sequence[datetime], following: datetime | None) -> list[float]:
    """Return for how long each of somebody's positions counts; `following` is the moment of the next day's first one.

    The moments are in order. Where the next one is missing or later than LONGEST_GAP, a position counts for nothing.
    """
    nexts = [*moments, following][1:] if moments else []
    gaps = [
        0.0 if after is None else (after - at).total_seconds()
        for at, after in zip(moments, nexts, strict=True)
    ]
    return [gap if gap <= LONGEST_GAP else 0.0 for gap in gaps]


def fold(
    cells: Mapping[int | None, People], above: Mapping[int, tuple[int, int, int]], city: int
) -> list[Presence]:
    """Return what may be told of the people in each cell; None is the cell of who was in none.

    `above` gives the community, street and district of a cell.
    """
    told: list[Presence] = []
    parents = {cell: (*units, city) for cell, units in above.items()}
    waiting: dict[tuple[int, ...], People] = {
        (city,) if cell is None else (cell, *parents[cell]): people for cell, people in cells.items()
    }
    for level in Level:
        depth = len(Level) - list(Level).index(level)
        merged: dict[tuple[int, ...], list[People]] = defaultdict(list)
        for path, people in waiting.items():
            here = path if len(path) <= depth else path[1:]
            merged[here].append(people)
        waiting = {}
        for path, some in merged.items():
            people = _together(some)
            if len(path) < depth or len(people) < FEWEST:
                waiting[path] = people
            else:
                told.append(_told(level, path[0], people))
    return told


def _together(some: Sequence[People]) -> dict[int, Stay]:
    """Return what each person did in several areas together."""
    found: dict[int, Stay] = {}
    for people in some:
        for who, stay in people.items():
            before = found.get(who, Stay(0.0, 0))
            found[who] = Stay(before.seconds + stay.seconds, before.positions + stay.positions)
    return found


def _told(level: Level, area: int, people: People) -> Presence:
    return Presence(
        level, area, round(sum(stay.seconds for stay in people.values())), len(people),
        sum(stay.positions for stay in people.values()),
    )  # fmt: skip
