"""What people do with the gazetteer: fill it, find a place by what was said, say what is beside a point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely import Point

from geo_app.core import coords, db
from geo_app.core.errors import BadInput
from geo_app.geocoding import asked, english, measure, reading, score, store, text
from geo_app.geocoding.model import AREAS, Candidate, Hit, How, Kind, Near, NewPlace, Place, RoadLine
from geo_app.geocoding.reading import Reading
from geo_app.geocoding.sources import Source
from geo_app.organisation.model import City

MOST, LONGEST = 8, 200
FIXES, ROADS = 6, 4
"""How many likely names are tried for a stretch that is none, and how many roads of a crossing."""
BESIDE = 150.0
"""Metres within which a place is beside a point."""
LEAST_ALIKE = 0.5


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
    if not 1 <= len(said.strip()) <= LONGEST:
        raise BadInput("q", said, f"1 to {LONGEST} characters")
    question = asked.read(said)
    match question:
        case asked.Coordinates():
            found = _coordinates(question, frame)
        case asked.GridCode():
            x, y, reach = asked.field_of(question)
            found = [Candidate(question.code, None, Point(x, y), 1.0, How.GRID_CODE, reach)]
        case asked.Component():
            hits = store.by_key(tx, city, [question.id])
            found = [_candidate(hit, score.BASE[How.COMPONENT], How.COMPONENT) for hit in hits]
        case asked.Bearing():
            found = _bearing(tx, city, question) or _address(tx, city, said)
        case asked.Crossing():
            found = _crossing_or_address(tx, city, question, said)
        case asked.Address():
            found = _address(tx, city, question.text)
    return score.best(found, MOST)


def ask_outside(
    city: City, said: str, candidates: Sequence[Candidate], sources: Sequence[Source]
) -> list[Candidate]:
    """Return candidates with those of outside sources, asked only when our own are not good enough.

    It waits for the network: call it outside any transaction. NotReady when a source does not answer.
    """
    if score.is_confident(candidates):
        return list(candidates)
    told = [one for source in sources for one in source.find(said, city.name)]
    return score.best([*candidates, *told], MOST)


def suggest(tx: db.Transaction, city: City, begun: str, most: int) -> list[Candidate]:
    """Return places for what somebody is still typing: names, pinyin or initials that begin so, then the rest."""
    key = text.key(begun)
    hits = store.by_beginning(tx, city, key, 4 * most) if key else []
    found = [_candidate(hit, 0.6 + 0.4 * len(key) / max(len(hit.key), len(key)), hit.how) for hit in hits]
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


def _coordinates(pair: asked.Coordinates, frame: str) -> list[Candidate]:
    ((x, y),) = np.round(coords.to_wgs84(np.array([[pair.x, pair.y]]), frame), 9)
    is_lonlat = coords.parse(frame).is_lonlat
    reach = (111_320.0 if is_lonlat else 1.0) * 10.0**-pair.decimals / 2
    name = f"{pair.x:.10g}, {pair.y:.10g}"
    return [Candidate(name, None, Point(x, y), 1.0, How.COORDINATES, max(1.0, reach))]


def _bearing(tx: db.Transaction, city: City, said: asked.Bearing) -> list[Candidate]:
    """Return the points so far from every place the landmark may be; nobody paces out a direction exactly."""
    return [
        replace(
            one,
            name=f"{one.name}{said.metres:.0f} m",
            position=measure.moved(one.position, said.degrees, said.metres),
            score=one.score * score.BASE[How.BEARING],
            how=How.BEARING,
            uncertainty=math.hypot(one.uncertainty, max(10.0, 0.2 * said.metres)),
            place=None,
            is_inside=False,
        )
        for one in score.best(_landmark(tx, city, said.landmark), 3)
    ]


def _landmark(tx: db.Transaction, city: City, said: str) -> list[Candidate]:
    question = asked.read(said)
    if isinstance(question, asked.Crossing):
        return _crossing_or_address(tx, city, question, said)
    return _address(tx, city, said)


def _crossing_or_address(tx: db.Transaction, city: City, said: asked.Crossing, whole: str) -> list[Candidate]:
    """Return where the roads meet; when their names are not quite known, also what the whole may be called."""
    found = _crossing(tx, city, said)
    is_good = any(one.score >= score.ENOUGH for one in found)
    return found if is_good else [*found, *_address(tx, city, whole)]


def _crossing(tx: db.Transaction, city: City, said: asked.Crossing) -> list[Candidate]:
    """Return where the two roads meet, for the first way to read their names that gives a meeting."""
    for first, second in said.roads:
        ones, others = _roads(tx, city, first), _roads(tx, city, second)
        found = [
            Candidate(
                f"{one.name}与{other.name}交叉口", Kind.ROAD, point,
                sure * also * score.BASE[How.CROSSING], How.CROSSING, reach,
            )
            for one, sure in ones
            for other, also in others
            if one.id != other.id
            for point, reach in measure.meetings(one.line, other.line, city.srid)
        ]  # fmt: skip
        if found:
            return found
    return []


def _roads(tx: db.Transaction, city: City, name: str) -> list[tuple[RoadLine, float]]:
    """Return the roads called so with how sure that is: exactly, else by sound or by likeness."""
    key = text.key(name)
    keys = english.roads(key) or reading.stretches(key)
    hits = [hit for hit in store.by_key(tx, city, keys) if hit.kind == Kind.ROAD]
    longest = max((len(hit.key) for hit in hits), default=0)
    sure = {hit.id: 1.0 for hit in hits if len(hit.key) == longest and key.endswith(hit.key)}
    sure = sure or {hit.id: 1.0 for hit in hits if hit.key in english.roads(key)}
    if not sure:
        likely = [pair for pair in _alike(tx, city, key) if pair[0].kind == Kind.ROAD]
        sure = {hit.id: factor for hit, factor, _ in reversed(likely[:ROADS])}
    return [(road, sure[road.id]) for road in store.road_lines(tx, list(sure))]


def _address(tx: db.Transaction, city: City, said: str) -> list[Candidate]:
    """Return the places an address may mean: as it stands, and with the stretches that are no names mended."""
    key = text.key(said)
    if text.is_latin(key):
        return [*_by_reading(tx, city, _read(tx, city, key)), *_latin(tx, city, key)]
    read = _read(tx, city, key)
    found = _by_reading(tx, city, read)
    if max((one.score for one in found), default=0.0) >= score.PART_UNKNOWN and not read.missing:
        return found
    return [*found, *_mended(tx, city, read)]


def _mended(tx: db.Transaction, city: City, read: Reading) -> list[Candidate]:
    """Return what an address means when a stretch that is no name is taken for the names most like it."""
    pieces = [*read.unexplained, *read.strange]
    if read.main is None or read.main.kind in AREAS:
        pieces.append(read.key)
    fixes: dict[str, tuple[float, How]] = {}
    for whole in dict.fromkeys(part for piece in pieces for part in (reading.head(piece), piece)):
        for hit, factor, how in _alike(tx, city, whole)[:FIXES]:
            key = read.key.replace(whole, hit.key)
            if key != read.key and factor > fixes.get(key, (0.0, how))[0]:
                fixes[key] = factor, how
    likely = sorted(fixes, key=lambda key: -fixes[key][0])[:FIXES]
    hits = store.by_key(tx, city, sorted({part for key in likely for part in reading.stretches(key)}))
    found = []
    for key in likely:
        factor, how = fixes[key]
        again = _by_reading(tx, city, reading.read(key, hits, reading.outer(city.name)))
        found += [replace(one, score=one.score * factor, how=how) for one in again]
    return found


def _read(tx: db.Transaction, city: City, key: str) -> Reading:
    return reading.read(key, store.by_key(tx, city, reading.stretches(key)), reading.outer(city.name))


def _alike(tx: db.Transaction, city: City, key: str) -> list[tuple[Hit, float, How]]:
    """Return names that sound like a key or share most of its characters, the likeliest first."""
    if len(key) < 2:
        return []
    spoken = store.by_sound(tx, city, text.sound(key)[0], None)
    found = [(hit, score.BASE[How.HOMOPHONE], How.HOMOPHONE) for hit in spoken]
    for hit in store.similar(tx, city, key, 4 * FIXES):
        same = score.alike(key, hit.key)
        if same >= LEAST_ALIKE and all(hit.key != other.key for other, _, _ in found):
            found.append((hit, same * score.BASE[How.SIMILAR], How.SIMILAR))
    return sorted(found, key=lambda one: -one[1])


def _latin(tx: db.Transaction, city: City, key: str) -> list[Candidate]:
    """Return places by pinyin or initials; by likeness of the pinyin when none fits."""
    sound, initials = text.sound(key)
    exact = [
        _candidate(hit, score.BASE[hit.how], hit.how)
        for hit in reading.distinct(store.by_sound(tx, city, sound, initials))
    ]
    if exact or len(sound) < 5:
        return exact
    near = store.sounding(tx, city, sound, FIXES)
    return [_candidate(hit, 0.9 * score.alike(sound, text.sound(hit.key)[0]), How.SIMILAR) for hit in near]


def _by_reading(tx: db.Transaction, city: City, read: Reading) -> list[Candidate]:
    """Return the candidates of one reading: the place itself, or a number between others of its road."""
    if read.main is None:
        return []
    factor = score.explained(len(read.key) - read.missing, read.missing)
    found: list[Candidate] = []
    for hit in reading.distinct(read.main.hits):
        sure = score.BASE[hit.how] * factor
        if not reading.agrees(hit, read.context):
            sure *= score.ELSEWHERE
        found += _with_tail(tx, city, hit, read.tail, sure)
    return [replace(one, is_inside=False) for one in found] if read.is_beside else found


def _with_tail(tx: db.Transaction, city: City, hit: Hit, tail: str, sure: float) -> list[Candidate]:
    """Return a place as far as the gazetteer knows it, with what follows its name taken into account."""
    door = reading.NUMBER.match(tail) if hit.kind == Kind.ROAD else None
    if door is not None:
        return _door(tx, city, hit, int(door[1]), sure)
    building = reading.BUILDING.match(tail) or reading.NUMBER.match(tail)
    if building is not None and hit.kind in {Kind.COMPOUND, Kind.POI, Kind.COMMUNITY}:
        one = _candidate(hit, sure * score.PART_UNKNOWN, hit.how, building[0])
        return [replace(one, uncertainty=max(one.uncertainty, 150.0))]
    if building is not None and hit.kind in {Kind.STREET, Kind.REGION}:
        return [_candidate(hit, sure * score.PART_UNKNOWN * 0.8, hit.how, building[0])]
    gate = reading.GATE.match(tail)
    if gate is not None and hit.kind in {Kind.COMPOUND, Kind.POI, Kind.COMMUNITY}:
        one = _candidate(hit, sure * 0.95, hit.how, gate[0])
        return [replace(one, uncertainty=max(one.uncertainty, 100.0))]
    return [_candidate(hit, sure, hit.how)]


def _door(tx: db.Transaction, city: City, road: Hit, number: int, sure: float) -> list[Candidate]:
    """Return a house number of a road: as known, between known ones, or only the road."""
    doors = store.numbers(tx, city, text.key(road.name))
    exact = [door for door in doors if measure.number(door.number) == number]
    formerly = reading.formerly(road)
    if exact:
        return [replace(_candidate(door, sure, road.how), formerly=formerly) for door in exact]
    guess = measure.between(doors, number)
    if guess is None:
        return [_candidate(road, sure * score.PART_UNKNOWN * 0.8, road.how, f"{number}号")]
    neighbour, point, reach = guess
    return [
        Candidate(
            f"{road.name}{number}号", Kind.NUMBER, point, sure * score.BASE[How.INTERPOLATED],
            How.INTERPOLATED, reach, None, neighbour.community, (f"{number}号",), formerly,
        )
    ]  # fmt: skip


def _candidate(hit: Hit, sure: float, how: How, *unknown: str) -> Candidate:
    return Candidate(
        hit.name, hit.kind, hit.point, sure, how, score.uncertainty(hit), hit.id, hit.community, unknown,
        reading.formerly(hit), reading.names_all(hit),
    )  # fmt: skip
