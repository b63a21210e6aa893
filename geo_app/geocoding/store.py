"""The gazetteer in the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import Point, Polygon

from geo_app.core import coords, db
from geo_app.geocoding import naming, text
from geo_app.geocoding.model import Hit, Near, NewPlace, Place, RoadLine
from geo_app.geocoding.shelf import rarest
from geo_app.organisation.model import City

SQL = db.statements(__file__)
COLUMNS = (
    "id", "city_id", "kind", "name", "road", "number", "community_id", "aliases", "former", "point", "extent",
    "line", "road_key", "given_x", "given_y", "given_frame",
)  # fmt: skip
NAME_COLUMNS = ("place_id", "city_id", "how", "key", "pinyin", "initials", "grams")


def add_all(tx: db.Transaction, city: City, new: Sequence[NewPlace], units: Mapping[str, int]) -> int:
    """Store places with all their names and return how many; communities are given as unit ids by code."""
    ids = [row["id"] for row in tx.all(SQL.new_ids, dict, count=len(new))]
    rows = (
        (
            place_id, city.id, one.kind, one.name, one.road, one.number,
            None if one.community is None else units[one.community], one.aliases, one.former, one.position,
            one.extent, one.line, None if one.road is None else text.key(one.road),
            *coords.kept(one.given),
        )
        for place_id, one in zip(ids, new, strict=True)
    )  # fmt: skip
    count = tx.copy("place", COLUMNS, rows)
    named = (
        (place_id, city.id, how, key, *text.sound(key), text.grams(key))
        for place_id, one in zip(ids, new, strict=True)
        for how, key in _names(one)
    )
    tx.copy("place_name", NAME_COLUMNS, named)
    tx.run(SQL.forget_grams, city_id=city.id)
    tx.run(SQL.count_grams, city_id=city.id)
    return count


def places(tx: db.Transaction, city: City) -> list[Place]:
    """Return every place that stands somewhere, in the order it was stored."""
    return tx.all(SQL.places, Place.read, city_id=city.id)


def by_beginning(tx: db.Transaction, city: City, beginning: str, most: int) -> list[Hit]:
    """Return the places whose name, pinyin or initials begin so, the shortest names first."""
    pattern = beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return tx.all(SQL.by_beginning, Hit.read, city_id=city.id, beginning=pattern, most=most)


@dataclass(frozen=True, slots=True)
class Stored:
    """The names of a city as the database has them, asked one by one; see `model.Names`."""

    tx: db.Transaction
    city: City

    def by_key(self, keys: Sequence[str]) -> list[Hit]:
        """Return the places that are called exactly one of the keys."""
        return self.tx.all(SQL.by_key, Hit.read, city_id=self.city.id, keys=list(keys))

    def by_sound(self, pinyin: str | None, initials: str | None) -> list[Hit]:
        """Return the places whose name sounds so or has these initials."""
        return self.tx.all(SQL.by_sound, Hit.read, city_id=self.city.id, pinyin=pinyin, initials=initials)

    def similar(self, key: str, most: int) -> list[Hit]:
        """Return the names that share most pairs of characters with a key, looking only where its rarest are."""
        grams = text.grams(key)
        counts = self.tx.all(SQL.rarest, dict, city_id=self.city.id, grams=grams)
        rare = rarest((row["gram"], row["names"]) for row in counts)
        if not rare:
            return []
        return self.tx.all(SQL.by_grams, Hit.read, city_id=self.city.id, rare=rare, grams=grams, most=most)

    def sounding(self, pinyin: str, most: int) -> list[Hit]:
        """Return the names whose pinyin is most like this."""
        return self.tx.all(SQL.by_trigrams, Hit.read, city_id=self.city.id, pinyin=pinyin, most=most)

    def numbers(self, road_key: str) -> list[Hit]:
        """Return the house numbers of a road."""
        return self.tx.all(SQL.numbers, Hit.read, city_id=self.city.id, road_key=road_key)

    def road_lines(self, ids: Sequence[int]) -> list[RoadLine]:
        """Return the middle lines of road places."""
        return self.tx.all(SQL.road_lines, RoadLine.read, ids=list(ids))


def all_names(tx: db.Transaction, city: City) -> list[dict[str, Any]]:
    """Return every name of every place with all that is kept of both, for `shelf.Shelf`."""
    return tx.all(SQL.all_names, dict, city_id=city.id)


def beside(tx: db.Transaction, city: City, box: Polygon, point: Point) -> list[Near]:
    """Return what stands in a lon/lat box around a point, the nearest first."""
    return tx.all(SQL.beside, Near.read, city_id=city.id, box=box, point=point)


def _names(place: NewPlace) -> Iterator[tuple[str, str]]:
    """Yield every different way to name a place with how it is one; too short or too long ones are none."""
    address: tuple[str, ...] = ()
    if place.road and place.number and place.road.isascii():
        address = (f"{place.number} {place.road}",)
    elif place.road and place.number and place.kind == "number":
        address = (f"{place.road}{place.number}",)
    told: set[str] = set()
    groups = (
        ("name", (place.name,)),
        ("alias", (*place.aliases, *naming.spoken(place.kind, place.name))),
        ("former", place.former),
        ("address", address),
    )
    for how, names in groups:
        for name in names:
            key = text.key(name)
            if key and key not in told:
                told.add(key)
                yield how, key
