"""Placements: every open thing stands in the cell the grid in force gives it, however releases and reports race."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import pytest
from shapely import Point

from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.core import clock, coords
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import NotReady
from geo_app.incidents import service as incidents
from geo_app.planning import publishing, service, store, versions
from geo_app.planning.model import Draft, Subject
from tests import build
from tests.integration.conftest import Raw, Town
from tests.integration.planning.conftest import (
    Publish,
    bent,
    bring_forward,
    current,
    newest,
    prepared,
    stale,
)
from tests.sizes import size

PLACEMENTS = """
SELECT p.subject_id, p.point, p.cell_id, p.release_id, p.is_open FROM placement p
WHERE p.subject_kind = 'thing' ORDER BY p.subject_id"""
STALE = """
SELECT p.id FROM placement p WHERE p.is_open AND p.cell_id IS DISTINCT FROM (
  SELECT v.cell_id FROM cell_version v
  WHERE ST_Intersects(v.geometry, ST_ForceCollection(p.point)) AND upper_inf(v.valid) AND upper_inf(v.recorded)
  ORDER BY v.code LIMIT 1)"""
MOVED = "SELECT subject FROM fact WHERE kind = 'placement.moved' ORDER BY subject"
HISTORY = """
SELECT p.subject_id, h.release_id FROM placement_history h JOIN placement p ON p.id = h.placement_id
WHERE p.subject_kind = 'thing' ORDER BY h.id"""


def spots(town: Town, step: float = 9.0) -> list[Point]:
    """Return points in lon/lat all over the town and around it."""
    east, north = build.TOWN_CORNER
    grid = [
        (east + x, north + y) for x in np.arange(-40, 640, step * 4) for y in np.arange(-40, 440, step * 4)
    ]
    return [coords.to_lonlat(Point(xy), town.city.srid) for xy in grid]


def place(town: Town, points: list[Point], *, is_open: bool = True, first: int = 1) -> None:
    """Place things with the ids `first`, `first` + 1 and so on."""
    with town.database.transaction(SYSTEM) as tx:
        subjects = [Subject("thing", first + i, point, is_open) for i, point in enumerate(points)]
        service.place_all(tx, town.city, subjects)


def test_every_placed_thing_has_the_cell_brute_force_gives_it(town: Town) -> None:
    place(town, spots(town))
    cells = current(town).cells
    ids = dict(town.all("SELECT cell_id, code FROM code_registry"))
    release = newest(town)
    inside = 0
    for _, point, cell_id, release_id, _ in town.all(PLACEMENTS):
        expected = min(
            (code for code, cell in cells.items() if cell.geometry.intersects(point)), default=None
        )
        assert ids.get(cell_id) == expected
        assert release_id == release, "also what lies outside is matched to a release"
        inside += expected is not None
    assert 100 < inside < len(spots(town))
    assert len(town.all(HISTORY)) == len(spots(town))


def test_a_release_moves_only_what_changed_its_cell(town: Town, publish: Publish) -> None:
    place(town, spots(town))
    place(town, spots(town), is_open=False, first=10_001)
    before = {row[0]: row[2:] for row in town.all(PLACEMENTS)}
    whole = current(town)
    base = newest(town)
    release = publish(bent(whole, 3, 30.0))
    assert town.all(STALE) == []
    moved = []
    for subject, _, cell_id, release_id, is_open in town.all(PLACEMENTS):
        if not is_open:
            assert (cell_id, release_id, is_open) == before[subject], "closed things stay as they were"
            continue
        assert release_id == (base if cell_id == before[subject][0] else release)
        if cell_id != before[subject][0]:
            moved.append(subject)
    assert moved
    assert town.all(MOVED) == moved
    history = [subject for subject, of in town.all(HISTORY) if of == release]
    rematched = [row[0] for row in town.all(PLACEMENTS) if row[3] == release]
    assert sorted(history) == rematched


def test_a_match_names_the_release_in_force_not_the_one_that_drew_the_cell(
    town: Town, publish: Publish
) -> None:
    """A cell that a release left alone gave its old release's number."""
    release = publish(bent(current(town)))
    with town.database.transaction(SYSTEM) as tx:
        far = coords.to_lonlat(Point(build.TOWN_CORNER[0] + 550, build.TOWN_CORNER[1] + 350), town.city.srid)
        assert service.place(tx, town.city, Subject("thing", 1, far, True)).release == release
        assert service.cell_at(tx, town.city, far, clock.now()).release == release


def test_things_lie_in_the_cells_of_a_scheduled_release_from_its_instant_on(
    town: Town, publish: Publish
) -> None:
    """They were matched to cells that did not stand yet; then only when somebody did it, some time after."""
    place(town, spots(town))
    before = town.all(PLACEMENTS)
    begins = clock.now() + timedelta(days=30)
    release = publish(bent(current(town), 3, 30.0), begins)
    place(town, spots(town), first=20_001)
    assert town.all(PLACEMENTS)[: len(before)] == before
    assert stale(town, clock.now()) == stale(town, begins) == []
    job = town.one(
        "SELECT args, scheduled_at, queue_name FROM procrastinate_jobs WHERE task_name LIKE 'planning%%'"
    )
    assert job == ({"city": "town", "release": release}, begins, "clocks")
    with pytest.raises(NotReady, match="not in force yet"):
        _take_effect(town, release)
    past = clock.now() - timedelta(microseconds=1)
    bring_forward(town, begins, past)
    assert len(town.all(STALE)) == len(town.all("SELECT placement_id FROM placement_ahead")) > 0
    assert town.all(STALE.replace(" placement p", " placement_now p")) == []
    _take_effect(town, release)
    assert town.all(STALE) == stale(town, past) == town.all("SELECT placement_id FROM placement_ahead") == []
    moved, history = town.all(MOVED), town.all(HISTORY)
    assert moved
    _take_effect(town, release)
    assert (town.all(MOVED), town.all(HISTORY)) == (moved, history), "a second run changes nothing"
    assert (
        town.one("SELECT count(*) FROM fact WHERE kind = 'release.in_force' AND subject = %(r)s", r=release)
        == 1
    )


