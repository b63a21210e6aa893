"""Travel where no road network is known: the straight line, made longer, at the mode's usual speed (估算)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely import LineString, Point

from geo_app.roads import speeds
from geo_app.roads.model import Floats, Isochrone, Mode, Ranking, Reach, Route, Step, Turn


@dataclass(frozen=True, slots=True)
class StraightLine:
    """An engine that guesses; it says so in every answer."""

    mode: Mode
    is_estimate: bool = True

    def nearest(self, target: Point, responders: Floats, k: int) -> Ranking:
        """Return the `k` responders nearest as the crow flies, of equal ones the lower index first."""
        if k <= 0 or not len(responders):
            return Ranking((), 0, self.is_estimate)
        metres = np.hypot(responders[:, 0] - target.x, responders[:, 1] - target.y) * speeds.DETOUR
        nearest = np.argsort(metres, kind="stable")[:k]
        reaches = tuple(Reach(int(i), self._seconds(float(metres[i])), float(metres[i])) for i in nearest)
        return Ranking(reaches, 0, self.is_estimate)

    def route(self, start: Point, target: Point, *, with_steps: bool = False) -> Route | None:
        """Return the straight line, with the metres and seconds a way along roads would take; one step."""
        metres = start.distance(target) * speeds.DETOUR
        seconds, way = self._seconds(metres), LineString([start, target])
        told = (Step(Turn.SET_OFF, "", on_foot=False, seconds=seconds, metres=metres, line=way),)
        return Route(seconds, metres, way, self.is_estimate, told if with_steps else ())

    def isochrone(self, place: Point, seconds: float, *, is_inward: bool) -> Isochrone:  # noqa: ARG002 - the same
        """Return the circle one is thought to get to the rim of; out and in are the same."""
        radius = seconds * speeds.CRUISING[self.mode] / 3.6 / speeds.DETOUR
        return Isochrone(place.buffer(radius, quad_segs=16), seconds, 0.0, 0.0, self.is_estimate)

    def travel_times(self, starts: Floats, targets: Floats) -> Floats:
        """Return the guessed seconds from each start (row) to each target (column)."""
        away = starts[:, None, :] - targets[None, :, :]
        metres: Floats = np.hypot(away[..., 0], away[..., 1]) * speeds.DETOUR
        return metres / speeds.CRUISING[self.mode] * 3.6

    def _seconds(self, metres: float) -> float:
        return metres / speeds.CRUISING[self.mode] * 3.6
