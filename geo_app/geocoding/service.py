"""What people do with the gazetteer: fill it, find a place by what was said, say what is beside a point."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import shapely
from shapely import Point

from geo_app.core import db
from geo_app.core.errors import BadInput
from geo_app.geocoding import finding, score, shelf, store, text
from geo_app.geocoding.model import Candidate, Kind, Near, NewPlace, Place
from geo_app.geocoding.sources import Source
from geo_app.organisation.model import City

LONGEST = finding.LONGEST
BESIDE = 150.0
"""Metres within which a place is beside a point."""
MANY = 200
"""Texts from which on it is quicker to take the gazetteer into memory than to ask the database for each."""


def add_places(tx: db.Transaction, city: City, new: Sequence[NewPlace], units: Mapping[str, int]) -> int:
    """Add places and return how many; BadInput names one of an unknown kind or community."""
    for place in new:
        if place.community is not None and place.community not in units:
            raise BadInput("community", place.community, f"place {place.name} names no unit of {city.code}")
        if place.kind not in set(Kind):
            raise BadInput("kind", place.kind, f"place {place.name}: one of {', '.join(Kind)}")
    return store.add_all(tx, city, new, units)


def places(tx: db.Transaction, city: City) -> list[Place]:
    """Return every place that stands somewhere (no areas, no roads), in the order it was stored."""
    return store.places(tx, city)


def geocode(tx: db.Transaction, city: City, said: str, frame: str = "wgs84") -> list[Candidate]:
    """Return the places that `said` may mean, the likeliest first; none when nothing fits.

    `said` is an address, a name, its pinyin or initials, a crossing, a landmark with a bearing, a component's
    id, a grid code, or a pair of coordinates in `frame`. BadInput for an empty or endless text, coordinates
    out of range and a malformed code.
    """
    return finding.find(store.Stored(tx, city), said, frame)


def geocoder(tx: db.Transaction, city: City, count: int) -> Callable[[str], list[Candidate]]:
    """Return what answers as `geocode` does, for `count` texts: for many it takes the whole gazetteer into memory.

    It knows the gazetteer as it is now: use it within this transaction.
    """
    stored = store.Stored(tx, city)
    known = stored if count < MANY else shelf.Shelf(stored, store.all_names(tx, city))
    return lambda said: finding.find(known, said, "wgs84")


def ask_outside(
    city: City, said: str, candidates: Sequence[Candidate], sources: Sequence[Source]
) -> list[Candidate]:
    """Return candidates with those of outside sources, asked only when our own are not good enough.

    It waits for the network: call it outside any transaction. NotReady when a source does not answer.
    """
    if score.is_confident(candidates):
        return list(candidates)
    told = [one for source in sources for one in source.find(said, city.name)]
    return score.best([*candidates, *told], finding.MOST)


def suggest(tx: db.Transaction, city: City, begun: str, most: int) -> list[Candidate]:
    """Return places for what somebody is still typing: names, pinyin or initials that begin so, then the rest."""
    key = text.key(begun)
    hits = store.by_beginning(tx, city, key, 4 * most) if key else []
    found = [
        finding.candidate(hit, 0.6 + 0.4 * len(key) / max(len(hit.key), len(key)), hit.how) for hit in hits
    ]
    return score.best([*found, *(geocode(tx, city, begun) if len(found) < most else [])], most)


def is_confident(candidates: Sequence[Candidate]) -> bool:
    """Return whether the first candidate may be taken without asking: good enough, and no rival elsewhere."""
    return score.is_confident(candidates)


def beside(tx: db.Transaction, city: City, point: Point) -> list[Near]:
    """Return what stands within 150 m of a lon/lat point, the nearest first."""
    height = math.degrees(BESIDE / 6_371_000)
    width = height / max(math.cos(math.radians(point.y)), 0.01)
    box = shapely.box(point.x - width, point.y - height, point.x + width, point.y + height)
    return [near for near in store.beside(tx, city, box, point) if near.metres <= BESIDE]
