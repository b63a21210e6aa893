"""Fixes (定位点): where somebody's receiver said he was, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo_app.core.errors import GeoError
from geo_app.roads.model import Floats, Integers

WORLD = 1e8
"""No metric CRS has coordinates beyond this."""


class BrokenFix(GeoError):
    """A fix of a track cannot be used."""

    status = 422
    title = "Broken fix"

    def __init__(self, index: int, field: str, rule: str) -> None:
        super().__init__(f"fix {index}: {field} {rule}")
        self.index, self.field, self.rule = index, field, rule

    def members(self) -> dict[str, object]:
        """Return the number of the fix from 0, its field and the rule that is broken."""
        return {"fix": self.index, "field": self.field, "rule": self.rule}


@dataclass(frozen=True, slots=True)
class Fixes:
    """Fixes in the order they were taken: metres in the city's CRS (n, 2), seconds (n,), metres (n,) or None.

    `accuracy` is the radius within which the receiver believes to be with 68 %, NaN where it does not say.
    """

    xy: Floats
    time: Floats
    accuracy: Floats | None = None

    def __len__(self) -> int:
        return len(self.time)


def checked(fixes: Fixes, first: int, since: float) -> Fixes:
    """Return `fixes` as whole arrays; BrokenFix names the first that cannot be, counted from `first` on.

    No time may be before the one before it, nor the first before `since`.
    """
    xy = np.ascontiguousarray(fixes.xy, dtype=np.float64).reshape(-1, 2)
    time = np.ascontiguousarray(fixes.time, dtype=np.float64).ravel()
    given = np.full(len(time), np.nan) if fixes.accuracy is None else fixes.accuracy
    accuracy = np.ascontiguousarray(given, dtype=np.float64).ravel()
    if not len(xy) == len(time) == len(accuracy):
        raise BrokenFix(
            first + min(len(xy), len(time), len(accuracy)), "time", "and place must both be there"
        )
    before = np.concatenate([[since], time[:-1]])
    for field, rule, wrong in (
        ("place", "must be metres in the city's CRS", ~(np.abs(xy) < WORLD).all(axis=1)),
        ("time", "must be seconds", ~np.isfinite(time)),
        ("time", "must not be before that of the fix before it", time < before),
        ("accuracy", "must be more than 0 metres", accuracy <= 0),
    ):
        if wrong.any():
            raise BrokenFix(first + int(np.argmax(wrong)), field, rule)
    return Fixes(xy, time, accuracy)


NONE = Fixes(np.zeros((0, 2)), np.zeros(0), np.zeros(0))


def joined(parts: list[Fixes]) -> Fixes:
    """Return checked fixes one after the other."""
    return Fixes(
        np.concatenate([part.xy for part in parts]),
        np.concatenate([part.time for part in parts]),
        np.concatenate([np.zeros(0) if part.accuracy is None else part.accuracy for part in parts]),
    )


def some(fixes: Fixes, rows: Integers) -> Fixes:
    """Return these rows of checked fixes."""
    return Fixes(fixes.xy[rows], fixes.time[rows], None if fixes.accuracy is None else fixes.accuracy[rows])
