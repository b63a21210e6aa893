"""Outside geocoders, off unless a setting names them: Nominatim, AMap, Baidu, Tianditu, behind one protocol.

Each has a small adapter: how to ask, in which frame it answers, where its answer holds the places. What leaves
the machine is the text of the question; keys come from the setting. Answers are converted to WGS 84 at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import numpy as np
from shapely import Point

from geo_app.core import coords
from geo_app.core.errors import NotReady, WrongSetup
from geo_app.geocoding.model import Candidate, How

PATIENCE = 4.0
"""Seconds an outside source may take."""
Fetch = Callable[[str], bytes]
Spot = tuple[str, float, float, float]
"""Name, x, y, and the source's own sureness from 0 to 1."""


class Source(Protocol):
    """Something that knows places."""

    def find(self, said: str, city: str) -> list[Candidate]:
        """Return candidates for a text in a city given by name."""
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """How one outside geocoder is asked and understood."""

    url: str
    frame: str
    ask: Callable[[str, str, str], Mapping[str, str]]
    """The query parameters for text, city and key."""
    spots: Callable[[Any], Iterator[Spot]]
    """The places in its JSON answer."""
    uncertainty: float


def _nominatim(answer: Any) -> Iterator[Spot]:
    for one in answer:
        yield one["display_name"], float(one["lon"]), float(one["lat"]), 0.7


def _amap(answer: Any) -> Iterator[Spot]:
    for one in answer.get("geocodes", ()):
        x, y = one["location"].split(",")
        yield one["formatted_address"], float(x), float(y), 0.9


def _baidu(answer: Any) -> Iterator[Spot]:
    if answer.get("status") == 0:
        found = answer["result"]
        place = found["location"]
        yield found.get("level") or "", place["lng"], place["lat"], found.get("confidence", 50) / 100


def _tianditu(answer: Any) -> Iterator[Spot]:
    if str(answer.get("status")) == "0":
        place = answer["location"]
        yield (
            place.get("keyWord", ""),
            float(place["lon"]),
            float(place["lat"]),
            float(place.get("score", 50)) / 100,
        )


SERVICES = {
    "nominatim": Service(
        "https://nominatim.openstreetmap.org/search", "wgs84",
        lambda said, city, _key: {"q": f"{city} {said}", "format": "jsonv2", "limit": "5"}, _nominatim, 100.0,
    ),
    "amap": Service(
        "https://restapi.amap.com/v3/geocode/geo", "gcj02",
        lambda said, city, key: {"address": said, "city": city, "key": key}, _amap, 50.0,
    ),
    "baidu": Service(
        "https://api.map.baidu.com/geocoding/v3/", "bd09",
        lambda said, city, key: {"address": said, "city": city, "output": "json", "ak": key}, _baidu, 50.0,
    ),
    "tianditu": Service(
        "https://api.tianditu.gov.cn/geocoder", "cgcs2000",
        lambda said, city, key: {"ds": json.dumps({"keyWord": city + said}, ensure_ascii=False), "tk": key},
        _tianditu, 50.0,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remote:
    """An outside geocoder with its key; `fetch` gets the body of an address of the web."""

    name: str
    key: str
    fetch: Fetch

    def find(self, said: str, city: str) -> list[Candidate]:
        """Return its candidates in WGS 84, never surer than 0.8; NotReady when it does not answer sensibly."""
        service = SERVICES[self.name]
        try:
            answer = json.loads(self.fetch(f"{service.url}?{urlencode(service.ask(said, city, self.key))}"))
            spots = list(service.spots(answer))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotReady(f"the outside source {self.name} gives no sensible answer") from error
        return [
            Candidate(
                name or said, None, Point(*np.round(coords.to_wgs84(np.array([[x, y]]), service.frame)[0], 9)),
                0.8 * min(max(sure, 0.0), 1.0), How.SOURCE, service.uncertainty, None, None, (self.name,),
            )
            for name, x, y, sure in spots
        ]  # fmt: skip


def configured(setting: str, fetch: Fetch | None = None) -> tuple[Source, ...]:
    """Return the sources of a setting such as `nominatim,amap:KEY`; none for an empty one.

    WrongSetup names a source that does not exist.
    """
    found = []
    for item in filter(None, (part.strip() for part in setting.split(","))):
        name, _, key = item.partition(":")
        if name not in SERVICES:
            raise WrongSetup(f"GEO_SOURCES names {name!r}; there are: {', '.join(SERVICES)}")
        found.append(Remote(name, key, fetch or _fetch))
    return tuple(found)


def _fetch(url: str) -> bytes:
    request = Request(url, headers={"User-Agent": "wangge"})  # noqa: S310  # the table above has https only
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return bytes(answer.read(1_000_000))
    except URLError as error:
        raise OSError(str(error.reason)) from error
