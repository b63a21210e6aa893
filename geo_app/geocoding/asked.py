"""What kind of question a text is: coordinates, a grid code, a component, a crossing, a bearing, an address."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from geo_app.geocoding import beidou, english, text


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A pair of figures as given, longitude first; `decimals` says how exact they are meant."""

    x: float
    y: float
    decimals: int


@dataclass(frozen=True, slots=True)
class GridCode:
    """北斗网格位置码."""

    code: str


@dataclass(frozen=True, slots=True)
class Component:
    """The 16-digit id of a component (部件)."""

    id: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where two roads meet: the ways to read their two names, for 和 may be part of a name."""

    roads: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Bearing:
    """So many metres from a landmark; `degrees` from north, clockwise."""

    landmark: str
    degrees: float
    metres: float


@dataclass(frozen=True, slots=True)
class Address:
    """Anything else."""

    text: str


Question = Coordinates | GridCode | Component | Crossing | Bearing | Address

DIRECTIONS = {
    "东北": 45, "东南": 135, "西南": 225, "西北": 315, "北偏东": 22.5, "东": 90, "南": 180, "西": 270, "北": 0,
}  # fmt: skip
_WAYS = "|".join(DIRECTIONS)
CROSSING = re.compile(
    r"^(?P<roads>.+?)的?(?:交叉路口|交叉口|交叉处|十字路口|交汇处|交汇口|交界处|交界|路口|交口|相交处|口)"
    r"(?:的?(?:东北|东南|西南|西北|东|南|西|北)[侧角边面口]?)?(?:附近|处)?$"
)
BETWEEN = re.compile(r"[与和跟同、/&及至\-]|(?<=[路街道巷桥线])(?=.)")
BEARING = re.compile(
    rf"^(?P<landmark>.+?)(?:的)?(?:往|向|以|朝|正|偏)?(?P<way>{_WAYS})(?:侧|边|面|方向|方)?(?:走|行)?(?:大?约|大概)?"
    r"(?P<amount>\d+(?:\.\d+)?|[一二三四五六七八九十百千两零]+)(?P<unit>米|公里|千米|里地|里|m|km)(?:处|左右|远)?(?:的地方)?$"
)
UNITS = {"米": 1.0, "m": 1.0, "公里": 1000.0, "千米": 1000.0, "km": 1000.0, "里": 500.0, "里地": 500.0}
FARTHEST = 5000.0
PAIR = re.compile(
    r"^\(?([+-]?\d+(?:\.\d+)?)°?([news]?)[,;/\s]+([+-]?\d+(?:\.\d+)?)°?([news]?)\)?$", re.IGNORECASE
)
NAMED = re.compile(r"(经度|纬度|东经|西经|北纬|南纬|lon|lat|lng)[:=]?", re.IGNORECASE)


def read(said: str) -> Question:
    """Return what `said` asks for; a text that fits no pattern is an address."""
    plain = unicodedata.normalize("NFKC", said).strip()
    pair = _pair(plain)
    if pair is not None:
        return pair
    squeezed = re.sub(r"\s", "", plain).upper()
    if len(squeezed) in beidou.LENGTHS[1:] and re.fullmatch(r"[NS]\d\d[A-V][0-9A-F]+", squeezed):
        return GridCode(squeezed)
    if re.fullmatch(r"\d{16}", squeezed):
        return Component(squeezed)
    flat = text.clean(plain)
    bearing = BEARING.match(flat)
    if bearing is not None:
        metres = float(_amount(bearing["amount"])) * UNITS[bearing["unit"]]
        if metres <= FARTHEST:
            return Bearing(bearing["landmark"], float(DIRECTIONS[bearing["way"]]), metres)
    if plain.isascii():
        meeting = english.CROSSING.match(plain.lower())
        return (
            Crossing(((meeting["one"], meeting["other"]),)) if meeting is not None else Address(said.strip())
        )
    crossing = CROSSING.match(flat)
    roads = _roads(crossing["roads"]) if crossing is not None else ()
    return Crossing(roads) if roads else Address(said.strip())


def field_of(code: GridCode) -> tuple[float, float, float]:
    """Return the centre of a grid code, lon/lat, and half its diagonal in metres."""
    box = beidou.decode(code.code)
    longitude, latitude = box.centre
    degree = 111_320.0
    width = float(box.width) * degree * math.cos(math.radians(latitude))
    return longitude, latitude, math.hypot(width, float(box.height * Fraction(110_574))) / 2


def _roads(both: str) -> tuple[tuple[str, str], ...]:
    pairs = [(both[: cut.start()], both[cut.end() :]) for cut in BETWEEN.finditer(both)]
    return tuple((first, second) for first, second in pairs if len(first) > 1 and len(second) > 1)


def _amount(figures: str) -> str:
    return figures if figures[0].isdigit() else text.arabic(figures.replace("两", "二"))


def _pair(said: str) -> Coordinates | None:
    """Return a pair of coordinates; letters and words of the axes may turn it round."""
    flat = said.replace("，", ",").replace("；", ";").replace("：", ":").replace("（", "(").replace("）", ")")
    words = [word.lower() for word in NAMED.findall(flat)]
    found = PAIR.match(re.sub(r"[,;]\s+", ",", NAMED.sub("", flat)).strip())
    if found is None:
        return None
    first, one, second, other = found.groups()
    if "." not in first + second:
        return None
    x, y = float(first), float(second)
    signs = (one.lower(), other.lower())
    x, y = (-x if signs[0] in set("ws") else x), (-y if signs[1] in set("ws") else y)
    decimals = min(len(part.partition(".")[2]) for part in (first, second))
    latitude_first = signs[0] in {"n", "s"} or bool(words and words[0] in {"纬度", "北纬", "南纬", "lat"})
    return Coordinates(y, x, decimals) if latitude_first else Coordinates(x, y, decimals)
