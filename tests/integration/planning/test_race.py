"""Releases and matching at once: at every instant every open thing lies in the cell the grid then gives it."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import numpy as np
from shapely import Point

from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.core import clock, coords
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import Conflict
from geo_app.incidents import service as incidents
from geo_app.planning import service
from geo_app.planning.model import Draft, Subject
from grids.model import Partition
from tests import build
from tests.integration.conftest import Town
from tests.integration.planning.conftest import bent, changed, current, stale
from tests.sizes import size

WRITERS = 8
KEPT = 40
"""Incidents of a writer that are open: what brute force looks at does not grow with the time the race takes."""
SOON = timedelta(seconds=1)
"""How far ahead a release is dated at least; on slow machines half as much again as two took."""
FAR, NEAR = 14, 0
"""Corners of the town whose cells no other has in common."""
NOW = """
SELECT p.id FROM placement_now p WHERE p.is_open AND p.cell_id IS DISTINCT FROM (
  SELECT v.cell_id FROM cell_version v
  WHERE ST_Intersects(v.geometry, ST_ForceCollection(p.point)) AND v.valid @> statement_timestamp()
    AND upper_inf(v.recorded)
  ORDER BY v.code LIMIT 1)"""


def publish(town: Town, whole: Partition, at: datetime) -> int:
    """Publish a partition on top of the release that stands at `at`."""
    base = town.one("SELECT id FROM release WHERE effective @> %(at)s", at=at)
    with town.database.transaction(SYSTEM) as tx:
        return service.publish(tx, town.city, service.prepare(tx, town.city, Draft(base, whole, at, "race")))


def cornered(whole: Partition, first: Partition, number: int, by: float) -> Partition:
    """Return `whole` with a corner of `first` as far as `by` from where it was, and nothing else changed."""
    there = bent(first, number, 30.0).cells
    around = [code for code, cell in there.items() if cell.geometry != first.cells[code].geometry]
    new = there if by else first.cells
    return changed(whole, *(new[code] for code in around))


def begin(town: Town, release: int) -> None:
    """Return when a release has begun and its timer has run; nothing is stale at any moment before."""
    begins = town.one("SELECT lower(effective) FROM release WHERE id = %(id)s", id=release)
    while clock.now() <= begins:
        assert town.all(NOW) == []
    with town.database.transaction(SYSTEM) as tx:
        service.take_effect(tx, town.city, release)


def test_nothing_is_stale_while_releases_dated_ahead_and_before_each_other_race_with_matching(
    town: Town,
) -> None:
    first = current(town)
    over = threading.Event()
    low = np.array(build.TOWN_CORNER)

    def work(seed: int) -> int:
        chance, count, mine = np.random.default_rng(seed), 0, deque[int]()
        while not (over.is_set() and count):
            point = coords.to_lonlat(Point(low + chance.uniform(0, (600, 400))), town.city.srid)
            with town.database.transaction(SYSTEM) as tx:
                if seed % 2:
                    new = build.report(CATEGORIES[0].code, point, clock.now())
                    mine.append(incidents.report(tx, town.city, new).id)
                    if len(mine) > KEPT:
                        service.close_placement(tx, "incident", mine.popleft())
                else:  # the same things again and again, elsewhere, and over
                    subject = Subject("thing", seed * 1000 + count % 20, point, True)
                    service.place(tx, town.city, subject)
                    if count % 7 == 0:
                        service.close_placement(tx, "thing", subject.id)
            count += 1
        return count

    delay = SOON
    with ThreadPoolExecutor(WRITERS) as threads:
        writers = [threads.submit(work, seed) for seed in range(WRITERS)]
        try:
            done = 0
            while done < size("publish_rounds"):
                by = 30.0 * (done // 2 % 2)
                begun = clock.now()
                scheduled = begun + delay
                try:
                    ahead = publish(town, cornered(current(town), first, FAR, by), scheduled)
                    assert stale(town, scheduled) == []
                    before = clock.now()
                    publish(town, cornered(current(town), first, NEAR, 30.0 - by), before)
                    assert town.all(NOW) == stale(town, max(scheduled, before)) == []
                except Conflict:  # it had begun before we were ready
                    delay = 1.5 * (clock.now() - begun)
                    continue
                delay = max(SOON, 1.5 * (clock.now() - begun))
                begin(town, ahead)
                assert town.all(NOW) == []
                done += 2
        finally:
            over.set()
        assert all(writer.result() > 0 for writer in writers)
    assert town.all(NOW) == []
