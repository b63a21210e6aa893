"""Rows of a table people bring, read as reports; pure. Every value that breaks a rule is named with its row.

Headings may be Chinese or English, in any order; other columns are left alone. A moment without a zone is the
city's own time. A row is known by its key or, without one, by what it says, so the same file comes in once.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TypeVar

import numpy as np
from shapely import Point

from geo_app.core import clock, coords
from geo_app.core.coords import Given
from geo_app.core.errors import BadInput
from geo_app.incidents import intake
from geo_app.incidents.model import Category, Channel, NewReport

HEADINGS: dict[str, tuple[str, ...]] = {
    "category": ("category", "类别", "案件类别", "事件类别", "问题类别"),
    "channel": ("channel", "渠道", "来源", "上报渠道"),
    "description": ("description", "描述", "案件描述", "问题描述", "内容"),
    "lon": ("lon", "lng", "longitude", "经度", "x"),
    "lat": ("lat", "latitude", "纬度", "y"),
    "frame": ("frame", "坐标系"),
    "address": ("address", "地址", "位置", "事发地点"),
    "occurred_at": ("occurred_at", "发生时间", "上报时间", "时间"),
    "closed_at": ("closed_at", "结案时间", "办结时间"),
    "key": ("key", "编号", "案件编号", "id"),
    "geometry": ("geometry",),
}
"""What a column may be called."""
NEEDED = ("category", "description", "occurred_at")
CHANNELS = {
    "巡查": Channel.PATROL, "热线": Channel.HOTLINE, "网络": Channel.WEB,
    "城市合伙人": Channel.PARTNER, "其他系统": Channel.SYSTEM, "": Channel.SYSTEM,
}  # fmt: skip
"""Channels by their Chinese names; what says nothing comes from another system."""
Line = tuple[int, Mapping[str, str]]
"""A row by heading, with its number in the file."""
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A value that breaks a rule: its row in the file, the heading of its column, as it was given."""

    row: int
    column: str
    value: str
    rule: str


@dataclass(frozen=True, slots=True)
class File:
    """What is known of a file: its name, the frame of its coordinates unless a row states one, the city's rules."""

    name: str
    frame: str | None
    zone: tzinfo
    categories: Mapping[str, Category]
    at: datetime


