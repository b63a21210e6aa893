"""Releases in time: one before another that is scheduled, back to an earlier one, and what was known when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
import shapely
from shapely import Point

from geo_app.core import clock, coords
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import BadInput, Conflict
from geo_app.maps import service as maps
from geo_app.planning import service
from geo_app.planning.model import Draft, Subject
from grids.model import Partition
from tests import build
from tests.integration.conftest import Town
from tests.integration.planning.conftest import Publish, bent, changed, current, halves, newest, stale
from tests.sizes import size

METRES = 5.0
"""How far an outline may lie from its cell, in Web Mercator."""
NEW, OTHER = "990101001001901", "990101001001902"


def put(town: Town, base: int, whole: Partition, at: datetime, rolls_back: int | None = None) -> int:
    """Publish a partition on top of a release."""
    with town.database.transaction(SYSTEM) as tx:
        draft = Draft(base, whole, at, "test", rolls_back)
        return service.publish(tx, town.city, service.prepare(tx, town.city, draft))


def scatter(town: Town, seed: int, count: int, *, first: int, is_open: bool = True) -> dict[int, Point]:
    """Place incidents of nobody anywhere in the town and return where, metric, by their ids."""
    (east, north), chance = build.TOWN_CORNER, np.random.default_rng(seed)
    xys = chance.uniform((east - 20, north - 20), (east + 620, north + 420), (count, 2))
    points = [coords.to_lonlat(Point(xy), town.city.srid) for xy in xys]
    subjects = [Subject("incident", first + i, point, is_open) for i, point in enumerate(points)]
    with town.database.transaction(SYSTEM) as tx:
        for subject in subjects[: count // 2]:
            service.place(tx, town.city, subject)
        service.place_all(tx, town.city, subjects[count // 2 :])
    return {one.id: coords.to_metric(one.point, town.city.srid) for one in subjects}


def is_drawn(town: Town, whole: Partition, at: datetime) -> bool:
    """Whether the map shows at `at`, in the nearest band, exactly these cells, each as it is."""
    found = town.all(
        "SELECT code, shape FROM outline WHERE level = 'cell' AND band = 15 AND valid @> %(at)s", at=at
    )
    true = {code: coords.to_mercator(shapely.set_srid(cell.geometry, town.city.srid), town.city.srid)
            for code, cell in whole.cells.items()}  # fmt: skip
    return sorted(code for code, _ in found) == sorted(true) and all(
        shapely.hausdorff_distance(shape, true[code]) < METRES for code, shape in found
    )


def test_a_release_may_begin_before_one_that_is_scheduled(town: Town) -> None:
    scatter(town, 1, 300, first=10_000)
    first, base, now = current(town), newest(town), clock.now()
    days = [now + timedelta(days=number) for number in (0, 3, 10)]
    far, near = bent(first, 14, 30.0), bent(first, 0, 30.0)
    scheduled = put(town, base, far, days[2])
    scatter(town, 2, 100, first=20_000)
    with town.database.transaction(SYSTEM) as tx:
        on_top = Draft(scheduled, bent(far, 12, 25.0), days[2] + timedelta(days=1), "test")
        drawn = service.prepare(tx, town.city, on_top)
        stamp = maps.released(tx, town.city, "cells", release=scheduled).stamp
    before = put(town, base, near, days[1])
    with town.database.transaction(SYSTEM) as tx:
        with pytest.raises(Conflict, match="published meanwhile"):
            service.publish(tx, town.city, drawn)
        assert maps.released(tx, town.city, "cells", release=scheduled).stamp != stamp, "its tiles are others"
        was = service.partition_of(tx, town.city, scheduled, scheduled)
        assert all(
            shapely.equals(cell.geometry, far.cells[code].geometry) for code, cell in was.cells.items()
        )
    scatter(town, 3, 100, first=30_000)
    both = bent(far, 0, 30.0)
    for at, whole in zip(days, (first, near, both), strict=True):
        assert stale(town, at) == []
        found = current(town, at)
        assert all(
            shapely.equals(cell.geometry, whole.cells[code].geometry) for code, cell in found.cells.items()
        )
        assert is_drawn(town, whole, at)
        units = town.one(
            "SELECT sum(cells) FROM unit_shape WHERE valid @> %(at)s AND level = 'street'", at=at
        )
        assert units == len(whole.cells)
    assert dict(town.all("SELECT id, base_id FROM release")) == {base: None, before: base, scheduled: before}
    with pytest.raises(Conflict, match=f"release {scheduled}, scheduled for .* changes the cells"):
        put(town, before, bent(near, 14, 20.0), days[1] + timedelta(days=1))
    at_once = put(town, base, bent(first, 12, 25.0), clock.now())
    assert town.one("SELECT base_id FROM release WHERE id = %(b)s", b=before) == at_once
    for at in (clock.now(), *days[1:]):
        assert stale(town, at) == []
        assert is_drawn(town, current(town, at), at)


def test_a_release_goes_back_to_an_earlier_one_with_its_cells(town: Town, publish: Publish) -> None:
    scatter(town, 4, 200, first=10_000)
    scatter(town, 5, 200, first=20_000, is_open=False)
    first, base = current(town), newest(town)
    ids = dict(town.all("SELECT code, cell_id FROM code_registry"))
    one, two, *_ = first.cells.values()
    cut = changed(first, *halves(one, NEW, OTHER), gone=(one.code,))
    publish(changed(cut, replace(two, code="990101001001903"), gone=(two.code,)))
    known = dict(town.all("SELECT code, cell_id FROM code_registry"))
    assert known["990101001001903"] == ids[two.code], "another code does not make another cell"
    with pytest.raises(BadInput, match="never used again"):
        publish(first)
    back = put(town, newest(town), first, clock.now(), rolls_back=base)
    assert stale(town, clock.now()) == []
    assert current(town).cells.keys() == first.cells.keys()
    standing = "SELECT code, cell_id FROM cell_version WHERE upper_inf(valid) AND upper_inf(recorded)"
    assert dict(town.all(standing)) == ids
    retired = town.all("SELECT code FROM code_registry WHERE retired_release IS NOT NULL ORDER BY code")
    assert retired == [NEW, OTHER, "990101001001903"]
    with town.database.transaction(SYSTEM) as tx:
        told = {(link.parent_code, link.child_code): link for link in service.lineage(tx, town.city, back)}
    assert {(NEW, one.code), (OTHER, one.code), ("990101001001903", two.code)} == told.keys()
    assert {link.kind for link in told.values()} == {"merge", "recode"}


def test_lineage_gives_the_shares_of_land_and_incidents(town: Town, publish: Publish) -> None:
    places = scatter(town, 6, 200, first=10_000) | scatter(town, 7, 200, first=20_000, is_open=False)
    rows = town.all("SELECT point FROM placement WHERE subject_kind = 'incident' AND subject_id < 10000")
    points = [*places.values(), *rows]
    before = current(town)
    cell = next(iter(before.cells.values()))
    after = bent(changed(before, *halves(cell, NEW, OTHER), gone=(cell.code,)), 8, 35.0)
    release = publish(after)
    with town.database.transaction(SYSTEM) as tx:
        links = service.lineage(tx, town.city, release)

    def lies_in(point: Point, whole: Partition) -> str | None:
        return min(
            (code for code, one in whole.cells.items() if one.geometry.intersects(point)), default=None
        )

    moves = [(lies_in(point, before), lies_in(point, after)) for point in points]
    touched = {code for code, one in before.cells.items() if one != after.cells.get(code)}
    assert {link.parent_code for link in links} == touched
    for link in links:
        old, new = before.cells[link.parent_code], after.cells[link.child_code]
        land = old.geometry.intersection(new.geometry).area
        assert link.area == pytest.approx(land)
        assert (link.area_share, link.child_share) == pytest.approx((land / old.area, land / new.area))
        there = sum(was == old.code for was, _ in moves)
        assert link.incident_share == moves.count((old.code, new.code)) / there
        assert link.household_share is None
        assert (link.child == link.parent) == (old.code == new.code)
    assert {link.kind for link in links} == {"split", "reshape", "transfer"}
    for parent in touched:
        assert sum(one.area_share for one in links if one.parent_code == parent) == pytest.approx(1)
        assert sum(one.incident_share or 0 for one in links if one.parent_code == parent) == pytest.approx(1)


def test_what_was_matched_and_what_was_known_are_found_again_after_many_releases(town: Town) -> None:
    """The cell of a point and of a thing at an instant, as it was known at another, stays what it was."""
    places = scatter(town, 8, 60, first=10_000)
    first, chance, noted = current(town), np.random.default_rng(9), []
    later: list[datetime] = []
    for number in range(size("noted_releases")):
        now = clock.now()
        later = [at for at in later if at > now]
        begins = now if number % 2 == 0 else now + timedelta(days=1000 - 3 * number)
        base = town.one("SELECT id FROM release WHERE effective @> %(at)s", at=begins)
        corner = int(chance.integers(0, 15))
        whole = (
            bent(current(town, begins), 0, 0.0)
            if corner == 15
            else moved(current(town, begins), first, corner)
        )
        try:
            put(town, base, whole, begins)
        except Conflict:
            continue  # a later release changes the same cells
        if begins > now:
            later.append(begins)
        places |= scatter(town, 100 + number, 4, first=20_000 + 100 * number)
        closing = int(chance.choice(list(places)))
        with town.database.transaction(SYSTEM) as tx:
            service.close_placement(tx, "incident", closing)
        known_at = clock.now()
        for at in (known_at, *later):
            assert stale(town, at) == []
            noted.append((at, known_at, *look(town, places, at, known_at)))
            assert noted[-1][2] == brute(town, at)
    assert any(at > known_at for at, known_at, *_ in noted)
    for at, known_at, things, spots in noted:
        again = look(town, {one: places[one] for one in things}, at, known_at)
        assert again == (things, spots)


def moved(whole: Partition, first: Partition, number: int) -> Partition:
    """Return `whole` with a corner of `first` moved to and fro."""
    cells = list(first.cells.values())
    corners = [set(cell.geometry.exterior.coords) for cell in cells]
    inner = sorted(xy for xy in set().union(*corners) if sum(xy in corner for corner in corners) == 4)
    here = shapely.Point(inner[number])
    found = {xy for cell in whole.cells.values() for xy in cell.geometry.exterior.coords}
    nearest = min(found, key=lambda xy: here.distance(shapely.Point(xy)))
    target = np.array(inner[number]) + (0.0 if nearest != inner[number] else 25.0)

    def move(xy: np.ndarray) -> np.ndarray:
        xy[(xy == nearest).all(axis=1)] = target
        return xy

    return Partition.of(
        [replace(cell, geometry=shapely.transform(cell.geometry, move)) for cell in whole.cells.values()]
    )


def look(
    town: Town, places: dict[int, Point], at: datetime, known_at: datetime
) -> tuple[dict[int, int | None], list[str | None]]:
    """Return the cells of things, and of the places they are at, at an instant as was known at another."""
    with town.database.transaction(SYSTEM) as tx:
        things = {}
        for one in places:
            found = service.placed_at(tx, "incident", one, at, known_at)
            if found is not None:
                things[one] = found[0]
        some = [coords.to_lonlat(point, town.city.srid) for point in list(places.values())[:10]]
        return things, [service.cell_as_known(tx, town.city, point, at, known_at).code for point in some]


def brute(town: Town, at: datetime) -> dict[int, int | None]:
    """Return the cells of all things at an instant: of open ones by the grid, of closed ones where they were closed."""
    rows = town.all(
        """
        SELECT p.subject_id, CASE WHEN p.is_open THEN (
          SELECT v.cell_id FROM cell_version v
          WHERE ST_Intersects(v.geometry, ST_ForceCollection(p.point)) AND v.valid @> %(at)s AND upper_inf(v.recorded)
          ORDER BY v.code LIMIT 1
        ) ELSE p.cell_id END
        FROM placement p WHERE p.subject_kind = 'incident' AND p.subject_id >= 10000""",
        at=at,
    )
    return dict(rows)
