"""Publishing: one release takes the place of another, whole or not at all, and the past stays readable."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import shapely

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import BadInput, Conflict, NotFound
from geo_app.planning import service
from geo_app.planning.model import Draft, Prepared
from grids.model import Partition
from tests import build
from tests.integration.conftest import Town
from tests.integration.planning.conftest import (
    Publish,
    bent,
    changed,
    current,
    halves,
    newest,
    prepared,
)

NEW = "990101001001901"
OTHER = "990101001001902"
NOW_VALID = "SELECT code FROM cell_version WHERE upper_inf(valid) AND upper_inf(recorded) ORDER BY code"


def same(left: Partition, right: Partition) -> bool:
    """Whether two partitions hold the same cells, border by border."""
    return left.cells.keys() == right.cells.keys() and all(
        replace(cell, geometry=right.cells[code].geometry) == right.cells[code]
        and shapely.equals(cell.geometry, right.cells[code].geometry)
        for code, cell in left.cells.items()
    )


def renamed(whole: Partition) -> Partition:
    return changed(whole, replace(next(iter(whole.cells.values())), name="新名"))


def given_to_another(whole: Partition) -> Partition:
    return changed(whole, replace(next(iter(whole.cells.values())), community=build.COMMUNITIES[1]))


def split(whole: Partition) -> Partition:
    cell = next(iter(whole.cells.values()))
    return changed(whole, *halves(cell, NEW, OTHER), gone=(cell.code,))


def merged(whole: Partition) -> Partition:
    first, second = list(whole.cells.values())[:2]
    union = shapely.union(first.geometry, second.geometry)
    assert isinstance(union, shapely.Polygon)
    return changed(whole, replace(first, geometry=union), gone=(second.code,))


CHANGES: dict[str, tuple[Callable[[Partition], Partition], int, int]] = {
    "border": (bent, 4, 4),
    "name": (renamed, 1, 1),
    "community": (given_to_another, 1, 1),
    "split": (split, 1, 2),
    "merge": (merged, 2, 1),
    "nothing": (lambda whole: whole, 0, 0),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_release_replaces_what_it_changes_and_the_past_stays_readable(
    town: Town, publish: Publish, change: str
) -> None:
    make, ends, begins = CHANGES[change]
    before = current(town)
    base = newest(town)
    at = clock.now()
    after = make(before)
    release = publish(after, at)
    assert same(current(town), after)
    assert same(current(town, at), after)
    assert same(current(town, at - timedelta(microseconds=1)), before)
    assert same(current(town, build.TOWN_AT - timedelta(days=3)), before)
    opened = town.one("SELECT count(*) FROM cell_version WHERE release_id = %(r)s", r=release)
    assert opened == begins
    closed = town.all(
        "SELECT code FROM cell_version WHERE upper(valid) = %(at)s AND upper_inf(recorded)", at=at
    )
    assert len(closed) == ends
    # what was believed before the publish is still there: valid without end, recorded until then
    believed = town.one(
        "SELECT count(*) FROM cell_version WHERE upper_inf(valid) AND recorded @> %(at)s", at=at
    )
    assert believed == len(before.cells)
    assert town.one("SELECT upper(effective) FROM release WHERE id = %(base)s", base=base) == at
    assert town.one("SELECT base_id FROM release WHERE id = %(r)s", r=release) == base
    assert town.all(NOW_VALID) == sorted(after.cells)
    registry = dict(town.all("SELECT code, retired_release IS NOT NULL FROM code_registry"))
    assert {code for code, is_retired in registry.items() if not is_retired} == set(after.cells)
    assert set(registry) == set(before.cells) | set(after.cells)
    drawn = "SELECT code FROM outline WHERE level = 'cell' AND band = 15 AND valid @> %(at)s ORDER BY code"
    assert town.all(drawn, at=at) == sorted(after.cells)
    assert town.all(drawn, at=at - timedelta(microseconds=1)) == sorted(before.cells)


def test_the_cells_of_a_release_are_found_by_its_number(town: Town, publish: Publish) -> None:
    first, base = current(town), newest(town)
    later = publish(bent(first), clock.now() + timedelta(days=30))
    with town.database.transaction(SYSTEM) as tx:
        assert same(service.partition_of(tx, town.city, base), first)
        assert same(service.partition_of(tx, town.city, later), bent(first))
        with pytest.raises(NotFound, match="no release 999"):
            service.partition_of(tx, town.city, 999)


def test_a_cell_keeps_its_id_when_its_border_changes(town: Town, publish: Publish) -> None:
    ids = (
        "SELECT code, cell_id FROM cell_version WHERE upper_inf(valid) AND upper_inf(recorded) ORDER BY code"
    )
    before = town.all(ids)
    publish(bent(current(town)))
    assert town.all(ids) == before


def test_a_retired_code_is_never_used_again(town: Town, publish: Publish) -> None:
    first = current(town)
    publish(split(first))
    with pytest.raises(BadInput, match="never used again"):
        publish(first)
    assert same(current(town), split(first))


def test_a_release_that_loses_a_cell_is_refused(town: Town, publish: Publish) -> None:
    whole = current(town)
    corner = next(iter(whole.cells))
    with pytest.raises(BadInput, match="area must stay"):
        publish(changed(whole, gone=(corner,)))
    assert same(current(town), whole)
    assert town.one("SELECT count(*) FROM release") == 1


def test_of_two_who_publish_at_once_the_second_is_told(town: Town) -> None:
    drafts = [prepared(town, bent(current(town), number)) for number in (0, 5)]
    both = threading.Barrier(2)

    def act(number: int) -> str:
        both.wait(60)
        try:
            with town.database.transaction(SYSTEM) as tx:
                service.publish(tx, town.city, drafts[number])
        except Conflict as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(act, range(2)))
    assert answers == ["another release was published meanwhile; rebase the plan on it", "done"]
    assert town.one("SELECT count(*) FROM release") == 2


def test_a_draft_without_base_is_refused_when_a_release_stands(town: Town) -> None:
    draft = Draft(None, current(town), clock.now(), "again")
    with pytest.raises(Conflict), town.database.transaction(SYSTEM) as tx:
        service.publish(tx, town.city, service.prepare(tx, town.city, draft))


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=-1)])
def test_a_release_that_begins_before_its_base_is_refused(
    town: Town, publish: Publish, later: timedelta
) -> None:
    """It was an exclusion constraint's error."""
    began: datetime = town.one("SELECT lower(effective) FROM release")
    with pytest.raises(BadInput, match="after the release it replaces begins"):
        publish(bent(current(town)), began + later)