def _take_effect(town: Town, release: int) -> None:
    with town.database.transaction(SYSTEM) as tx:
        service.take_effect(tx, town.city, release)


def test_the_cell_of_what_was_placed_while_a_release_was_prepared_is_that_of_the_release(
    town: Town,
) -> None:
    """Its history went on saying the old cell: it had been placed there after the release began."""
    begins, after = clock.now(), bent(current(town), 3, 30.0)
    place(town, spots(town))
    ready = prepared(town, after, begins)
    place(town, spots(town), first=20_001)
    with town.database.transaction(SYSTEM) as tx:
        service.publish(tx, town.city, ready)
        at = clock.now()
        for subject, cell_id in tx.all(Raw("SELECT subject_id, cell_id FROM placement WHERE subject_kind = 'thing'"),
                                       lambda row: tuple(row.values())):  # fmt: skip
            found = service.placed_at(tx, "thing", subject, at, at)
            assert found is not None
            assert found[0] == cell_id
    assert town.all(MOVED)


@pytest.mark.parametrize("what", ["over", "elsewhere", "nothing"])
def test_only_what_a_release_moves_is_told_of_whatever_happens_while_it_waits_for_matching(
    town: Town, what: str
) -> None:
    """Moves are told of before the layer is locked: until then a thing may be placed elsewhere, or be over."""
    place(town, spots(town))
    ready = prepared(town, bent(current(town), 3, 30.0))
    subjects = dict(town.all("SELECT id, subject_id FROM placement WHERE subject_kind = 'thing'"))
    before = town.all(HISTORY)
    with town.database.transaction(SYSTEM) as tx:
        versions.lock(tx, town.city)
        at = clock.now()
        written = publishing.write(tx, town.city, ready, at)
        told = sorted(subjects[one] for one in written.told)
        facts = tx.all(Raw(MOVED.replace("subject F", "id F")), lambda row: row["id"])
        with town.database.transaction(SYSTEM) as other:
            if what == "over":
                service.close_placement(other, "thing", told[0])
            elif what == "elsewhere":
                service.place(other, town.city, Subject("thing", told[0], spots(town)[0], True))
        publishing.switch(tx, town.city, ready, written, at)
    moved = told if what == "nothing" else told[1:]
    assert len(moved) > 2
    assert town.all(MOVED) == moved
    assert (town.all(MOVED.replace("subject F", "id F")) == facts) == (what == "nothing")
    release = newest(town)
    assert sorted(
        row for row in town.all(HISTORY)[len(before) :] if row[1] == release and row[0] != told[0]
    ) == [(one, release) for one in moved if one != told[0]]
    assert stale(town, clock.now()) == []


def test_a_report_that_waited_for_a_release_is_matched_by_it(town: Town) -> None:
    """The moment of the match was taken before the lock, so the grid of before the release answered."""
    whole = current(town)
    after = bent(whole, 3, 30.0)
    moved = next(
        code for code, cell in after.cells.items() if not whole.cells[code].geometry.covers(cell.geometry)
    )
    gained = after.cells[moved].geometry.difference(whole.cells[moved].geometry).representative_point()
    place = coords.to_lonlat(gained, town.city.srid)
    new = build.report(CATEGORIES[0].code, place, clock.now())

    def report() -> str | None:
        with town.database.transaction(SYSTEM) as tx:
            return incidents.report(tx, town.city, new).cell

    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = ("
    waiting += "SELECT oid FROM pg_database WHERE datname = current_database())"
    with ThreadPoolExecutor(1) as threads, town.database.transaction(SYSTEM) as tx:
        store.lock_layer(tx, town.city)
        reported = threads.submit(report)
        while town.one(waiting) == 0:
            assert not reported.done()
        draft = Draft(newest(town), after, clock.now(), "meanwhile")
        service.publish(tx, town.city, service.prepare(tx, town.city, draft))
        tx.run(Raw("COMMIT"))
        assert reported.result(60) == moved
    assert town.all(STALE) == []


def test_no_open_thing_stands_in_a_stale_cell_while_releases_and_reports_race(town: Town) -> None:
    first = current(town)
    grids = [first, bent(first, 3, 30.0)]
    corner = coords.to_lonlat(Point(build.TOWN_CORNER[0] + 300, build.TOWN_CORNER[1] + 100), town.city.srid)
    category = CATEGORIES[0].code
    over = threading.Event()

    def report(seed: int) -> int:
        chance = np.random.default_rng(seed)
        count = 0
        while not (over.is_set() and count):
            offset = chance.uniform(-0.0006, 0.0006, 2)
            point = Point(np.round([corner.x + offset[0], corner.y + offset[1]], 8))
            with town.database.transaction(SYSTEM) as tx:
                incidents.report(tx, town.city, build.report(category, point, clock.now()))
            count += 1
        return count

    with ThreadPoolExecutor(3) as threads:
        writers = [threads.submit(report, seed) for seed in range(3)]
        try:
            for number in range(size("publish_rounds")):
                ready = prepared(town, grids[(number + 1) % 2])
                with town.database.transaction(SYSTEM) as tx:
                    service.publish(tx, town.city, ready)
                assert len(town.all(STALE)) == 0
        finally:
            over.set()
        assert all(writer.result() > 0 for writer in writers)
    assert town.all(STALE) == []
