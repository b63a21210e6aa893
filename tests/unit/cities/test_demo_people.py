"""Who and what lives in the demo city: responders and their duty, rounds, past troubles, and the words for them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geo_app.cities.model import CityData
from tests.unit.cities.moment import CITY_TIME, UNTIL


def test_every_cell_has_a_grid_worker_of_its_community(city: CityData) -> None:
    workers = [responder for responder in city.responders if responder.kind == "grid_worker"]
    assert {code for worker in workers for code in worker.cells} == {cell.code for cell in city.cells}
    shapes = {cell.code: cell.geometry for cell in city.cells}
    for worker in workers:
        assert len({code[:12] for code in worker.cells}) == 1
        area = shapely.union_all([shapes[code] for code in worker.cells])
        assert isinstance(area, Polygon), f"{worker.code} works in pieces that do not touch"
        assert area.distance(worker.position) < 0.01


def test_responders_stand_on_roads_and_bring_known_skills(city: CityData) -> None:
    roads = shapely.STRtree([road.geometry for road in city.roads])
    departments = {department.code for department in city.departments}
    skills = {category.skill for category in city.categories}
    for responder in city.responders:
        assert len(roads.query(responder.position, predicate="dwithin", distance=0.01)) > 0
        assert responder.department is None or responder.department in departments
    assert skills <= {skill for responder in city.responders for skill in responder.skills}


def test_at_any_hour_of_the_week_at_least_fifteen_are_on_shift(city: CityData) -> None:
    monday = date(2026, 5, 18)
    spans = []
    for responder in city.responders:
        for shift in responder.shifts:
            for week in (-7, 0):
                start = datetime.combine(monday + timedelta(days=shift.weekday + week), shift.start)
                end = datetime.combine(start.date(), shift.end)
                spans.append((responder.code, start, end if end > start else end + timedelta(days=1)))
    for quarter in range(7 * 24 * 4):
        now = datetime(2026, 5, 18) + timedelta(minutes=15 * quarter)  # noqa: DTZ001 city time on both sides
        on_shift = {code for code, start, end in spans if start <= now < end}
        assert len(on_shift) >= 15, now


def test_routes_follow_roads_through_the_cells_of_their_worker(city: CityData) -> None:
    segments = set()
    for road in city.roads:
        points = list(road.geometry.coords)
        segments |= {frozenset(pair) for pair in pairwise(points)}
    shapes = {cell.code: cell.geometry for cell in city.cells}
    workers = {responder.code: responder for responder in city.responders}
    for route in city.routes:
        points = list(route.geometry.coords)
        assert all(frozenset(pair) in segments for pair in pairwise(points)), route.code
        assert 2000 <= route.geometry.length <= 4000
        area = shapely.union_all([shapes[code] for code in workers[route.responder].cells])
        steps = [LineString(pair) for pair in pairwise(points)]
        inside = sum(step.length for step in steps if area.dwithin(step.centroid, 1.0))
        assert inside > 0.8 * route.geometry.length


def test_incidents_are_past_troubles_inside_the_city(city: CityData, outline: BaseGeometry) -> None:
    shapely.prepare(outline)
    known = {category.code for category in city.categories}
    for incident in city.incidents:
        assert incident.occurred_at.tzinfo is UTC
        assert UNTIL - timedelta(days=30) <= incident.occurred_at < UNTIL
        assert incident.closed_at is None or incident.occurred_at <= incident.closed_at < UNTIL
        assert incident.category in known
        assert incident.channel in {"patrol", "hotline", "web", "partner"}
        assert outline.contains(incident.position)
    assert list(city.incidents) == sorted(city.incidents, key=lambda incident: incident.occurred_at)


def test_about_forty_incidents_of_the_last_hours_are_open(city: CityData) -> None:
    open_ones = [incident for incident in city.incidents if incident.closed_at is None]
    assert 35 <= len(open_ones) <= 45
    assert all(UNTIL - incident.occurred_at < timedelta(hours=12) for incident in open_ones)


def test_troubles_come_by_day_and_gather_in_places(city: CityData) -> None:
    hours = Counter(incident.occurred_at.astimezone(CITY_TIME).hour for incident in city.incidents)
    by_day, by_night = (sum(hours[hour] for hour in span) for span in (range(8, 20), range(6)))
    assert by_day > 4 * by_night
    spots = np.array([incident.position.coords[0] for incident in city.incidents])
    boxes = Counter(map(tuple, (spots // 300).astype(int).tolist()))
    busiest = sum(count for _, count in boxes.most_common(len(boxes) // 10))
    assert busiest > 0.2 * len(city.incidents)


def test_no_text_looks_like_a_telephone_number(city: CityData) -> None:
    texts = [incident.description for incident in city.incidents] + [place.name for place in city.places]
    assert [text for text in texts if re.search(r"\d[\d -]{4,}", text)] == []


def test_descriptions_name_a_place_and_no_person(city: CityData) -> None:
    places = re.compile(
        "|".join(sorted({re.escape(place.name) for place in city.places}, key=len, reverse=True))
    )
    people = re.compile("|".join(responder.name for responder in city.responders if len(responder.name) > 2))
    for incident in city.incidents:
        assert places.search(incident.description), incident.description
        assert not people.search(incident.description), incident.description
