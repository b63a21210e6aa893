"""回天 and Manhattan, loaded side by side from their kits: the figures that are known of them."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geo_app.cities import kit
from geo_app.cities import service as cities
from geo_app.cities.kit.examine import Report
from geo_app.core import clock, coords, db
from geo_app.core.actor import SYSTEM
from geo_app.organisation import service as organisation
from geo_app.patrols import service as patrols
from geo_app.planning import service as planning
from geo_app.planning import store
from geo_app.responders import service as responders
from grids import partition
from tests.sizes import size

KITS = Path(__file__).parents[2] / "cities"
BOTH = pytest.mark.parametrize("name", ["huitian", "manhattan"])
FIRES = "manhattan/incidents/fdny_severe_incidents.csv"


class Raw:
    """A statement only a test needs."""

    def __init__(self, sql: str) -> None:
        self.sql = sql


@pytest.fixture(scope="module")
def huitian(real_data: Path) -> Report:
    """What is found in 回天."""
    return kit.examine(KITS / "huitian", {"GEO_DATA": str(real_data)}, clock.now())


def test_every_mend_of_huitian_is_known(huitian: Report) -> None:
    assert huitian.findings.refused == []
    mended = [item for item in huitian.findings.items if item.weight == "mended"]
    listed = {
        (item.subject, item.rule): item.area for item in mended if item.area is not None and item.area > 50
    }
    assert listed == {
        ("6738", "lost"): pytest.approx(1921.2, abs=0.5),
        ("6742", "lost"): pytest.approx(462.5, abs=0.5),
        ("129", "overlap"): pytest.approx(3005, abs=1),
        ("328", "overlap"): pytest.approx(881, abs=1),
        ("129", "gap"): pytest.approx(254, abs=0.5),
    }
    small = [item for item in mended if item.area is not None and item.area <= 50]
    assert len(small) == 11
    assert sum(item.area or 0 for item in small) < 60


def test_huitian_is_refused_and_each_cell_named_when_its_mends_are_not_listed(
    real_data: Path, tmp_path: Path
) -> None:
    text = (KITS / "huitian" / "city.toml").read_text(encoding="utf-8")
    (tmp_path / "city.toml").write_text(text.split("[[mends]]")[0], encoding="utf-8")
    report = kit.examine(tmp_path, {"GEO_DATA": str(real_data)}, clock.now())
    assert report.data is None
    assert {item.subject for item in report.findings.refused} >= {"129", "328", "6663", "6796"}
    assert all(item.place is not None and item.mend for item in report.findings.refused)


def test_huitian_is_numbered_and_said_where_it_is_odd(huitian: Report) -> None:
    data = huitian.data
    assert data is not None
    communities = [unit for unit in data.units if unit.level == "community"]
    assert (len(communities), len(data.cells)) == (122, 133)
    assert sum(unit.level == "street" for unit in data.units) == 7
    assert {unit.code[:9] for unit in communities} == {
        unit.code for unit in data.units if unit.level == "street"
    }
    rules = Counter(item.rule for item in huitian.findings.items)
    spare = [unit for unit in communities if unit.code[9:] >= "900"]
    assert len(spare) == rules["spare_code"] == 9
    assert rules["multipart"] == 9
    said = [item.message for item in huitian.findings.items]
    assert any(message.startswith("3.40 km² lie outside") for message in said)
    assert any(message.startswith("18 communities hold no road") for message in said)
    assert sum(row.theme == "town" for row in data.thematic) == 331
    assert len(data.roads) > 40_000


def test_spare_codes_go_from_west_to_east(huitian: Report) -> None:
    data = huitian.data
    assert data is not None
    for street in {cell.code[:9] for cell in data.cells}:
        spare = sorted((cell.code, cell.geometry.bounds[0]) for cell in data.cells
                       if cell.code.startswith(f"{street}9"))  # fmt: skip
        wests: dict[str, float] = {}
        for code, west in spare:
            wests[code[:12]] = min(west, wests.get(code[:12], west))
        centres = [
            min(cell.geometry.centroid.x for cell in data.cells if cell.community == code)
            for code in sorted(wests)
        ]
        assert centres == sorted(centres)


def test_fire_companies_are_no_partition_and_every_defect_is_listed(real_data: Path, tmp_path: Path) -> None:
    text = (KITS / "manhattan" / "city.toml").read_text(encoding="utf-8")
    head = text.split("[[layers]]")[0]
    base = """
