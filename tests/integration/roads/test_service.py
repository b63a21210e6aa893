"""Roads go into the database and come out as an engine; the arrays on disk are only a cache."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely import LineString, Point

from geo_app.core import clock, db, settings
from geo_app.organisation import service as organisation
from geo_app.roads import kept, service
from geo_app.roads.model import Access, BrokenRoad, Mode, Restriction, Road

SRID = 4548
EAST, NORTH = 500_000.0, 4_400_000.0


@dataclass(frozen=True)
class Raw:
    """A statement only a test needs."""

    sql: str


def line(*points: tuple[float, float]) -> LineString:
    return LineString([(EAST + x, NORTH + y) for x, y in points])


ROADS = (
    Road(11, 1, 2, "residential", "纬一路", 0, line((0, 0), (100, 0))),
    Road(12, 2, 3, "primary", "经\t二'路\\", 1, line((100, 0), (120, 50), (100, 100))),
    Road(13, 1, 3, "乡道", "", -1, line((0, 0), (100, 100))),
)
RESPONDERS = np.array([[EAST, NORTH], [EAST + 100, NORTH + 90], [EAST + 50, NORTH]])
TARGET = Point(EAST + 90, NORTH)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A work folder of one's own for the arrays; compiled kernels are kept in the usual one."""
    kernels = settings.current().work_path / "cache" / "kernels"
    kernels.mkdir(parents=True, exist_ok=True)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "kernels").symlink_to(kernels)
    monkeypatch.setenv("GEO_WORK", str(tmp_path))
    settings.current.cache_clear()
    monkeypatch.setattr(service, "_engines", service._Engines())
    yield tmp_path
    monkeypatch.undo()
    settings.current.cache_clear()


@pytest.fixture
def city(tx: db.Transaction) -> int:
    """The id of a city without roads."""
    columns = ("code", "name", "name_en", "jurisdiction", "srid", "time_zone", "attribution", "is_generated",
               "loaded_at")  # fmt: skip
    row = ("t", "测试", "Test", "990101", SRID, "Asia/Shanghai", "", True, clock.now())
    tx.copy("city", columns, [row])
    found: int = tx.value(Raw("SELECT id FROM city WHERE code = 't'"))
    return found


def rows(tx: db.Transaction, column: str) -> list[Any]:
    return tx.all(Raw(f"SELECT {column} AS it FROM road ORDER BY id"), lambda row: row["it"])


def test_imported_roads_are_searched(tx: db.Transaction, work: Path, city: int) -> None:
    imported = service.import_roads(tx, city, SRID, ROADS)
    assert (imported.roads, imported.nodes, imported.unknown_classes) == (3, 3, ("乡道",))
    assert {islands.mode: islands.sizes for islands in imported.islands}[Mode.CAR] == (3,)
    engine = service.engine(tx, city, Mode.CAR)
    ranking = engine.nearest(TARGET, RESPONDERS, 3)
    assert [reach.index for reach in ranking.reaches] == [2, 0, 1]
    assert not engine.is_estimate
    assert not ranking.is_estimate


def test_roads_come_out_of_the_database_as_they_went_in(tx: db.Transaction, work: Path, city: int) -> None:
    service.import_roads(tx, city, SRID, ROADS)
    assert service.store.roads(tx, city) == list(ROADS)


def test_restrictions_limits_and_access_come_out_as_they_went_in_and_hold(
    tx: db.Transaction, work: Path, city: int
) -> None:
    no_left = Restriction(71, is_only=False, travels=(0, 2), modes=frozenset({Mode.CAR, Mode.EBIKE}))
    access = Access(frozenset({Mode.WALK}), frozenset({Mode.CAR}), frozenset({Mode.EBIKE, Mode.EMERGENCY}))
    roads = [ROADS[0], ROADS[1], replace(ROADS[2], maxspeed=12.5, access=access)]
    imported = service.import_roads(tx, city, SRID, roads, [no_left])
    assert imported.restrictions == 1
    assert service.store.roads(tx, city) == roads
    assert service.store.restrictions(tx, city) == [no_left]
    start, target = Point(EAST + 50, NORTH), Point(EAST + 120, NORTH + 50)
    ways = {mode: service.engine(tx, city, mode).route(start, target) for mode in (Mode.CAR, Mode.EMERGENCY)}
    assert ways[Mode.CAR] is None, "the turn is forbidden, and no other way leads there"
    assert ways[Mode.EMERGENCY] is not None
    service.import_roads(tx, city, SRID, roads)
    assert service.engine(tx, city, Mode.CAR).route(start, target) is not None


def test_each_road_is_kept_in_both_frames(tx: db.Transaction, work: Path, city: int) -> None:
    service.import_roads(tx, city, SRID, ROADS)
    assert [shapely.get_srid(shape) for shape in rows(tx, "geometry")] == [SRID] * 3
    transformer = Transformer.from_crs(SRID, 3857, always_xy=True)
    for road, mercator in zip(ROADS, rows(tx, "mercator"), strict=True):
        expected = [transformer.transform(*vertex) for vertex in road.geometry.coords]
        assert shapely.get_srid(mercator) == 3857
        assert np.allclose(mercator.coords, expected, atol=1e-6, rtol=0)
    apart = "ST_Distance(mercator, ST_Transform(geometry, 3857))"
    assert max(rows(tx, apart)) < 0.01, "PostGIS agrees"


