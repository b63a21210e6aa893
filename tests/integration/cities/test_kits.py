"""A kit is loaded whole or not at all, replaced, removed; two cities stand side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from shapely import Point

from geo_app.cities import service
from geo_app.cities.cli import cities
from geo_app.cities.model import CityData, IncidentRow
from geo_app.core import clock, db
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import BadInput, Conflict, NotFound, Refused
from geo_app.core.settings import Settings
from geo_app.organisation import service as organisation
from geo_app.planning import service as planning
from geo_app.roads import service as roads
from geo_app.roads.model import Mode
from tests import kits
from tests.integration.conftest import Raw, Run, command_line

MIDDLE = Point(*kits.lonlat([(50, 50)])[0])


def data(folder: Path, **options: object) -> CityData:
    found = kits.examine(kits.write(folder, **options)).data  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line on a fresh migrated database."""
    return partial(command_line(settings, monkeypatch), "cities")


def rows(database: db.Database) -> dict[str, int]:
    """Return how many rows each table has that belongs to a city."""
    tables = ("city", "unit", "release", "cell_version", "outline", "unit_shape", "code_registry", "placement",
              "road", "place", "responder", "incident", "category", "thematic", "department")  # fmt: skip
    with database.transaction(SYSTEM) as tx:
        return {table: int(tx.value(Raw(f"SELECT count(*) FROM {table}"))) for table in tables}


def test_a_kit_is_loaded_and_listed_and_loaded_once(run: Run, tmp_path: Path) -> None:
    folder = kits.write(tmp_path)
    assert "loaded test: 4 cells" in run("load", str(folder))
    assert [row["code"] for row in run("list", "--json")] == ["test"]
    assert "loaded already" in run("load", str(folder), "--if-missing")
    with pytest.raises(Conflict, match="--replace"):
        run("load", str(folder))


def test_a_city_just_loaded_is_known_to_the_planner_at_once(
    run: Run, database: db.Database, tmp_path: Path
) -> None:
    run("load", str(kits.write(tmp_path)))
    counted = (
        "SELECT relname, reltuples::int AS n FROM pg_class WHERE relname IN ('cell_version', 'city', 'unit')"
    )
    with database.transaction(SYSTEM) as tx:
        known = {row["relname"]: row["n"] for row in tx.all(Raw(counted), dict)}
    assert known == {"cell_version": 4, "city": 1, "unit": 3}


def test_a_refused_kit_leaves_nothing(run: Run, database: db.Database, tmp_path: Path) -> None:
    before = rows(database)
    wide = {**kits.FOUR, "b": [(90, 0), (200, 0), (200, 100), (90, 100)]}
    with pytest.raises(Refused, match="nothing was loaded"):
        run("load", str(kits.write(tmp_path, wide)))
    assert rows(database) == before


def test_a_load_that_fails_at_its_last_step_leaves_nothing(database: db.Database, tmp_path: Path) -> None:
    before = rows(database)
    late = IncidentRow("none", "web", "x", Point(kits.EAST, kits.NORTH), clock.now(), None)
    broken = replace(data(tmp_path), incidents=(late,))
    with pytest.raises(BadInput, match="category"), database.transaction(SYSTEM) as tx:
        service.load(tx, broken)
    assert rows(database) == before


def test_a_replaced_city_is_the_new_one(database: db.Database, tmp_path: Path) -> None:
    two = {"a": kits.FOUR["a"], "z": kits.FOUR["b"]}
    with database.transaction(SYSTEM) as tx:
        first = service.load(tx, data(tmp_path / "one"))
    with database.transaction(SYSTEM) as tx:
        second = service.replace(tx, data(tmp_path / "two", cells=two))
        assert [city.id for city in organisation.cities(tx)] == [second.id]
        assert second.id != first.id
        assert list(planning.partition(tx, second, clock.now()).cells) == ["a", "z"]


def test_a_replacement_that_fails_leaves_the_old_city(database: db.Database, tmp_path: Path) -> None:
    good = data(tmp_path)
    with database.transaction(SYSTEM) as tx:
        service.load(tx, good)
    before = rows(database)
    late = IncidentRow("none", "web", "x", Point(kits.EAST, kits.NORTH), clock.now(), None)
    with pytest.raises(BadInput), database.transaction(SYSTEM) as tx:
        service.replace(tx, replace(good, incidents=(late,)))
    assert rows(database) == before


def test_a_removed_city_leaves_no_row_and_the_other_city_alone(
    run: Run, database: db.Database, tmp_path: Path
) -> None:
    empty = rows(database)
    run("load", str(kits.write(tmp_path / "one")))
    alone = rows(database)
    run("load", str(kits.write(tmp_path / "two", code="two", zone="America/New_York", srid=32618)))
    assert rows(database) == {table: 2 * count for table, count in alone.items()}
    assert "removed two" in run("remove", "two")
    assert rows(database) == alone
    run("remove", "test")
    assert rows(database) == empty
    with pytest.raises(NotFound):
        run("remove", "test")


