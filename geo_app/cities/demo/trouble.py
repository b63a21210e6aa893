"""Troubles of the demo city: a month of past incidents, and the next one of a live stream.

Everything follows from a seed and the moment asked about. Troubles gather around markets, stations and squares,
and each kind has its hours. No text holds a name or a telephone number.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import accumulate
from typing import Literal

import numpy as np
import shapely
from shapely import Point

from geo_app.cities.demo.catalogue import KINDS, Kind
from geo_app.cities.demo.luck import Luck
from geo_app.cities.model import CategoryRow, IncidentRow
from geo_app.incidents.model import Category

CITY_TIME = timezone(timedelta(hours=8))
"""Asia/Shanghai; China keeps no summer time."""
DAYS, OPEN = 30, 40
CHANNELS = {"patrol": 45, "hotline": 30, "partner": 13, "web": 12}
HOT_WORDS = ("市场", "站", "广场", "公园", "医院", "鼓楼")
HOT_RADIUS, HOT_WEIGHT = 160.0, 7.0
"""Metres around a busy place in which troubles are so many times as common."""
RHYTHMS = {
    "day": (1, 1, 0, 0, 1, 3, 8, 14, 18, 18, 16, 13, 9, 11, 15, 16, 14, 12, 9, 7, 6, 4, 3, 2),
    "morning": (1, 1, 1, 2, 6, 14, 20, 22, 18, 12, 8, 6, 4, 4, 5, 5, 5, 4, 3, 3, 2, 2, 1, 1),
    "evening": (2, 1, 0, 0, 0, 1, 3, 6, 7, 7, 8, 9, 9, 7, 7, 8, 11, 16, 22, 24, 21, 15, 9, 4),
    "rush": (1, 0, 0, 0, 0, 2, 8, 22, 24, 12, 8, 9, 9, 8, 8, 10, 16, 24, 23, 12, 7, 5, 3, 1),
    "night": (10, 5, 2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 1, 1, 1, 2, 5, 12, 22, 27, 27, 23, 16),
    "all": (4, 3, 3, 3, 3, 4, 6, 8, 9, 9, 9, 8, 8, 8, 8, 8, 9, 10, 10, 9, 8, 7, 6, 5),
}
"""How often a kind occurs in each hour of the city's day, relatively."""
WEEKDAYS = (11, 10, 10, 10, 11, 9, 8)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where something can happen; `position` in the frame of its scene."""

    name: str
    road: str | None
    position: Point


@dataclass(frozen=True, slots=True)
class Scene:
    """What the stream needs to know of a city; build it once with `Scene.of` and keep it."""

    kinds: tuple[Kind, ...]
    spots: tuple[Spot, ...]
    weights: tuple[float, ...]
    """Running sum of how much happens at each spot."""
    metre: tuple[float, float]
    """One metre east and north in units of the positions."""

    @classmethod
    def of(
        cls,
        categories: Iterable[CategoryRow | Category],
        spots: Iterable[Spot],
        frame: Literal["metric", "lonlat"],
    ) -> Scene:
        """Return the scene of a city's categories and places.

        Positions are in metres or in degrees, as `frame` says; incidents come out in the same frame.
        Categories the generator has no words for are left out; ValueError when no category or no place is left.
        """
        codes = {category.code for category in categories}
        kinds = tuple(kind for kind in KINDS if kind.category.code in codes)
        places = tuple(spots)
        if not kinds or not places:
            raise ValueError(
                f"a scene needs a known category and a place, got {len(kinds)} and {len(places)}"
            )
        metre = (1.0, 1.0)
        if frame == "lonlat":
            metre = (1 / (111_320 * float(np.cos(np.radians(places[0].position.y)))), 1 / 110_900)
        return cls(kinds, places, _weights(places, metre), metre)


def next_incident(scene: Scene, seed: int, index: int, at: datetime) -> IncidentRow:
    """Return incident number `index` of the stream `seed`, occurring at `at`; the same for the same arguments."""
    if at.tzinfo is None:
        raise ValueError(f"at: {at.isoformat()} has no time zone; give one")
    rng = Luck(f"{seed}:{index}")
    hour = at.astimezone(CITY_TIME).hour
    kind = rng.weighted(
        scene.kinds, [kind.weight * (0.2 + RHYTHMS[kind.rhythm][hour]) for kind in scene.kinds]
    )
    return _incident(scene, kind, rng, at.astimezone(UTC), None)


def past(scene: Scene, until: datetime, rng: Luck) -> tuple[IncidentRow, ...]:
    """Return the incidents of the 30 days before `until`, oldest first; 40 of the last hours are still open."""
    days = [
        until.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=back)
        for back in range(DAYS + 1)
    ]
    chances = [WEEKDAYS[day.weekday()] for day in days]
    found = []
    for _ in range(rng.whole(960, 1060)):
        kind = rng.weighted(scene.kinds, [kind.weight for kind in scene.kinds])
        hour = rng.weighted(range(24), RHYTHMS[kind.rhythm])
        occurred = rng.weighted(days, chances) + timedelta(hours=hour, seconds=rng.whole(0, 3599))
        if timedelta(minutes=30) < until - occurred < timedelta(days=DAYS):
            found.append(
                _incident(scene, kind, rng, occurred.astimezone(UTC), _closed(kind, occurred, until, rng))
            )
    for _ in range(OPEN):
        ago = timedelta(seconds=int(10 * 3600 * rng.random() ** 1.6) + 60)
        occurred = (until - ago).replace(microsecond=0)
        hour = occurred.astimezone(CITY_TIME).hour
        kind = rng.weighted(
            scene.kinds, [kind.weight * (0.2 + RHYTHMS[kind.rhythm][hour]) for kind in scene.kinds]
        )
        found.append(_incident(scene, kind, rng, occurred.astimezone(UTC), None))
    return tuple(
        sorted(found, key=lambda one: (one.occurred_at, one.category, one.description, one.position.wkt))
    )


def _closed(kind: Kind, occurred: datetime, until: datetime, rng: Luck) -> datetime:
    hours = rng.log_normal(0.1 if kind.category.is_urgent else 1.1, 0.7)
    longest = (until - occurred).total_seconds() * rng.uniform(0.5, 0.95)
    return (occurred + timedelta(seconds=int(min(hours * 3600, longest)))).astimezone(UTC)


def _incident(
    scene: Scene, kind: Kind, rng: Luck, occurred: datetime, closed: datetime | None
) -> IncidentRow:
    spot = scene.spots[bisect(scene.weights, rng.random() * scene.weights[-1])]
    road = spot.road or ""
    at = spot.name if spot.name.startswith(road) else f"{road}{spot.name}"
    words = rng.choice(kind.words).format(place=spot.name, road=road, at=at)
    east, north = rng.uniform(-4, 4), rng.uniform(-4, 4)
    digits = 3 if scene.metre == (1.0, 1.0) else 8
    x = round(spot.position.x + east * scene.metre[0], digits)
    y = round(spot.position.y + north * scene.metre[1], digits)
    channel = rng.weighted(tuple(CHANNELS), tuple(CHANNELS.values()))
    return IncidentRow(kind.category.code, channel, words, Point(x, y), occurred, closed)


def _weights(spots: tuple[Spot, ...], metre: tuple[float, float]) -> tuple[float, ...]:
    places = shapely.points([(spot.position.x / metre[0], spot.position.y / metre[1]) for spot in spots])
    hot = [place for spot, place in zip(spots, places, strict=True) if spot.name.endswith(HOT_WORDS)]
    near = (
        {int(index) for index in shapely.STRtree(hot).query(places, "dwithin", HOT_RADIUS)[0]}
        if hot
        else set()
    )
    return tuple(accumulate(HOT_WEIGHT if index in near else 1.0 for index in range(len(spots))))
