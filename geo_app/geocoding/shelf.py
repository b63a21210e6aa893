"""A city's gazetteer in memory, for a table of addresses: it answers as the database does, without asking it.

Who asks for one address asks the database; who asks for thousands would wait for it most of the time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from geo_app.geocoding import text
from geo_app.geocoding.model import Hit, How, Kind, Names, RoadLine
from geo_app.organisation.model import City

MOST_RARE = 600
"""Names that the rare pairs of a search may bring to be compared."""
MOST_KEYS, MOST_SOUNDS = 400, 100
"""Hits of one question, as the statements of the same names give them."""
KEPT = 20_000
"""Answers that are remembered."""


class Shelf:
    """All names by what they are asked for: key, sound, pairs of characters, road; see `model.Names`."""

    def __init__(self, stored: Names, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take the rows of every name, by place; what is rarely asked for is left to `stored`."""
        self._rows = rows
        self._city = stored.city
        self._by_key, self._by_pinyin, self._by_initials, self._by_gram, self._by_road = (
            defaultdict[str, list[int]](list) for _ in range(5)
        )
        for at, row in enumerate(rows):
            self._by_key[row["key"]].append(at)
            self._by_pinyin[row["pinyin"]].append(at)
            self._by_initials[row["initials"]].append(at)
            for gram in row["grams"]:
                self._by_gram[gram].append(at)
            if row["kind"] == Kind.NUMBER and row["road_key"] is not None:
                self._by_road[row["road_key"]].append(at)
        self.similar = lru_cache(KEPT)(self._similar)
        self.numbers = lru_cache(KEPT)(self._numbers)
        self.sounding = lru_cache(KEPT)(stored.sounding)
        self._lines = lru_cache(KEPT)(stored.road_lines)

    @property
    def city(self) -> City:
        """The city whose names they are."""
        return self._city

    def by_key(self, keys: Sequence[str]) -> list[Hit]:
        """Return the places that are called exactly one of the keys, the longest names first."""
        found = [at for key in dict.fromkeys(keys) if key in self._by_key for at in self._by_key[key]]
        found.sort(key=lambda at: (-len(self._rows[at]["key"]), at))
        return [Hit.read(self._rows[at]) for at in found[:MOST_KEYS]]

    def by_sound(self, pinyin: str | None, initials: str | None) -> list[Hit]:
        """Return the places whose name sounds so or has these initials."""
        spoken = set(self._by_pinyin.get(pinyin, ()) if pinyin is not None else ())
        begun = self._by_initials.get(initials, ()) if initials is not None else ()
        return [
            Hit.read({**self._rows[at], "how": How.PINYIN if at in spoken else How.INITIALS})
            for at in sorted(spoken.union(begun))[:MOST_SOUNDS]
        ]

    def road_lines(self, ids: Sequence[int]) -> list[RoadLine]:
        """Return the middle lines of road places."""
        return self._lines(tuple(ids))

    def _similar(self, key: str, most: int) -> list[Hit]:
        grams = text.grams(key)
        counts = sorted((len(self._by_gram[gram]), gram) for gram in grams if gram in self._by_gram)
        rare = rarest((gram, count) for count, gram in counts)
        asked = set(grams)
        near = {at for gram in rare for at in self._by_gram[gram]}
        ranked = sorted(
            (-len(asked.intersection(pairs)), len(pairs), self._rows[at]["name_id"], at)
            for at in near
            for pairs in (self._rows[at]["grams"],)
        )
        return [Hit.read({**self._rows[at], "how": How.SIMILAR}) for *_, at in ranked[:most]]

    def _numbers(self, road_key: str) -> list[Hit]:
        doors = {self._rows[at]["id"]: self._rows[at] for at in self._by_road.get(road_key, ())}
        return [Hit.read({**row, "key": row["name"], "how": How.NAME}) for row in doors.values()]


def rarest(counts: Iterable[tuple[str, int]]) -> list[str]:
    """Return the rarest pairs, given with how many names hold them, that together bring few names to compare."""
    rare: list[str] = []
    brought = 0
    for gram, names in counts:
        if rare and brought + names > MOST_RARE:
            break
        rare.append(gram)
        brought += names
    return rare