def test_the_demo_city_with_all_it_has_can_be_removed(demo: db.Database) -> None:
    with demo.transaction(SYSTEM, patient=True) as tx:
        service.remove(tx, organisation.city(tx, None))
    assert set(rows(demo).values()) == {0}


def test_two_cities_over_each_other_answer_for_themselves(database: db.Database, tmp_path: Path) -> None:
    """Two cities on the same ground, in other frames and zones: a lookup never leaves its city."""
    with database.transaction(SYSTEM) as tx:
        one = service.load(tx, data(tmp_path / "one"))
        other = service.load(
            tx, data(tmp_path / "two", cells={"x": kits.square(-20, -20)}, code="two", srid=4549)
        )
        at = clock.now()
        assert planning.cell_at(tx, one, MIDDLE, at).code == "a"
        far = Point(*kits.lonlat([(150, 150)])[0])
        assert planning.cell_at(tx, one, far, at).code == "d"
        assert planning.cell_at(tx, other, far, at).code is None
        x = Point(*kits.lonlat([(50, 50)], 4549)[0])
        assert planning.cell_at(tx, other, x, at).code == "x"
        assert planning.cell_at(tx, one, x, at).code is None


def test_a_shared_border_belongs_to_the_lowest_code(database: db.Database, tmp_path: Path) -> None:
    with database.transaction(SYSTEM) as tx:
        city = service.load(tx, data(tmp_path))
        at = clock.now()
        for place, code in (
            ((100, 50), "a"),
            ((100, 100), "a"),
            ((150, 100), "b"),
            ((0, 100), "a"),
            ((200, 200), "d"),
        ):
            point = Point(*kits.lonlat([place])[0])
            assert planning.cell_at(tx, city, point, at).code == code


def test_before_the_first_release_there_is_no_cell(database: db.Database, tmp_path: Path) -> None:
    with database.transaction(SYSTEM) as tx:
        city = service.load(tx, data(tmp_path))
        assert planning.cell_at(tx, city, MIDDLE, clock.now() - timedelta(days=400)).code is None


def test_codes_are_judged_by_the_scheme_the_kit_names(database: db.Database, tmp_path: Path) -> None:
    made = data(tmp_path, jurisdiction="110114")
    with database.transaction(SYSTEM) as tx:
        assert service.load(tx, made).code_scheme == "own"
    strict = replace(made, info=replace(made.info, code="strict", code_scheme="gb30428"))
    with pytest.raises(BadInput, match="15 digits"), database.transaction(SYSTEM) as tx:
        service.load(tx, strict)


def test_check_prints_every_finding_and_exits_1_when_refused(tmp_path: Path) -> None:
    good, bad = kits.write(tmp_path / "good"), {**kits.FOUR, "b": [(90, 0), (200, 0), (200, 100), (90, 100)]}
    done = CliRunner().invoke(cities, ["check", str(good)])
    assert (done.exit_code, done.output) == (0, "test: 0 refused, 0 mended, 0 noted\n")
    done = CliRunner().invoke(cities, ["check", str(kits.write(tmp_path / "bad", bad))])
    assert done.exit_code == 1
    assert "refused [overlap] base row 2 b at 117.00" in done.output
    done = CliRunner().invoke(cities, ["check", str(tmp_path / "bad"), "--json"])
    found, note = json.loads(done.output)[::-1]
    assert (note["weight"], note["rule"]) == ("noted", "junctions")
    assert (found["weight"], found["layer"], found["row"], found["rule"]) == ("refused", "base", 2, "overlap")
    assert found["area"] == pytest.approx(1000, abs=1)


def test_a_forbidden_turn_of_a_loaded_kit_holds_in_its_city(
    run: Run, database: db.Database, tmp_path: Path
) -> None:
    assert "3 roads, 1 restrictions of turns" in run("load", str(kits.streets(tmp_path)))
    start, target = Point(kits.EAST + 20, kits.NORTH + 50), Point(kits.EAST + 100, kits.NORTH + 140)
    with database.transaction(SYSTEM) as tx:
        city = organisation.city(tx, "test")
        way, back = (
            roads.engine(tx, city.id, Mode.CAR).route(*ends) for ends in ((start, target), (target, start))
        )
    assert way is not None
    assert back is not None
    assert way.metres == pytest.approx(350, abs=0.1), (
        "past the crossing, and back to where the turn is allowed"
    )
    assert back.metres == pytest.approx(170, abs=0.1)
