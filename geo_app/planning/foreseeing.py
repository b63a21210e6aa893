"""Where the open things of a city will lie by a draft, found before anything is locked; and made true when it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from geo_app.core import clock, db
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import matching, placements, store, timelines
from geo_app.planning.changes import NOWHERE, Foreseen, Home, Stage
from geo_app.planning.model import Prepared
from grids.model import Partition


@dataclass(frozen=True, slots=True)
class Seen:
    """What is foreseen; and the codes of the cells each incident lies in before and by the draft, closed ones too."""

    foreseen: Foreseen
    incidents: tuple[tuple[str | None, str | None], ...]


def foresee(tx: db.Transaction, city: City, prepared: Prepared, before: Partition) -> Seen:
    """Return where the things near what a draft changes lie before it, by it, and by the releases after it."""
    index = matching.get_ready(tx, city, prepared)
    line = placements.written(tx, city)
    foretold = placements.foretold(tx, city)
    touched = np.array([cell.geometry for cell in (*prepared.was, *prepared.opened)], dtype=object)
    things = placements.things_in(tx, city, touched)
    xy = np.array([(one.x, one.y) for one in things]).reshape(-1, 2)
    old = matching.codes_of(before, None, xy)
    new = matching.codes_of(prepared.draft.partition, index, xy)
    incidents = tuple((a, b) for one, a, b in zip(things, old, new, strict=True) if one.is_incident)
    homes = [_homes(tx, city, prepared, prepared.draft.effective_at, new)]
    for one in prepared.later:
        codes = matching.codes_of(one.prepared.draft.partition, None, xy)
        homes.append(_homes(tx, city, prepared, one.release.effective_from, codes))
    current, then = dict[int, Home](), dict[int, tuple[Home, ...]]()
    for thing, there in zip(things, zip(*homes, strict=True), strict=True):
        home = (thing.cell_id, thing.community_id)
        if thing.is_open and (thing.id in foretold or any(one != home for one in there)):
            current[thing.id], then[thing.id] = home, there
    return Seen(Foreseen(line, current, then, foretold), incidents)


def foretell(tx: db.Transaction, foreseen: Foreseen | None, stages: Sequence[Stage], at: datetime) -> None:
    """Write what is foreseen of releases that begin after `at`; of things placed since it may be wrong yet."""
    if foreseen is None:
        return
    begun = _begun(stages, at)
    rows = [
        one
        for thing, homes in foreseen.homes.items()
        for one in timelines.ahead(
            thing, homes[begun - 1] if begun else foreseen.current[thing], homes[begun:], stages[begun:],
            is_foretold=thing in foreseen.foretold,
        )
    ]  # fmt: skip
    anew = foreseen.foretold.intersection(foreseen.homes)
    placements.foretell(tx, anew, stages[0].since, rows, at)


def move(
    tx: db.Transaction, city: City, foreseen: Foreseen | None, stages: Sequence[Stage], at: datetime
) -> None:
    """Move what is foreseen by releases that have begun at `at`, and match again what was placed since.

    For when nothing is being matched.
    """
    if foreseen is None:
        matching.match_all(tx, city)
        return
    late, xy = placements.placed_after(tx, city, foreseen.line)
    begun = _begun(stages, at)
    if begun:
        known = set(late)
        here = {thing: homes[begun - 1] for thing, homes in foreseen.homes.items() if thing not in known}
        cells = {thing: home[0] for thing, home in here.items() if home != foreseen.current[thing]}
        stage = stages[begun - 1]
        moved = placements.match(tx, cells, stage.release, stage.since, clock.now()) if cells else []
        matching.tell(tx, city, stage.release, moved)
    matching.match_again(tx, city, late, np.array(xy).reshape(-1, 2))


def _begun(stages: Sequence[Stage], at: datetime) -> int:
    return sum(stage.since <= at for stage in stages)


def _homes(
    tx: db.Transaction, city: City, prepared: Prepared, at: datetime, codes: Sequence[str | None]
) -> list[Home]:
    """Return the homes with these codes at `at`, when the draft is published."""
    units = {unit.code: unit.id for unit in organisation.units(tx, city, prepared.draft.effective_at)}
    known: dict[str | None, Home] = {None: NOWHERE}
    known.update(store.homes(tx, city, at).items())
    known |= {cell.code: (prepared.ids[cell.code], units[cell.community]) for cell in prepared.opened}
    return [known[code] for code in codes]
