"""Read an address by the gazetteer: which of its stretches are names, which one is meant, what stays unexplained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo_app.geocoding import measure, text
from geo_app.geocoding.model import AREAS, Hit, How, Kind
from geo_app.geocoding.parse import CITIES, PROVINCES

LONGEST_NAME, LONGEST_TEXT = 24, 80
SAME_AREA = 1000.0
"""Metres within which two areas of one kind and name are one; or within twice its reach."""
ORDER = (
    Kind.UNIT, Kind.BUILDING, Kind.NUMBER, Kind.POI, Kind.COMPOUND, Kind.ROAD, Kind.COMMUNITY, Kind.STREET,
    Kind.REGION,
)  # fmt: skip
"""From the narrowest to the widest; of several names in an address the narrowest is meant."""
FILLER = re.compile(
    r"(?:附近|旁边|旁|隔壁|边上|门口|大门口?|门前|对面|斜对面|楼下|楼上|里面|院内|院里|院|内|里|处|的|靠近|在|位于|这里|那里|地址|"
    r"居民委员会|居委会|村委会|小区|号|路边|路上|一带|周边|左右|中国|市辖区)+"
)
DETAIL = re.compile(
    r"^(?:[甲乙丙丁\d]+单元)?(?:[负b]?\d+[层楼f])?(?:\d+[室户房]|-?\d{1,5}[a-z]?(?![号弄院栋幢楼])"
    r"|\d{1,4}(?:-\d{1,5}){1,3})?(?:室|户)?$"
)
NUMBER = re.compile(r"^(\d+)(?:-\d+)?(?:号(?!楼)|弄|$|(?=附近|旁|门|对))")
BUILDING = re.compile(r"^(?:\d+|[a-z])号楼")
ENDING = re.compile(r"(?:(?:东南|东北|西南|西北|[东南西北正后前])门|附近|旁边?|门口|对面|楼下|里面|的)+$")
BESIDE = re.compile(r"附近|旁|隔壁|边上|对面|门|靠近|路边|周边|一带|外面|以[东西南北]")
GATE = re.compile(r"^(?:东南|东北|西南|西北|[东南西北正后前])\d?门")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the key that some places are called."""

    start: int
    end: int
    hits: tuple[Hit, ...]

    @property
    def kind(self) -> Kind:
        """Return the narrowest kind of its places."""
        return min((hit.kind for hit in self.hits), key=ORDER.index)


@dataclass(frozen=True, slots=True)
class Reading:
    """An address with what it names: `main` is meant, `context` says where it lies."""

    key: str
    main: Span | None
    context: tuple[Span, ...]
    tail: str
    """What follows the main name directly."""
    unexplained: tuple[str, ...]
    strange: tuple[str, ...]
    """The pieces that are unexplained as they stand, small words and all."""
    is_beside: bool
    """Whether it says near, at the gate of or opposite what is named, not in it."""

    @property
    def missing(self) -> int:
        """Return how many characters nothing explains."""
        return sum(map(len, self.unexplained))


def stretches(key: str) -> list[str]:
    """Return every stretch of a key that may be a name."""
    cut = key[:LONGEST_TEXT]
    return sorted(
        {cut[i:j] for i in range(len(cut)) for j in range(i + 2, min(len(cut), i + LONGEST_NAME) + 1)}
    )


def read(key: str, hits: Iterable[Hit], outer: Sequence[str]) -> Reading:
    """Return how the hits explain a key; `outer` are names that everything lies in, the city's own."""
    spans = _spans(key, hits)
    main = min(spans, key=lambda span: (ORDER.index(span.kind), span.start - span.end), default=None)
    context = tuple(span for span in spans if span is not main and (main is None or not _overlap(span, main)))
    taken = [span for span in (main, *context) if span is not None]
    covered = [any(span.start <= at < span.end for span in taken) for at in range(len(key))]
    pieces = _pieces(key, covered)
    left = [(_unexplained(piece, outer, start > 0), piece) for start, piece in pieces]
    tail = key[main.end :] if main is not None else ""
    return Reading(
        key, main, context, tail,
        tuple(part for part, _ in left if part),
        tuple(piece for part, piece in left if part),
        any(BESIDE.search(piece) for _, piece in pieces),
    )  # fmt: skip


