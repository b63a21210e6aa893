"""Find what a text may mean: pure rules over the names of a gazetteer, wherever these are kept."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from shapely import Point

from geo_app.core import coords
from geo_app.core.errors import BadInput
from geo_app.geocoding import asked, english, measure, reading, score, text
from geo_app.geocoding.model import AREAS, Candidate, Hit, How, Kind, Names, RoadLine
from geo_app.geocoding.reading import Reading

MOST, LONGEST = 8, 200
FIXES, ROADS = 6, 4
"""How many likely names are tried for a stretch that is none, and how many roads of a crossing."""
LEAST_ALIKE = 0.5


def find(known: Names, said: str, frame: str) -> list[Candidate]:
    """Return the places of the gazetteer that `said` may mean, the likeliest first; BadInput names what is wrong."""
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
            hits = known.by_key([question.id])
            found = [candidate(hit, score.BASE[How.COMPONENT], How.COMPONENT) for hit in hits]
        case asked.Bearing():
            found = _bearing(known, question) or _address(known, said)
        case asked.Crossing():
            found = _crossing_or_address(known, question, said)
        case asked.Address():
            found = _address(known, question.text)
    return score.best(found, MOST)


def _coordinates(pair: asked.Coordinates, frame: str) -> list[Candidate]:
    ((x, y),) = np.round(coords.to_wgs84(np.array([[pair.x, pair.y]]), frame), 9)
    is_lonlat = coords.parse(frame).is_lonlat
    reach = (111_320.0 if is_lonlat else 1.0) * 10.0**-pair.decimals / 2
    name = f"{pair.x:.10g}, {pair.y:.10g}"
    return [Candidate(name, None, Point(x, y), 1.0, How.COORDINATES, max(1.0, reach))]


def _bearing(known: Names, said: asked.Bearing) -> list[Candidate]:
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
        for one in score.best(_landmark(known, said.landmark), 3)
    ]


def _landmark(known: Names, said: str) -> list[Candidate]:
    question = asked.read(said)
    if isinstance(question, asked.Crossing):
        return _crossing_or_address(known, question, said)
    return _address(known, said)


def _crossing_or_address(known: Names, said: asked.Crossing, whole: str) -> list[Candidate]:
    """Return where the roads meet; when their names are not quite known, also what the whole may be called."""
    found = _crossing(known, said)
    is_good = any(one.score >= score.ENOUGH for one in found)
    return found if is_good else [*found, *_address(known, whole)]


def _crossing(known: Names, said: asked.Crossing) -> list[Candidate]:
    """Return where the two roads meet, for the first way to read their names that gives a meeting."""
    for first, second in said.roads:
        ones, others = _roads(known, first), _roads(known, second)
        found = [
            Candidate(
                f"{one.name}与{other.name}交叉口", Kind.ROAD, point,
                sure * also * score.BASE[How.CROSSING], How.CROSSING, reach,
            )
            for one, sure in ones
            for other, also in others
            if one.id != other.id
            for point, reach in measure.meetings(one.line, other.line, known.city.srid)
        ]  # fmt: skip
        if found:
            return found
    return []


def _roads(known: Names, name: str) -> list[tuple[RoadLine, float]]:
    """Return the roads called so with how sure that is: exactly, else by sound or by likeness."""
    key = text.key(name)
    keys = english.roads(key) or reading.stretches(key)
    hits = [hit for hit in known.by_key(keys) if hit.kind == Kind.ROAD]
    longest = max((len(hit.key) for hit in hits), default=0)
    sure = {hit.id: 1.0 for hit in hits if len(hit.key) == longest and key.endswith(hit.key)}
    sure = sure or {hit.id: 1.0 for hit in hits if hit.key in english.roads(key)}
    if not sure:
        likely = [pair for pair in _alike(known, key) if pair[0].kind == Kind.ROAD]
        sure = {hit.id: factor for hit, factor, _ in reversed(likely[:ROADS])}
    return [(road, sure[road.id]) for road in known.road_lines(list(sure))]


def _address(known: Names, said: str) -> list[Candidate]:
    """Return the places an address may mean: as it stands, and with the stretches that are no names mended."""
    key = text.key(said)
    if text.is_latin(key):
        return [*_by_reading(known, _read(known, key)), *_latin(known, key)]
    read = _read(known, key)
    found = _by_reading(known, read)
    if max((one.score for one in found), default=0.0) >= score.PART_UNKNOWN and not read.missing:
        return found
    return [*found, *_mended(known, read)]


def _mended(known: Names, read: Reading) -> list[Candidate]:
    """Return what an address means when a stretch that is no name is taken for the names most like it."""
    pieces = [*read.unexplained, *read.strange]
    if read.main is None or read.main.kind in AREAS:
        pieces.append(read.key)
    fixes: dict[str, tuple[float, How]] = {}
    for whole in dict.fromkeys(part for piece in pieces for part in (reading.head(piece), piece)):
        for hit, factor, how in _alike(known, whole)[:FIXES]:
            key = read.key.replace(whole, hit.key)
            if key != read.key and factor > fixes.get(key, (0.0, how))[0]:
                fixes[key] = factor, how
    likely = sorted(fixes, key=lambda key: -fixes[key][0])[:FIXES]
    hits = known.by_key(sorted({part for key in likely for part in reading.stretches(key)}))
    found = []
    for key in likely:
        factor, how = fixes[key]
        again = _by_reading(known, reading.read(key, hits, reading.outer(known.city.name)))
        found += [replace(one, score=one.score * factor, how=how) for one in again]
    return found


def _read(known: Names, key: str) -> Reading:
    return reading.read(key, known.by_key(reading.stretches(key)), reading.outer(known.city.name))


def _alike(known: Names, key: str) -> list[tuple[Hit, float, How]]:
    """Return names that sound like a key or share most of its characters, the likeliest first."""
    if len(key) < 2:
        return []
    spoken = known.by_sound(text.sound(key)[0], None)
    found = [(hit, score.BASE[How.HOMOPHONE], How.HOMOPHONE) for hit in spoken]
    for hit in known.similar(key, 4 * FIXES):
        same = score.alike(key, hit.key)
        if same >= LEAST_ALIKE and all(hit.key != other.key for other, _, _ in found):
            found.append((hit, same * score.BASE[How.SIMILAR], How.SIMILAR))
    return sorted(found, key=lambda one: -one[1])


def _latin(known: Names, key: str) -> list[Candidate]:
    """Return places by pinyin or initials; by likeness of the pinyin when none fits."""
    sound, initials = text.sound(key)
    exact = [
        candidate(hit, score.BASE[hit.how], hit.how)
        for hit in reading.distinct(known.by_sound(sound, initials))
    ]
    if exact or len(sound) < 5:
        return exact
    near = known.sounding(sound, FIXES)
    return [candidate(hit, 0.9 * score.alike(sound, text.sound(hit.key)[0]), How.SIMILAR) for hit in near]


def _by_reading(known: Names, read: Reading) -> list[Candidate]:
    """Return the candidates of one reading: the place itself, or a number between others of its road."""
    if read.main is None:
        return []
    factor = score.explained(len(read.key) - read.missing, read.missing)
    found: list[Candidate] = []
    for hit in reading.distinct(read.main.hits):
        sure = score.BASE[hit.how] * factor
        if not reading.agrees(hit, read.context):
            sure *= score.ELSEWHERE
        found += _with_tail(known, hit, read.tail, sure)
    return [replace(one, is_inside=False) for one in found] if read.is_beside else found


def _with_tail(known: Names, hit: Hit, tail: str, sure: float) -> list[Candidate]:
    """Return a place as far as the gazetteer knows it, with what follows its name taken into account."""
    door = reading.NUMBER.match(tail) if hit.kind == Kind.ROAD else None
    if door is not None:
        return _door(known, hit, int(door[1]), sure)
    building = reading.BUILDING.match(tail) or reading.NUMBER.match(tail)
    if building is not None and hit.kind in {Kind.COMPOUND, Kind.POI, Kind.COMMUNITY}:
        one = candidate(hit, sure * score.PART_UNKNOWN, hit.how, building[0])
        return [replace(one, uncertainty=max(one.uncertainty, 150.0))]
    if building is not None and hit.kind in {Kind.STREET, Kind.REGION}:
        return [candidate(hit, sure * score.PART_UNKNOWN * 0.8, hit.how, building[0])]
    gate = reading.GATE.match(tail)
    if gate is not None and hit.kind in {Kind.COMPOUND, Kind.POI, Kind.COMMUNITY}:
        one = candidate(hit, sure * 0.95, hit.how, gate[0])
        return [replace(one, uncertainty=max(one.uncertainty, 100.0))]
    return [candidate(hit, sure, hit.how)]


def _door(known: Names, road: Hit, number: int, sure: float) -> list[Candidate]:
    """Return a house number of a road: as known, between known ones, or only the road."""
    doors = known.numbers(text.key(road.name))
    exact = [door for door in doors if measure.number(door.number) == number]
    formerly = reading.formerly(road)
    if exact:
        return [replace(candidate(door, sure, road.how), formerly=formerly) for door in exact]
    guess = measure.between(doors, number)
    if guess is None:
        return [candidate(road, sure * score.PART_UNKNOWN * 0.8, road.how, f"{number}号")]
    neighbour, point, reach = guess
    return [
        Candidate(
            f"{road.name}{number}号", Kind.NUMBER, point, sure * score.BASE[How.INTERPOLATED],
            How.INTERPOLATED, reach, None, neighbour.community, (f"{number}号",), formerly,
        )
    ]  # fmt: skip


def candidate(hit: Hit, sure: float, how: How, *unknown: str) -> Candidate:
    """Return a hit of the gazetteer as a candidate; `unknown` are parts of the address it does not know."""
    return Candidate(
        hit.name, hit.kind, hit.point, sure, how, score.uncertainty(hit), hit.id, hit.community, unknown,
        reading.formerly(hit), reading.names_all(hit),
    )  # fmt: skip