def test_the_database_refuses_an_overlap_the_checks_before_it_let_pass(town: Town) -> None:
    ready = prepared(town, bent(current(town)))
    wrong = replace(ready.opened[0], geometry=shapely.box(*ready.opened[1].geometry.bounds))
    tampered = replace(ready, opened=(wrong, *ready.opened[1:]))
    with pytest.raises(BadInput, match="database finds that these cells overlap"):
        _publish(town, tampered)
    assert town.one("SELECT count(*) FROM release") == 1


def test_the_database_refuses_lost_land_the_checks_before_it_let_pass(town: Town) -> None:
    ready = prepared(town, bent(current(town)))
    wrong = replace(ready.opened[0], geometry=ready.opened[0].geometry.buffer(-1))
    with pytest.raises(BadInput, match="area must stay"):
        _publish(town, replace(ready, opened=(wrong, *ready.opened[1:])))
    assert town.one("SELECT count(*) FROM release") == 1


def _publish(town: Town, ready: Prepared) -> None:
    with town.database.transaction(SYSTEM) as tx:
        service.publish(tx, town.city, ready)


def test_unit_summaries_add_up_and_follow_the_release(town: Town, publish: Publish) -> None:
    publish(given_to_another(current(town)))
    with town.database.transaction(SYSTEM) as tx:
        units = {unit.code: unit for unit in service.unit_summaries(tx, town.city, clock.now())}
    cells = current(town).cells.values()
    for code, unit in units.items():
        own = [cell for cell in cells if cell.community.startswith(code)]
        assert unit.cells == len(own)
        assert unit.area == pytest.approx(sum(cell.area for cell in own), abs=1e-6)
        below = [other for other in units.values() if other.parent == code]
        if below:
            assert unit.open_incidents == sum(other.open_incidents for other in below)
            assert unit.cells == sum(other.cells for other in below)
    assert units["990101"].open_incidents == 2
    assert len(units) == len(build.TOWN_UNITS)


def test_the_units_above_a_cell_are_named_from_the_bottom(town: Town) -> None:
    at = clock.now()
    with town.database.transaction(SYSTEM) as tx:
        standing = service.cell(tx, town.city, f"{build.COMMUNITIES[2]}001", at)
        units = service.units_above(tx, town.city, standing, at)
    assert [(unit.level, unit.code) for unit in units] == [
        ("community", "990101002001"), ("street", "990101002"), ("district", "990101"),
    ]  # fmt: skip


def test_a_scheduled_release_begins_at_its_instant(town: Town, publish: Publish) -> None:
    before = current(town)
    begins = clock.now() + timedelta(days=30)
    publish(bent(before), begins)
    assert same(current(town), before)
    assert same(current(town, begins), bent(before))
    later = begins + timedelta(days=1)
    publish(bent(bent(before), 5), later)
    assert same(current(town, begins), bent(before))
    assert same(current(town, later), bent(bent(before), 5))
    assert same(current(town), before)
    with pytest.raises(BadInput, match="effective_at"):
        publish(before, begins)
