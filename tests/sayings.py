"""What people of a loaded city may say, made from its gazetteer, with whose ground it is: never from the geocoder.

Names come from the communities as loaded. Where a spot lies is decided by shapely in the city's metric CRS from the
community polygons and the road edges of the files: a spot belongs to every community within 30 m of it.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import opencc
import shapely
from pypinyin import lazy_pinyin
from pyproj import Transformer
from shapely import Geometry, LineString, Point
from shapely.affinity import translate

NEAR, ONE_PLACE = 30.0, 100.0
"""Metres: to a community a spot belongs to; across the points of one crossing."""
WAYS = {"东": (1, 0), "南": (0, -1), "西": (-1, 0), "北": (0, 1)}
HAN = re.compile("[一-鿿]{2,}")
ENDING = re.compile("(?:社区|村)$")
NUMERALS = "零一二三四五六七八九"
WIDE = str.maketrans(NUMERALS, "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Community:
    """A community with the street above it and the point its place has in the gazetteer, metric."""

    name: str
    street: str
    middle: Point


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said, and the names of the communities that are right."""

    kind: str
    said: str
    communities: frozenset[str]


def outlines(folder: Path, srid: int) -> dict[str, Geometry]:
    """Return the community polygons of 回天 by name, metric."""
    move = Transformer.from_crs(4326, srid, always_xy=True).transform
    shapes = json.loads((folder / "huitian/polygons/ht_sq.json").read_text(encoding="utf-8"))["features"]
    parts: dict[str, list[Geometry]] = defaultdict(list)
    for shape in shapes:
        lonlat = shapely.make_valid(shapely.geometry.shape(shape["geometry"]))
        parts[shape["properties"]["sq_name"]].append(shapely.transform(lonlat, move, interleaved=False))
    return {name: shapely.union_all(shapes) for name, shapes in parts.items()}


def spots(communities: dict[str, Geometry], point: Geometry) -> frozenset[str]:
    """Return the communities a metric point belongs to."""
    return frozenset(name for name, area in communities.items() if area.distance(point) <= NEAR)


def names(known: Sequence[Community], seed: int) -> Iterator[Saying]:
    """Yield each name in every way: right, within its areas, a house, traditional, pinyin, wide figures, misheard."""
    rng = random.Random(seed)
    taken = {name for one in known for name in (one.name, ENDING.sub("", one.name))}
    signs = sorted({sign for name in taken for sign in name})
    traditional = opencc.OpenCC("s2t").convert
    for one in known:
        short = ENDING.sub("", one.name)
        house = f"{rng.randint(1, 30)}号楼{rng.randint(1, 6)}单元{rng.randint(1, 18)}0{rng.randint(1, 4)}"
        told = {
            "right": one.name,
            "short": short,
            "within": f"北京市昌平区{one.name}",
            "street": f"昌平区{one.street}{one.name}",
            "house": f"{one.name if short[-1] in NUMERALS else short}{house}",
            "traditional": traditional(one.name),
            "pinyin": "".join(lazy_pinyin(one.name)),
            "misheard": misheard(one.name, taken, signs, rng),
            "wide": one.name.translate(WIDE),
        }
        for kind, said in told.items():
            if said and (kind != "wide" or said != one.name):
                yield Saying(kind, said, frozenset({one.name}))


def misheard(name: str, taken: set[str], signs: Sequence[str], rng: random.Random) -> str | None:
    """Return a name with one sign of the city's own that sounds the same, None when there is none."""
    stem = ENDING.sub("", name)
    for at in rng.sample(range(len(stem)), len(stem)):
        same = [one for one in signs if one != stem[at] and lazy_pinyin(one) == lazy_pinyin(stem[at])]
        told = stem[:at] + rng.choice(same) + stem[at + 1 :] if same else stem
        if told not in taken:
            return told + name[len(stem) :]
    return None


def bearings(known: Sequence[Community], communities: dict[str, Geometry], seed: int) -> Iterator[Saying]:
    """Yield spots so many metres from a community's middle."""
    rng = random.Random(seed)
    for one in known:
        way, (east, north) = rng.choice(list(WAYS.items()))
        metres = 50 * rng.randint(1, 6)
        spot = translate(one.middle, east * metres, north * metres)
        word = rng.choice(("往", "向", ""))
        yield Saying("bearing", f"{one.name}{word}{way}{metres}米", spots(communities, spot))


def crossings(folder: Path, communities: dict[str, Geometry], srid: int) -> Iterator[Saying]:
    """Yield pairs of named roads that meet at one place inside the communities, and spots beside it."""
    roads = _roads(folder, shapely.union_all(list(communities.values())), srid)
    pairs = [(one, other) for one in sorted(roads) for other in sorted(roads) if one < other]
    for number, (one, other) in enumerate(pairs):
        shared = shapely.intersection(roads[one], roads[other])
        if shared.is_empty or shapely.minimum_bounding_radius(shared) > ONE_PLACE / 2:
            continue
        said = f"{one}{'与和'[number % 2]}{other}{('交叉口', '路口')[number % 2]}"
        yield Saying("crossing", said, spots(communities, shared.centroid))
        way, (east, north) = list(WAYS.items())[number % 4]
        moved = translate(shared.centroid, 200 * east, 200 * north)
        yield Saying("from crossing", f"{said}往{way}200米", spots(communities, moved))


def _roads(folder: Path, area: Geometry, srid: int) -> dict[str, Geometry]:
    """Return the roads that touch an area by their Chinese name, metric."""
    move = Transformer.from_crs(4326, srid, always_xy=True).transform
    lines: dict[str, list[LineString]] = defaultdict(list)
    with gzip.open(folder / "huitian/roads/beijing_sparsetaxi_edges.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name = HAN.search(row["name"])
            if name is not None:
                ends = [move(float(row[f"lon{end}"]), float(row[f"lat{end}"])) for end in "12"]
                lines[name[0]].append(LineString(ends))
    shapely.prepare(area)
    whole = {name: shapely.union_all(parts) for name, parts in lines.items()}
    return {name: line for name, line in whole.items() if area.intersects(line)}