def test_a_city_without_roads_is_answered_by_straight_lines_that_say_so(
    tx: db.Transaction, work: Path, city: int
) -> None:
    engine = service.engine(tx, city, Mode.WALK)
    assert engine.is_estimate
    assert engine.nearest(TARGET, RESPONDERS, 1).is_estimate


def test_a_second_import_takes_the_place_of_the_first_at_once(
    tx: db.Transaction, work: Path, city: int
) -> None:
    first = service.import_roads(tx, city, SRID, ROADS)
    before = service.engine(tx, city, Mode.CAR)
    assert service.import_roads(tx, city, SRID, ROADS) == first
    assert service.engine(tx, city, Mode.CAR) is before, "the same roads are the same engine"
    second = service.import_roads(tx, city, SRID, ROADS[:1])
    assert second.version != first.version
    after = service.engine(tx, city, Mode.CAR)
    assert after is not before
    assert rows(tx, "source_id") == [11]


def test_the_arrays_are_on_disk_once_and_may_be_lost(tx: db.Transaction, work: Path, city: int) -> None:
    imported = service.import_roads(tx, city, SRID, ROADS)
    answer = service.engine(tx, city, Mode.CAR).nearest(TARGET, RESPONDERS, 3)
    folder = kept.folder(work, city, imported.version)
    assert [path.name for path in (work / "cache" / "roads").iterdir()] == [folder.name]
    shutil.rmtree(folder)
    assert service.engine(tx, city, Mode.CAR).nearest(TARGET, RESPONDERS, 3) == answer, "still mapped"
    restarted = service._Engines().of(tx, city, folder)[Mode.CAR]
    assert restarted.nearest(TARGET, RESPONDERS, 3) == answer
    assert folder.exists()


def test_a_process_that_finds_the_arrays_reads_no_road(tx: db.Transaction, work: Path, city: int) -> None:
    imported = service.import_roads(tx, city, SRID, ROADS)
    answer = service.engine(tx, city, Mode.WALK).nearest(TARGET, RESPONDERS, 3)
    tx.run(service.store.SQL.remove_roads, city_id=city)
    folder = kept.folder(work, city, imported.version)
    assert service._Engines().of(tx, city, folder)[Mode.WALK].nearest(TARGET, RESPONDERS, 3) == answer


def test_two_cities_with_the_same_roads_do_not_share_an_engine(
    tx: db.Transaction, work: Path, city: int
) -> None:
    service.import_roads(tx, city, SRID, ROADS)
    assert service.engine(tx, city + 1, Mode.CAR).is_estimate


def test_an_empty_import_leaves_a_network_without_roads(tx: db.Transaction, work: Path, city: int) -> None:
    service.import_roads(tx, city, SRID, ())
    assert service.engine(tx, city, Mode.CAR).nearest(TARGET, RESPONDERS, 1).unreachable == 3


def test_a_file_is_imported_with_its_restrictions_and_a_report(
    tx: db.Transaction, work: Path, city: int, tmp_path: Path
) -> None:
    path = tmp_path / "city.osm"
    path.write_text(OSM, encoding="utf-8")
    report = service.import_osm(tx, organisation.city_by_id(tx, city), path)
    assert (report.imported.roads, report.imported.nodes, report.imported.restrictions) == (3, 4, 1)
    assert [(problem.rule, problem.source) for problem in report.problems] == [("access", "w12")]
    assert [road.name for road in service.store.roads(tx, city)] == ["长街", "", ""]
    assert service.store.restrictions(tx, city)[0].travels == (0, 4)
    assert rows(tx, "maxspeed") == [40, None, None]


OSM = """<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="40.0" lon="117.00" version="1"/><node id="2" lat="40.0" lon="117.01" version="1"/>
<node id="3" lat="40.0" lon="117.02" version="1"/><node id="4" lat="40.1" lon="117.01" version="1"/>
<way id="10" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="长街"/>
<tag k="maxspeed" v="40"/></way>
<way id="11" version="1"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way>
<way id="12" version="1"><nd ref="2"/><nd ref="4"/><tag k="highway" v="service"/><tag k="access" v="maybe"/></way>
<relation id="90" version="1"><member type="way" ref="10" role="from"/><member type="node" ref="2" role="via"/>
<member type="way" ref="12" role="to"/><tag k="type" v="restriction"/><tag k="restriction" v="no_left_turn"/>
</relation></osm>"""


def test_a_broken_road_changes_nothing(tx: db.Transaction, work: Path, city: int) -> None:
    service.import_roads(tx, city, SRID, ROADS)
    broken = Road(99, 5, 6, "residential", "", 7, line((0, 0), (1, 1)))
    with pytest.raises(BrokenRoad, match="road 99: oneway"):
        service.import_roads(tx, city, SRID, (broken,))
    assert rows(tx, "source_id") == [11, 12, 13]
