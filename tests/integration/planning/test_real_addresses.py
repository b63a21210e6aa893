"""回天 and Manhattan as people say them: the right ground comes first, and nothing wrong is taken for sure."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
import shapely

from geo_app.core import clock, db
from geo_app.core.actor import SYSTEM
from geo_app.geocoding import service as geocoding
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.planning.model import Location, Verdict
from tests import sayings
from tests.sayings import Community, Saying
from tests.sizes import size

LEAST_RIGHT, MOST_WRONG, LEAST_AS_EXPECTED = 0.95, 0.01, 0.85
SEED = 20261122
ROWS = {"huitian": 180, "manhattan": 45}
EXPECTED = {
    Verdict.SURE: "confident",
    Verdict.BORDER: "ask",
    Verdict.UNSURE: "ask",
    Verdict.OUTSIDE: "none",
    Verdict.UNKNOWN: "none",
}


def table(city: str) -> list[dict[str, str]]:
    """Return the rows of a city's table; its head says how the truth was found."""
    lines = (Path(__file__).parent / f"addresses_{city}.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def locate(tx: db.Transaction, city: City, said: str) -> Location:
    """Return what is made of an address."""
    return planning.locate(tx, city, geocoding.geocode(tx, city, said), clock.now())


def first(found: Location) -> str | None:
    """Return the community that is offered first."""
    unit = found.candidates[0].community if found.candidates else None
    return None if unit is None else unit.name


def is_right(found: Location, expected: Iterable[str]) -> bool:
    """Return whether the first offer is right; where nothing is, whether nothing is taken."""
    return first(found) in expected if expected else found.verdict != Verdict.SURE


def is_wrong(found: Location, expected: Iterable[str]) -> bool:
    """Return whether a cell is taken without asking, and it is another's."""
    return found.community is not None and found.community.name not in expected


@pytest.mark.parametrize("code", ROWS)
def test_addresses_written_by_hand(real_cities: db.Database, code: str) -> None:
    right, wrong, as_expected, rows = Counter[str](), [], 0, table(code)
    with real_cities.transaction(SYSTEM) as tx:
        city = organisation.city(tx, code)
        for row in rows:
            found = locate(tx, city, row["said"])
            expected = list(filter(None, row["community"].split("/")))
            is_none = row["verdict"] == "none" and found.verdict == Verdict.BORDER
            right[row["kind"]] += is_right(found, expected) and not is_none
            wrong += [row["said"]] * is_wrong(found, expected)
            as_expected += EXPECTED[found.verdict] == row["verdict"]
    assert len(rows) >= ROWS[code]
    assert right.total() >= LEAST_RIGHT * len(rows), right
    assert len(wrong) <= MOST_WRONG * len(rows), wrong
    assert as_expected >= LEAST_AS_EXPECTED * len(rows)


@pytest.mark.parametrize("code", ROWS)
def test_the_tables_name_communities_of_the_city(real_cities: db.Database, code: str) -> None:
    with real_cities.transaction(SYSTEM) as tx:
        units = organisation.units(tx, organisation.city(tx, code), clock.now())
    told = {name for row in table(code) for name in row["community"].split("/") if name}
    assert told <= {unit.name for unit in units}
    assert {row["verdict"] for row in table(code)} == set(EXPECTED.values())
    assert all(row["community"] for row in table(code) if row["verdict"] == "confident")


def communities(tx: db.Transaction, city: City) -> list[Community]:
    """Return the loaded communities, each with the point inside its cells where the gazetteer has it."""
    at = clock.now()
    units = {unit.code: unit for unit in organisation.units(tx, city, at)}
    street = {unit.id: unit.name for unit in units.values()}
    cells = defaultdict(list)
    for cell in planning.partition(tx, city, at).cells.values():
        cells[cell.community].append(cell.geometry)
    return [
        Community(
            units[code].name,
            street[units[code].parent or 0],
            shapely.union_all(shapes).representative_point(),
        )
        for code, shapes in sorted(cells.items())
    ]


def some(known: list[Community]) -> list[Community]:
    """Return as many communities as the size says, spread over all."""
    return known[:: max(1, len(known) // size("spoken_names"))]


def test_in_memory_an_address_of_a_real_city_means_what_it_means_in_the_database(
    real_cities: db.Database,
) -> None:
    with real_cities.transaction(SYSTEM) as tx:
        city = organisation.city(tx, "huitian")
        from_memory = geocoding.geocoder(tx, city, geocoding.MANY)
        told = [one.said for one in sayings.names(some(communities(tx, city)), SEED)]
        for said in [*told, *(row["said"] for row in table("huitian"))]:
            assert from_memory(said) == geocoding.geocode(tx, city, said), said


def test_every_way_to_say_a_place_of_the_gazetteer(real_cities: db.Database, real_data: Path) -> None:
    right, said_so, wrong = Counter[str](), Counter[str](), []
    with real_cities.transaction(SYSTEM) as tx:
        city = organisation.city(tx, "huitian")
        areas = sayings.outlines(real_data, city.srid)
        known = some(communities(tx, city))
        every: list[Saying] = [
            *sayings.names(known, SEED),
            *sayings.bearings(known, areas, SEED),
            *sayings.crossings(real_data, areas, city.srid),
        ]
        for saying in every:
            found = locate(tx, city, saying.said)
            said_so[saying.kind] += 1
            right[saying.kind] += is_right(found, saying.communities)
            wrong += [saying.said] * is_wrong(found, saying.communities)
    missed = {kind: (right[kind], count) for kind, count in said_so.items() if right[kind] < count}
    assert len(said_so) == 12
    assert right.total() >= LEAST_RIGHT * len(every), missed
    assert len(wrong) <= MOST_WRONG * len(every), wrong