[[layers]]
kind = "cells"
name = "companies"
file = "$GEO_DATA/manhattan/polygons/fire_companies.geojson.gz"
frame = "wgs84"
columns = { id = "id", name = "FireCoNum", code = "id", community = { value = "C" }, parent = { value = "PBMS" } }
"""
    (tmp_path / "city.toml").write_text(head + base, encoding="utf-8")
    report = kit.examine(tmp_path, {"GEO_DATA": str(real_data)}, clock.now())
    assert report.data is None
    large = Counter(item.rule for item in report.findings.items if (item.area or 0) > 1)
    assert large["overlap"] == 22
    assert large["gap"] >= 23
    totals = {
        rule: sum(item.area or 0 for item in report.findings.items if item.rule == rule) for rule in large
    }
    assert totals["overlap"] == pytest.approx(0.81e6, rel=0.02)
    assert totals["gap"] >= 1.5e6  # the holes, and what is enclosed by borders that touch in points
    assert all(item.place is not None and item.mend for item in report.findings.refused)


def test_both_cities_are_whole(real_cities: db.Database) -> None:
    with real_cities.transaction(SYSTEM, patient=True) as tx:
        for city in organisation.cities(tx):
            assert partition.check(planning.partition(tx, city, clock.now())) == ()


def test_huitians_places_keep_their_gcj02_values(real_cities: db.Database, real_data: Path) -> None:
    path = real_data / "huitian" / "admin" / "adcode_beijing.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        known = {(float(row[12]), float(row[13])) for row in csv.reader(file) if row[12] and row[13]}
    with real_cities.transaction(SYSTEM) as tx:
        city = organisation.city(tx, "huitian")
        kept = tx.all(
            Raw("SELECT given_x, given_y, given_frame, point FROM place WHERE city_id = %(city)s"
                " AND given_x IS NOT NULL"),
            lambda row: tuple(row.values()), city=city.id,
        )  # fmt: skip
        (layer,) = (one for one in cities.layers(tx, city) if one.layer == "adcode_places")
    assert len(kept) == layer.features > 300
    assert {frame for _, _, frame, _ in kept} == {"gcj02"}
    assert {(x, y) for x, y, _, _ in kept} <= known
    converted = coords.to_wgs84(np.array([(x, y) for x, y, _, _ in kept]), "gcj02")
    assert np.abs(converted - shapely.get_coordinates([point for *_, point in kept])).max() < 2e-8
    assert (layer.file, layer.frame) == (path.name, "gcj02")
    assert layer.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_manhattans_incidents_lie_in_their_precincts(real_cities: db.Database, real_data: Path) -> None:
    statement = Raw("""
        SELECT count(cell_id) AS inside, count(*) - count(cell_id) AS outside FROM placement p
        JOIN city c ON c.id = p.city_id WHERE c.code = 'manhattan' AND subject_kind = 'incident'
    """)
    with real_cities.transaction(SYSTEM) as tx:
        assert tx.all(statement, lambda row: (row["inside"], row["outside"])) == [(446, 6)]
        first = Raw("""
            SELECT min(occurred_at) AT TIME ZONE 'America/New_York' AS at FROM incident i
            JOIN city c ON c.id = i.city_id WHERE c.code = 'manhattan'
        """)
        times = [
            datetime.strptime(row["INCIDENT_DATE_TIME"], "%m/%d/%Y %I:%M:%S %p")  # noqa: DTZ007 - the city's clock
            for row in fires(real_data)
            if row["BOROUGH_DESC"].startswith("1 ")
        ]
        assert tx.value(first) == min(times)


def fires(folder: Path) -> list[dict[str, str]]:
    with (folder / FIRES).open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["Latitude"] != "NA"]


def test_firehouses_lie_in_their_community_board(real_cities: db.Database, real_data: Path) -> None:
    path = real_data / "manhattan/responders/fdny_firehouses.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        houses = [row for row in csv.DictReader(file) if row["Borough"] == "Manhattan"]
    assert len(houses) == 48
    located = [row for row in houses if row["Latitude"]]
    assert [row["FacilityName"] for row in houses if not row["Latitude"]] == ["Marine 1"]
    with real_cities.transaction(SYSTEM) as tx:
        city = organisation.city(tx, "manhattan")
        assert len(responders.responders(tx, city, clock.now())) == 47
        for row in located:
            point = Point(float(row["Longitude"]), float(row["Latitude"]))
            board = f"1{int(row['Community Board']):02d}"
            assert planning.thematic_at(tx, city, "community_district", point) == [board]


def test_most_fires_of_the_city_lie_in_a_fire_company(real_cities: db.Database, real_data: Path) -> None:
    points = [Point(float(row["Longitude"]), float(row["Latitude"])) for row in fires(real_data)]
    with real_cities.transaction(SYSTEM, patient=True) as tx:
        city = organisation.city(tx, "manhattan")
        inside = sum(bool(planning.thematic_at(tx, city, "fire_company", point)) for point in points)
    assert len(points) == 2319
    assert inside >= 2200


def test_thematic_areas_are_all_there(real_cities: db.Database) -> None:
    statement = Raw("SELECT theme, count(*) AS n FROM thematic GROUP BY theme ORDER BY theme")
    with real_cities.transaction(SYSTEM) as tx:
        found = dict(tx.all(statement, lambda row: (row["theme"], row["n"])))
    assert found == {"community_district": 12, "fire_company": 343, "street": 7, "town": 331}


def hostile(polygons: np.ndarray, count: int) -> np.ndarray:
    """Return (count, 2) points: half anywhere, half vertices, points on edges, and one ulp beside them."""
    rng = np.random.default_rng(20260101)
    low, high = np.split(shapely.total_bounds(polygons), 2)
    anywhere = rng.uniform(low, high, (count - count // 2, 2))
    rings = shapely.get_coordinates(shapely.get_rings(polygons), return_index=True)
    same = rings[1][:-1] == rings[1][1:]
    starts, ends = rings[0][:-1][same], rings[0][1:][same]
    chosen = rng.integers(0, len(starts), count // 2)
    share = rng.choice([0.0, 0.5, rng.random()], (count // 2, 1))
    edge = starts[chosen] + (ends[chosen] - starts[chosen]) * share
    step = rng.choice([-np.inf, 0.0, np.inf], edge.shape)
    beside = np.where(step == 0, edge, np.nextafter(edge, step))
    return np.vstack([anywhere, beside])


@BOTH
def test_cell_at_is_what_brute_force_finds(real_cities: db.Database, name: str) -> None:
    with real_cities.transaction(SYSTEM, patient=True) as tx:
        city, at = organisation.city(tx, name), clock.now()
        cells = planning.partition(tx, city, at)
        polygons, codes = cells.geometries(), list(cells.cells)
        points = [shapely.set_srid(Point(xy), city.srid) for xy in hostile(polygons, size("cell_at_points"))]
        for point in points:
            covering = shapely.intersects(polygons, point)
            expected = codes[int(np.argmax(covering))] if covering.any() else None
            found = store.cell_at(tx, city, point, at)
            assert (None if found is None else found.code) == expected, point.wkt


@BOTH
def test_cell_at_of_lonlat_is_what_brute_force_finds(real_cities: db.Database, name: str) -> None:
    """Lon/lat one ulp beside a vertex is the vertex: it is read to the millimetre."""
    with real_cities.transaction(SYSTEM, patient=True) as tx:
        city, at = organisation.city(tx, name), clock.now()
        cells = planning.partition(tx, city, at)
        polygons, codes = cells.geometries(), list(cells.cells)
        metric = hostile(polygons, size("cell_at_points") // 4)
        lonlat = coords.convert(metric, city.srid, coords.WGS84)
        for x, y in np.nextafter(lonlat, np.array([np.inf, -np.inf])):
            point = Point(x, y)
            covering = shapely.intersects(polygons, coords.to_metric(point, city.srid))
            expected = codes[int(np.argmax(covering))] if covering.any() else None
            assert planning.cell_at(tx, city, point, at).code == expected, point.wkt


@BOTH
def test_lengths_along_a_line_are_those_of_the_intersections(real_cities: db.Database, name: str) -> None:
    rng = np.random.default_rng(7)
    with real_cities.transaction(SYSTEM, patient=True) as tx:
        city, at = organisation.city(tx, name), clock.now()
        polygons = planning.partition(tx, city, at).cells
        low, high = np.split(shapely.total_bounds([cell.geometry for cell in polygons.values()]), 2)
        lines = [
            LineString(np.round(rng.uniform(low, high, (rng.integers(2, 7), 2)), 3))
            for _ in range(size("crossing_lines"))
        ]
        lines += [route.line for route in patrols.routes(tx, city, at)]
        for line in lines:
            crossed = planning.cells_along(tx, city, line, at)
            stretches = [(start, end) for _, start, end in crossed]
            assert stretches == sorted(stretches)
            lengths: dict[str, float] = defaultdict(float)
            for standing, start, end in crossed:
                lengths[standing.cell.code] += end - start
            expected = by_intersection(line, {code: cell.geometry for code, cell in polygons.items()})
            assert dict(lengths) == pytest.approx(expected, abs=1e-4)


def by_intersection(line: LineString, polygons: dict[str, shapely.Polygon]) -> dict[str, float]:
    """Return the metres of each segment of a line in each cell; what runs on a border is the lowest code's."""
    found: dict[str, float] = defaultdict(float)
    xy = shapely.get_coordinates(line)
    for ends in np.stack([xy[:-1], xy[1:]], axis=1):
        left: BaseGeometry = LineString(ends)
        for code, polygon in polygons.items():
            if left.intersects(polygon):
                found[code] += float(shapely.intersection(left, polygon).length)
                left = shapely.difference(left, polygon)
    return {code: length for code, length in found.items() if length > 1e-6}


def test_routes_of_huitian_are_matched_with_their_cells(real_cities: db.Database) -> None:
    with real_cities.transaction(SYSTEM) as tx:
        city = organisation.city(tx, "huitian")
        routes = patrols.routes(tx, city, clock.now())
        assert len(routes) >= 8
        for route in routes:
            assert route.stretches
            assert route.stretches[-1].exit_at <= route.line.length + 1e-6


def test_attribution_is_kept(real_cities: db.Database) -> None:
    with real_cities.transaction(SYSTEM) as tx:
        assert all("OpenStreetMap" in city.attribution for city in organisation.cities(tx))
        zones = {city.code: (city.srid, city.time_zone, city.code_scheme) for city in organisation.cities(tx)}
    assert zones == {
        "huitian": (4548, "Asia/Shanghai", "gb30428"), "manhattan": (32618, "America/New_York", "own"),
    }  # fmt: skip