def outer(city_name: str) -> list[str]:
    """Return a city's own names, which say nothing about where in it something is."""
    name = text.key(city_name)
    return [part for part in (name, name.rstrip("市区县")) if part]


def head(piece: str) -> str:
    """Return the name in a piece: what stands before its first figure, without a gate and words like 附近."""
    found = re.match(r"\D{2,}", piece)
    name = ENDING.sub("", found[0] if found else piece)
    return name if len(name) > 1 else piece


def formerly(hit: Hit) -> str | None:
    """Return the former name of a place that the hit is about; None when it is about a name in use."""
    if hit.key == text.key(hit.name):
        return None
    return next((name for name in hit.former if text.key(name) == hit.key), None)


def names_all(hit: Hit) -> bool:
    """Return whether a hit is a community as a whole, by a name in use; a former name may mean other ground."""
    is_whole = hit.kind == Kind.COMMUNITY and hit.extent > 0 and hit.name in hit.above[:1]
    return is_whole and hit.how != How.FORMER


def agrees(hit: Hit, context: Iterable[Span]) -> bool:
    """Return whether a place lies in the areas that the address names beside it."""
    above = {text.key(name) for name in hit.above}
    stated = [
        {one.key for one in span.hits} | {text.key(one.name) for one in span.hits}
        for span in context
        if span.kind in AREAS
    ]
    return all(names & above for names in stated) or not above


def distinct(hits: Sequence[Hit]) -> list[Hit]:
    """Return hits without the loose points of areas that are there with their outline: lists place some badly."""
    outlined = [hit for hit in hits if hit.kind in AREAS and hit.extent > 0]
    return [
        hit
        for hit in hits
        if hit.extent > 0
        or not any(
            (one.kind, one.name) == (hit.kind, hit.name)
            and measure.metres(one.point, hit.point) <= max(SAME_AREA, 2 * one.extent)
            for one in outlined
        )
    ]


def _spans(key: str, hits: Iterable[Hit]) -> list[Span]:
    """Return the stretches that are names, without those inside longer ones."""
    by_key: dict[str, list[Hit]] = {}
    for hit in hits:
        by_key.setdefault(hit.key, []).append(hit)
    found = []
    for name, same in by_key.items():
        at = key.find(name)
        while at >= 0:
            if not _cuts_number(key, at, at + len(name)):
                found.append(Span(at, at + len(name), tuple(same)))
            at = key.find(name, at + 1)
    return [
        span
        for span in found
        if not any(
            other.start <= span.start
            and span.end <= other.end
            and other.end - other.start > span.end - span.start
            for other in found
        )
    ]


def _cuts_number(key: str, start: int, end: int) -> bool:
    """Return whether a stretch begins or ends in the middle of a figure."""
    ahead = start > 0 and key[start - 1].isdigit() and key[start].isdigit()
    behind = end < len(key) and key[end].isdigit() and key[end - 1].isdigit()
    return ahead or behind


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _pieces(key: str, covered: Sequence[bool]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for at, sign in enumerate(key):
        if covered[at]:
            continue
        if found and found[-1][0] + len(found[-1][1]) == at:
            found[-1] = (found[-1][0], found[-1][1] + sign)
        else:
            found.append((at, sign))
    return found


def _unexplained(piece: str, outer: Sequence[str], is_after: bool) -> str:
    """Return what is left of a piece without names of the land around, details of a flat, and small words."""
    rest = piece
    for name in sorted((*outer, *PROVINCES, *CITIES), key=len, reverse=True):
        if rest.startswith(name):
            rest = rest[len(name) :]
            rest = rest[1:] if rest[:1] in {"省", "市", "区", "县"} else rest
    if is_after:
        for pattern in (NUMBER, BUILDING, GATE):
            match = pattern.match(rest)
            if match:
                rest = rest[match.end() :]
                break
    rest = FILLER.sub("", rest)
    return "" if DETAIL.match(rest) and is_after else rest
