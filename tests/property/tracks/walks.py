"""Made-up walks over three days of the town, and what must stay of them, worked out position by position."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 6, 1, tzinfo=ZONE)
"""When the first of the days begins."""
CHANGE = datetime(2026, 6, 2, 11, tzinfo=ZONE)
"""When the second release comes into force, in the middle of the second day."""
DAY = 86_400
BORDERS = (0, DAY, DAY + 8 * 3600, DAY + 11 * 3600, 2 * DAY)
"""Midnights of the town, one of UTC, and the change, in seconds after FIRST."""
LEVELS = ("cell", "community", "street", "district", "city")
Walk = tuple[int, int, int]
"""Who (0 to 3), seconds after FIRST, and where: a number of a cell in the order of codes, -1 outside all of them."""
Told = dict[tuple[int, str, int], tuple[int, int]]
"""Seconds and people by day, level and area."""


@st.composite
def walks(draw: st.DrawFn) -> list[Walk]:
    """Return positions, no two of one person at one moment, many of them around borders and in few cells."""
    near = st.tuples(st.sampled_from(BORDERS), st.integers(-400, 400)).map(sum)
    moment = st.one_of(near, st.integers(0, 3 * DAY - 1)).filter(lambda at: 0 <= at < 3 * DAY)
    one = st.tuples(st.integers(0, 3), moment, st.sampled_from([-1, 0, 0, 0, 1, 1, 2, 7, 23]))
    return draw(st.lists(one, max_size=60, unique_by=lambda walk: walk[:2]))


def expected(walked: Sequence[Walk], days: int, path: Callable[[datetime, int], tuple[int, ...]]) -> Told:
    """Return what must be told of the first `days` days; `path` gives the areas over a place at a moment."""
    items: dict[int, list[tuple[tuple[int, ...], int, int]]] = defaultdict(list)
    for who, at, place in walked:
        later = [other for one, other, _ in walked if one == who and other > at]
        gap = min(later) - at if later else 0
        over = path(FIRST + timedelta(seconds=at), place)
        items[at // DAY].append((over, who, gap if gap <= 300 else 0))
    told: Told = {}
    for day in range(days):
        waiting = items[day]
        for up, level in enumerate(LEVELS, start=-len(LEVELS)):
            for area in {over[up] for over, _, _ in waiting if len(over) >= -up}:
                here = [item for item in waiting if len(item[0]) >= -up and item[0][up] == area]
                if len({who for _, who, _ in here}) >= 3:
                    told[day, level, area] = (
                        sum(gap for _, _, gap in here),
                        len({who for _, who, _ in here}),
                    )
                    waiting = [item for item in waiting if item not in here]
    return told
