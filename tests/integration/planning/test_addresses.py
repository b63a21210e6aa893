"""300 ways to say where something is: the right cell comes out, and what is not sure is said to be so."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from shapely import Point

from geo_app.cities import demo as demo_city
from geo_app.core import clock, db
from geo_app.core.actor import SYSTEM
from geo_app.geocoding import service as geocoding
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.planning.model import Location, Verdict
from tests import addresses

LEAST_RIGHT, MOST_WRONG = 0.95, 0.01
ROWS = list(csv.DictReader(addresses.TABLE.read_text(encoding="utf-8").splitlines()))


@pytest.fixture
def here(demo: db.Database) -> Iterator[tuple[db.Transaction, City]]:
    """A transaction in the demo city."""
    with demo.transaction(SYSTEM) as tx:
        yield tx, organisation.city(tx, "demo")


def locate(here: tuple[db.Transaction, City], said: str) -> Location:
    """Return what is made of an address."""
    tx, city = here
    return planning.locate(tx, city, geocoding.geocode(tx, city, said), clock.now())


def is_right(found: Location, expected: str | None) -> bool:
    """Return whether the cell is first, or is offered among the few that a crossed border leaves; or nothing sure."""
    if expected is None:
        return found.verdict != Verdict.SURE
    cells = [standing.cell.code for standing in found.candidates[0].cells] if found.candidates else []
    return cells[:1] == [expected] or (found.verdict == Verdict.BORDER and expected in cells[:4])


def test_300_addresses_find_their_cell_and_none_is_wrong_and_confident(
    here: tuple[db.Transaction, City],
) -> None:
    tx, city = here
    right, wrong = Counter[str](), []
    for row in ROWS:
        expected = None
        if row["lon"]:
            point = Point(float(row["lon"]), float(row["lat"]))
            expected = planning.cell_at(tx, city, point, clock.now()).code
            assert expected is not None
        found = locate(here, row["said"])
        right[row["kind"]] += is_right(found, expected)
        if found.cell is not None and found.cell.cell.code != expected:
            wrong.append(row["said"])
    assert len(ROWS) == 300
    assert right.total() >= LEAST_RIGHT * len(ROWS), right
    assert len(wrong) <= MOST_WRONG * len(ROWS), wrong


def test_in_memory_an_address_means_what_it_means_in_the_database(here: tuple[db.Transaction, City]) -> None:
    tx, city = here
    from_memory = geocoding.geocoder(tx, city, geocoding.MANY)
    for row in ROWS:
        assert from_memory(row["said"]) == geocoding.geocode(tx, city, row["said"]), row["said"]


def test_what_is_certain_gives_cell_and_community(here: tuple[db.Transaction, City]) -> None:
    found = locate(here, "云汀区人民医院")
    assert found.verdict == Verdict.SURE
    assert found.cell is not None
    assert found.community is not None
    assert found.cell.cell.community == found.community.code


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("埃菲尔铁塔", Verdict.UNKNOWN),
        ("派出所", Verdict.UNSURE),
        ("鼓楼街道", Verdict.BORDER),
        ("117.9,39.9", Verdict.OUTSIDE),
    ],
)
def test_what_is_not_certain_gives_no_cell(
    here: tuple[db.Transaction, City], said: str, verdict: Verdict
) -> None:
    found = locate(here, said)
    assert found.verdict == verdict
    assert found.cell is None
    assert found.community is None


def test_coordinates_of_another_frame_and_a_grid_code_come_to_the_same_place(
    here: tuple[db.Transaction, City],
) -> None:
    tx, city = here
    (place,) = geocoding.geocode(tx, city, "云汀区人民医院")[:1]
    (read,) = geocoding.geocode(tx, city, f"{place.position.x},{place.position.y}")
    (shifted,) = geocoding.geocode(tx, city, f"{place.position.x},{place.position.y}", "gcj02")
    assert read.position.distance(place.position) < 1e-8
    assert 0.003 < shifted.position.distance(place.position) < 0.01


def test_names_of_other_kinds_are_found(here: tuple[db.Transaction, City]) -> None:
    tx, city = here
    kinds = {
        str(geocoding.geocode(tx, city, said)[0].kind)
        for said in ("云汀区", "鼓楼街道", "望云湖社区", "柳溪西路")
    }
    assert kinds == {"region", "street", "community", "road"}


def test_a_number_between_two_known_ones_is_guessed_and_says_so(here: tuple[db.Transaction, City]) -> None:
    tx, city = here
    names = {place.name: place for place in geocoding.places(tx, city) if place.name.endswith("号")}
    road, low = next(
        (place.road, number)
        for place in names.values()
        for number in range(1, 60)
        if f"{place.road}{number}号" in names
        and f"{place.road}{number + 4}号" in names
        and f"{place.road}{number + 2}号" not in names
    )
    (guess,) = geocoding.geocode(tx, city, f"{road}{low + 2}号")[:1]
    ends = [names[f"{road}{number}号"].position for number in (low, low + 4)]
    assert guess.how == "interpolated"
    assert guess.notes == (f"{low + 2}号",)
    assert guess.position.distance(ends[0]) == pytest.approx(ends[0].distance(ends[1]) / 2, rel=1e-4)


def test_the_table_is_the_one_its_program_writes() -> None:
    made = list(addresses.rows(demo_city.generate(datetime(2026, 11, 22, tzinfo=UTC))))
    assert made == [tuple(row.values()) for row in ROWS]
