"""Reading tracks that people bring: fixes in any frame, a whole list or a table of any length row by row; pure."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice

import numpy as np

from geo_app.core import clock, coords
from geo_app.core.errors import BadInput
from geo_app.roads import fixes as tracks
from geo_app.roads.fixes import BrokenFix, Fixes

Name = Callable[[int, str], str]
"""How the field of a fix is called by whom gave it: by its number from 0 and lon, lat, at or accuracy."""
TOGETHER = 10_000
"""Rows of a table that are looked at together."""
NEEDED, ALSO = ("lon", "lat", "at"), "accuracy"
FIELDS = {"place": "lon", "time": "at", "accuracy": ALSO}
LONGEST = 40


def metric(given: Fixes, frame: str, srid: int, name: Name, since: float = -np.inf) -> Fixes:
    """Return fixes given in `frame` in metres of EPSG `srid`; none may be before `since`, nor before the one before.

    BadInput names the first field that cannot be.
    """
    try:
        lonlat = coords.to_wgs84(given.xy, frame)
        return tracks.checked(
            Fixes(coords.convert(lonlat, coords.WGS84, srid), given.time, given.accuracy), 0, since
        )
    except BadInput as error:
        if not error.field.startswith("coordinates["):
            raise
        number = int(error.field.removeprefix("coordinates[").removesuffix("]"))
        raise error.at(name(number, "lon")) from error
    except BrokenFix as error:
        value = given.xy[error.index].tolist() if error.field == "place" else _said(given, error)
        raise BadInput(name(error.index, FIELDS[error.field]), value, error.rule) from error


def table(lines: Iterable[str], frame: str, srid: int) -> Iterator[Fixes]:
    """Yield the fixes of a CSV table in metres of EPSG `srid`, many together, in order; memory is bounded.

    Its headings are lon, lat, at (RFC 3339, or seconds since 1970) and, if it likes, accuracy (metres, 68 %).
    BadInput names the row (the headings are row 1) and the heading of what cannot be.
    """
    rows = csv.reader(lines)
    head = [name.strip().removeprefix("\ufeff") for name in next(rows, [])]
    for heading in NEEDED:
        if heading not in head:
            raise BadInput("row 1", ",".join(head), f"a line of headings with {', '.join(NEEDED)}")
    places = [head.index(heading) for heading in NEEDED], head.index(ALSO) if ALSO in head else None
    row, since = 2, -np.inf
    try:
        while some := list(islice(rows, TOGETHER)):
            found = [_fix(one, row + number, places) for number, one in enumerate(some) if one]
            numbers = [row + number for number, one in enumerate(some) if one]
            row += len(some)
            if found:
                values = np.array(found)
                given = Fixes(values[:, :2], values[:, 2], values[:, 3])
                yield (fixes := metric(given, frame, srid, _named(numbers), since))
                since = float(fixes.time[-1])
    except csv.Error as error:
        raise BadInput(f"row {row}", str(error), "CSV that can be read") from error


def _named(rows: list[int]) -> Name:
    return lambda number, field: f"row {rows[number]} {field}"


def _fix(row: list[str], number: int, places: tuple[list[int], int | None]) -> tuple[float, ...]:
    """Return x, y, seconds and accuracy of a row."""
    needed, also = places
    texts = [row[place].strip() if place < len(row) else "" for place in needed]
    stated = row[also].strip() if also is not None and also < len(row) else ""
    x, y = (_number(text, f"row {number} {field}") for text, field in zip(texts[:2], NEEDED, strict=False))
    accuracy = _number(stated, f"row {number} {ALSO}") if stated else np.nan
    return x, y, _seconds(texts[2], f"row {number} at"), accuracy


def _seconds(text: str, field: str) -> float:
    """Return the seconds since 1970 that a text names."""
    if text[:5].endswith("-"):
        return clock.moment(text, field).timestamp()
    return _number(text, field)


def _number(text: str, field: str) -> float:
    try:
        return float(text[:LONGEST])
    except ValueError as error:
        raise BadInput(field, text, "a number") from error


def moment(seconds: float) -> str:
    """Return seconds since 1970 as RFC 3339 in UTC; what is no year of ours as it is."""
    try:
        return datetime.fromtimestamp(round(seconds, 3), tz=UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return repr(seconds)


def _said(given: Fixes, error: BrokenFix) -> object:
    """Return the value of a fix that cannot be."""
    if error.field == "time":
        return moment(float(given.time[error.index]))
    return None if given.accuracy is None else float(given.accuracy[error.index])
