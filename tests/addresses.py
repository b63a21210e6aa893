"""Write the table of 300 addresses: `python -m tests.addresses` makes integration/planning/addresses.csv anew.

Each row says something about a place of the demo city as people say it, and where that place really is: the
truth comes from the generator's data, never from the geocoder. Rows without a position must not be taken for
anything. The table lies beside its test so that a change of the generator does not silently change the test.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import opencc
import shapely
from pypinyin import lazy_pinyin
from shapely import Point

from geo_app.cities import demo
from geo_app.cities.model import CityData, PlaceRow
from geo_app.core import coords

TABLE = Path(__file__).parent / "integration" / "planning" / "addresses.csv"
HEAD = ("kind", "said", "lon", "lat")
DIGITS = "零一二三四五六七八九"
WRONG = "天地人中大高山水火木土金玉花草风云雨雪电光明月星辰"
BEARINGS = {"东": (1, 0), "南": (0, -1), "西": (-1, 0), "北": (0, 1)}
AMBIGUOUS = (
    "派出所", "幼儿园", "社区居委会", "家园", "花园小区", "警务室", "养老驿站", "便民菜市场", "3号楼", "12号",
    "卫生服务站", "中学", "农贸市场", "东门", "2单元501",
)  # fmt: skip
NONSENSE = (
    "火星基地九号门", "阿斯顿发斯蒂芬", "今天天气真好", "埃菲尔铁塔", "qwxzkj", "张三家的狗", "月球背面环形山",
    "999999", "纽约时代广场", "我也不知道在哪儿",
)  # fmt: skip
Row = tuple[str, str, str, str]


class Sayings:
    """Ways to say where a place is."""

    def __init__(self, data: CityData) -> None:
        self.rng = random.Random(20261122)
        self.data = data
        self.srid = data.info.srid
        self.by_kind = {
            kind: [row for row in data.places if row.kind == kind]
            for kind in ("number", "compound", "building", "poi")
        }
        self.names = {name for row in data.places for name in (row.name, *row.aliases, row.road or "")}
        self.units = {unit.code: unit for unit in data.units}

    def some(self, count: int, *kinds: str) -> list[PlaceRow]:
        """Return `count` places of some kinds, in turn."""
        turns = [self.rng.sample(self.by_kind[kind], count) for kind in kinds]
        return [turns[number % len(kinds)][number] for number in range(count)]

    def row(self, kind: str, said: str, point: Point) -> Row:
        """Return a row; `point` is metric."""
        lonlat = coords.to_lonlat(shapely.set_srid(point, self.srid), self.srid)
        return kind, said, f"{lonlat.x:.9f}", f"{lonlat.y:.9f}"

    def right(self, place: PlaceRow, number: int) -> str:
        """Return a right name with its areas before and details behind."""
        community = self.units[place.community or ""]
        street = self.units[community.parent or ""]
        before = ("", "云汀区", f"云汀区{street.name}", f"{street.name}{community.name}", community.name)[
            number % 5
        ]
        after = {"building": "2单元501", "poi": "门口", "number": "附近", "compound": ""}[place.kind]
        return f"{before}{place.name}{after if number % 2 else ''}"

    def misspelt(self, name: str) -> str:
        """Return a name of at least four characters with one wrong, nobody's name."""
        while True:
            stem = next((i for i, sign in enumerate(name) if sign.isdigit()), len(name))
            at = self.rng.randrange(0, max(1, min(stem, 4)))
            told = name[:at] + self.rng.choice(WRONG) + name[at + 1 :]
            if told not in self.names and told[:stem] not in self.names:
                return told

    def homophone(self, name: str) -> str:
        """Return a name with one character that sounds the same, from the city's own characters."""
        signs = sorted({sign for other in self.names for sign in other})
        sounds = {sign: lazy_pinyin(sign)[0] for sign in signs}
        for at in self.rng.sample(range(len(name)), len(name)):
            same = [sign for sign in signs if sign != name[at] and sounds[sign] == sounds.get(name[at])]
            told = name[:at] + self.rng.choice(same) + name[at + 1 :] if same else name
            if told not in self.names:
                return told
        return name

    def crossings(self) -> Iterator[tuple[str, Point]]:
        """Yield pairs of named roads that meet in one place only, with that place."""
        lines: dict[str, list[shapely.LineString]] = {}
        for road in self.data.roads:
            if road.name:
                lines.setdefault(road.name, []).append(road.geometry)
        whole = {name: shapely.union_all(parts) for name, parts in sorted(lines.items())}
        names = list(whole)
        self.rng.shuffle(names)
        tree = shapely.STRtree([whole[name] for name in names])
        for name in names:
            for other in tree.query(whole[name], predicate="intersects"):
                shared = shapely.intersection(whole[name], whole[names[other]])
                if names[other] != name and isinstance(shared, Point):
                    link, meeting = self.rng.choice("与和"), self.rng.choice(("交叉口", "路口", "交汇处"))
                    yield f"{name}{link}{names[other]}{meeting}", shared
                    break


def rows(data: CityData) -> Iterator[Row]:
    """Yield the 300 rows."""
    say = Sayings(data)
    every = ("number", "building", "poi", "compound")
    for number, place in enumerate(say.some(85, *every)):
        yield say.row("right", say.right(place, number), place.position)
    for place in say.some(25, "number", "building", "compound"):
        yield say.row("misspelt", say.misspelt(place.name), place.position)
    for place in say.some(20, "number", "compound", "poi"):
        yield say.row("homophone", say.homophone(place.name), place.position)
    aliased = [place for place in say.some(60, "building", "compound") if place.aliases][:30]
    for place in aliased:
        yield say.row("alias", say.rng.choice(place.aliases), place.position)
    traditional = opencc.OpenCC("s2t").convert
    for place in say.some(30, *every):
        yield say.row("traditional", traditional(place.name), place.position)
    for place in say.some(25, "compound", "poi"):
        yield say.row("pinyin", "".join(lazy_pinyin(place.name)), place.position)
    widths: tuple[Callable[[str], str], ...] = (
        _wide,
        _numerals,
        lambda name: name.replace("号楼", "幢"),
        _spaced,
    )
    for number, place in enumerate(say.some(30, "number", "building")):
        yield say.row("written", widths[number % 4](place.name), place.position)
    for (said, point), _ in zip(say.crossings(), range(15), strict=False):
        yield say.row("crossing", said, point)
    for number, place in enumerate(say.some(15, "poi", "compound")):
        way, (east, north) = list(BEARINGS.items())[number % 4]
        metres = 50 * (1 + number % 4)
        angle = math.atan2(north, east)
        point = Point(
            place.position.x + metres * math.cos(angle), place.position.y + metres * math.sin(angle)
        )
        yield say.row("bearing", f"{place.name}往{way}{metres}米", point)
    yield from (("ambiguous", said, "", "") for said in AMBIGUOUS)
    yield from (("nonsense", said, "", "") for said in NONSENSE)


def _wide(name: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in name)


def _numerals(name: str) -> str:
    return "".join(DIGITS[int(sign)] if sign.isdigit() else sign for sign in name)


def _spaced(name: str) -> str:
    return " ".join(name)


def main() -> None:
    """Write the table."""
    data = demo.generate(datetime(2026, 11, 22, tzinfo=UTC))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerows([HEAD, *rows(data)])


if __name__ == "__main__":
    main()
