"""What visits come to in each cell, community, street and district; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from geo_app.tracks.model import CellVisit, Level, Total

LEVELS = (Level.CELL, Level.COMMUNITY, Level.STREET, Level.DISTRICT)


def of(visits: Sequence[CellVisit]) -> list[Total]:
    """Return the totals of visits in order of time: by level, the smallest first, then by code.

    Who goes from cell to cell of one street came into it once; who was away between came twice.
    """
    return [total for depth, level in enumerate(LEVELS) for total in _level(visits, depth, level)]


def _level(visits: Sequence[CellVisit], depth: int, level: Level) -> Iterator[Total]:
    areas: dict[str, Total] = {}
    for (code, name), some in groupby(visits, key=lambda visit: _area(visit, depth)):
        stays = list(some)
        before = areas.get(code, Total(level, code, name, 0.0, 0.0, 0))
        seconds = sum((stay.left_at - stay.entered_at).total_seconds() for stay in stays)
        metres = sum(stay.metres for stay in stays)
        areas[code] = Total(
            level, code, name, before.seconds + seconds, before.metres + metres, before.visits + 1
        )
    yield from (areas[code] for code in sorted(areas))


def _area(visit: CellVisit, depth: int) -> tuple[str, str]:
    """Return code and name of the cell of a visit, or of the unit so many levels above it."""
    if depth == 0:
        return visit.code, visit.name
    unit = visit.units[depth - 1]
    return unit.code, unit.name
