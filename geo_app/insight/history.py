"""A city's history kept in memory, cast on its releases and plans; losing it costs seconds, never data.

A history is found by its city, as it was loaded, its window, and the newest fact that could have changed it. Plans on
one release share its cast, and a plan's cast follows from the one that was asked for last. Open cases and duties are
asked for each time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from geo_app.core import db
from geo_app.core.errors import Conflict
from geo_app.insight import store, workload
from geo_app.insight.cast import Base, Cast
from geo_app.insight.model import Past, Window
from geo_app.insight.numbers import Standing
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.plans.drafts import Drawn
from grids.draft import Draft

Thing = TypeVar("Thing")


class Shelf(Generic[Thing]):
    """The few things that were asked for last."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._things: OrderedDict[Hashable, Thing] = OrderedDict()

    def get(self, key: Hashable) -> Thing | None:
        """Return what is kept."""
        with self._lock:
            return self._things.get(key)

    def keep(self, key: Hashable, thing: Thing) -> Thing:
        """Keep a thing, and let go of what was kept longest ago."""
        with self._lock:
            self._things.pop(key, None)
            self._things[key] = thing
            while len(self._things) > self._most:
                self._things.popitem(last=False)
        return thing


@dataclass(frozen=True, slots=True)
class Kept:
    """All numbers of a release, and what its duties were read at."""

    standing: Standing
    duties: store.Stamp


PASTS: Shelf[Past] = Shelf(4)
RELEASES: Shelf[Kept] = Shelf(3)
PLANS: Shelf[Cast] = Shelf(16)
BUILDING = threading.Lock()


def standing(tx: db.Transaction, city: City, release_id: int, window: Window) -> Standing:
    """Return all numbers of a release by the history of a window; in a large city the first time takes seconds.

    Conflict when its grid is one of earlier versions that has no index; NotFound names the release.
    """
    releases = tuple((one.id, one.published_at, one.effective_from) for one in planning.releases(tx, city))
    stamp = store.history_stamp(tx, city, window.until)
    key = (city.jurisdiction, city.code, releases, release_id, window, stamp, store.homes_stamp(tx, city))
    duties, now_open = store.duties_stamp(tx, city), store.open_cases(tx, city)
    with BUILDING:  # nobody builds what another thread is building
        found = RELEASES.get(key)
        if found is None:
            history = (city.jurisdiction, city.code, releases[-1:], window, stamp)
            cast = Cast.of(_base(tx, city, release_id, window, history), now_open)
            return RELEASES.keep(key, Kept(Standing.of(cast, store.duties(tx, city)), duties)).standing
        cast = found.standing.cast.with_open(now_open)
        if cast is not found.standing.cast or found.duties != duties:
            held = found.standing.held.duties if found.duties == duties else store.duties(tx, city)
            found = Kept(Standing.of(cast, held), duties)
        return RELEASES.keep(key, found).standing


def of_plan(standing: Standing, drawn: Drawn) -> Cast:
    """Return the history cast on a plan, from what was cast before; `standing` is that of its base release."""
    first, codes = standing.cast, set(drawn.draft.cells.changed())
    last = PLANS.get(drawn.plan.root)
    if last is None or last.base is not first.base:
        last = first
    last = last.with_open(first.given)
    return PLANS.keep(drawn.plan.root, last.to(drawn.draft, codes | last.redrawn.keys()))


def _base(tx: db.Transaction, city: City, release_id: int, window: Window, key: Hashable) -> Base:
    at = planning.release(tx, city, release_id).effective_from
    locator = planning.index(tx, city, at)
    if locator is None:
        raise Conflict(f"the grid of release {release_id} has vertices off the 1 mm grid; publish it anew")
    past = PASTS.get(key)
    if past is None:
        past = PASTS.keep(key, store.past(tx, city, window))
    draft, homes = Draft.of(planning.partition(tx, city, at)), store.homes(tx, city)
    return Base(draft, locator, past, workload.weigh(past), homes)