@dataclass(slots=True)
class Reading:
    """What became of a file: reports with their rows, and every refusal."""

    reports: list[tuple[int, NewReport]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def headings(lines: Sequence[Line]) -> dict[str, str]:
    """Return the heading of each of our columns in a table; BadInput when a needed one is missing."""
    heads = {name for _, row in lines for name in row}
    found = {name: next((one for one in names if one in heads), name) for name, names in HEADINGS.items()}
    missing = [name for name in NEEDED if found[name] not in heads]
    if missing:
        said = "; ".join(f"{name} ({', '.join(HEADINGS[name])})" for name in missing)
        raise BadInput("columns", sorted(heads), f"these headings too: {said}")
    return found


def read(lines: Iterable[Line], found: Mapping[str, str], file: File) -> Reading:
    """Return the reports of a table whose headings were found, and what refuses the other rows."""
    reading, seen = Reading(), Counter[str]()
    words = _categories(file.categories)
    rows = [_Row(number, found, cells, reading.refused) for number, cells in lines]
    spots = _spots([row.given(file) for row in rows])
    for row, spot in zip(rows, spots, strict=True):
        new = row.report(file, spot, words, seen)
        if new is not None:
            reading.reports.append((row.number, new))
    return reading


def _spots(given: Sequence[Given | None]) -> list[_Spot]:
    """Return coordinates with where they are: a frame's all at once and, only if one is refused, one by one."""
    spots = [_Spot(one, None, None) for one in given]
    for frame in {one.frame for one in given if one is not None}:
        places = [number for number, one in enumerate(given) if one is not None and one.frame == frame]
        raw = np.array([(one.x, one.y) for one in given if one is not None and one.frame == frame])
        try:
            found = [Point(xy) for xy in np.round(coords.to_wgs84(raw, frame), 9)]
            some = [_Spot(given[number], point, None) for number, point in zip(places, found, strict=True)]
        except BadInput:
            some = [_spot(given[number]) for number in places]
        for number, spot in zip(places, some, strict=True):
            spots[number] = spot
    return spots


def _spot(given: Given | None) -> _Spot:
    try:
        return _Spot(given, None if given is None else coords.point(given, "lon"), None)
    except BadInput as error:
        return _Spot(given, None, error)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Coordinates as a row gives them, and where they are, lon/lat, or what refuses them."""

    given: Given | None
    position: Point | None
    error: BadInput | None


def _categories(known: Mapping[str, Category]) -> dict[str, str]:
    """Return each category's code by its code and its names."""
    return {word: one.code for one in known.values() for word in (one.name_en, one.name, one.code)}


@dataclass(slots=True)
class _Row:
    """One row while it is read."""

    number: int
    heads: Mapping[str, str]
    cells: Mapping[str, str]
    refused: list[Refusal]
    is_refused: bool = False

    def report(
        self, file: File, spot: _Spot, words: Mapping[str, str], seen: Counter[str]
    ) -> NewReport | None:
        """Return the report of the row, None when something in it is refused."""
        if spot.error is not None:
            self.refuse(spot.error)
        category = self.take("category", lambda text: _one_of(text, words, "category"))
        channel = self.take("channel", _channel)
        occurred_at = self.take("occurred_at", lambda text: _moment(text, file))
        closed_at = self.take("closed_at", lambda text: _moment(text, file) if text else None)
        key = self.take("key", lambda text: self.key(text, seen))
        if self.is_refused or category is None or channel is None or occurred_at is None:
            return None
        new = NewReport(
            category=category, channel=channel, description=self.text("description"), occurred_at=occurred_at,
            closed_at=closed_at, address=self.text("address") or None, position=spot.position, given=spot.given,
            source=file.name, source_key=key,
        )  # fmt: skip
        return self.checked(new, file)

    def checked(self, new: NewReport, file: File) -> NewReport | None:
        """Return the report unless taking it in would refuse it."""
        try:
            intake.check(new, file.categories)
        except BadInput as error:
            self.refuse(error)
            return None
        return new

    def given(self, file: File) -> Given | None:
        """Return the coordinates as the row gives them, None when it gives none."""
        shape, lon, lat = self.text("geometry"), self.text("lon"), self.text("lat")
        if shape:
            self.refuse(BadInput("geometry", shape, "a Point, or no geometry and an address"))
            return None
        if not lon and not lat:
            return None
        x, y = (
            self.take("lon", lambda text: _number(text, "lon")),
            self.take("lat", lambda text: _number(text, "lat")),
        )
        frame = self.text("frame") or file.frame
        if frame is None:
            self.refuse(
                BadInput("frame", "", "stated, in a column or with --frame: wgs84, gcj02, bd09, epsg:n")
            )
        return None if x is None or y is None or frame is None else Given(x, y, frame)

    def key(self, text: str, seen: Counter[str]) -> str:
        """Return what the row is known by in its file; rows that say the same are counted."""
        said = (
            text
            or hashlib.sha256(json.dumps(self.cells, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        )
        seen[said] += 1
        if text and seen[said] > 1:
            raise BadInput("key", text, "each key once in a file")
        return said if seen[said] == 1 else f"{said}#{seen[said]}"

    def text(self, name: str) -> str:
        """Return a value of the row without white space around it."""
        return self.cells.get(self.heads[name], "").strip()

    def take(self, name: str, parse: Callable[[str], Value]) -> Value | None:
        """Return a value of the row as `parse` reads it; None when it refuses, which is noted."""
        try:
            return parse(self.text(name))
        except BadInput as error:
            self.refuse(error)
            return None

    def refuse(self, error: BadInput) -> None:
        """Note what is wrong in this row."""
        name = error.field.partition(".")[2] or error.field
        column = self.heads.get(name, name)
        self.is_refused = True
        self.refused.append(Refusal(self.number, column, self.cells.get(column, ""), error.rule))


def _one_of(text: str, words: Mapping[str, str], name: str) -> str:
    if text not in words:
        raise BadInput(name, text, "one of " + ", ".join(dict.fromkeys(words.values())) + ", or its name")
    return words[text]


def _channel(text: str) -> Channel:
    if text in CHANNELS:
        return CHANNELS[text]
    if text not in set(Channel):
        raise BadInput("channel", text, "one of " + ", ".join([*Channel, *filter(None, CHANNELS)]))
    return Channel(text)


def _number(text: str, name: str) -> float:
    try:
        found = float(text)
    except ValueError as error:
        raise BadInput(name, text, "a number") from error
    if not math.isfinite(found):
        raise BadInput(name, text, "a finite number")
    return found


def _moment(text: str, file: File) -> datetime:
    """Return a moment in UTC: with its zone, or in the city's own time; it must have come."""
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
        local = found if found.tzinfo else found.replace(tzinfo=file.zone)
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        rule = "a moment: 2026-05-01 08:30 in the city's own time, or with its zone (RFC 3339)"
        raise BadInput("occurred_at", text, rule) from error
    if moment < clock.EARLIEST:
        raise BadInput("occurred_at", text, "not before the year 1900")
    return clock.past(moment, file.at, "occurred_at")
