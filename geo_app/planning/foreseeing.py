"""Where the open things of a city will lie by a draft, found before anything is locked; and made true when it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from geo_app.core import clock, db
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import households, matching, placements, store, timelines
from geo_app.planning.changes import NOWHERE, Foreseen, Home, Move, Stage
from geo_app.planning.lineage import Moves
from geo_app.planning.model import Prepared
from geo_app.planning.placements import Moved
from grids.model import Partition

UNTOLD = "untold"
"""The moment of a transaction before anybody was told of a move."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is foreseen; and how many incidents, closed ones too, and households go from a cell to another."""

    foreseen: Foreseen
    incidents: Moves
    households: Moves


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
    incidents = Counter((a, b) for one, a, b in zip(things, old, new, strict=True) if one.is_incident)
    homes = [_homes(tx, city, prepared, prepared.draft.effective_at, new)]
    for one in prepared.later:
        codes = matching.codes_of(one.prepared.draft.partition, None, xy)
        homes.append(_homes(tx, city, prepared, one.release.effective_from, codes))
    current, then = dict[int, Home](), dict[int, tuple[Home, ...]]()
    for thing, there in zip(things, zip(*homes, strict=True), strict=True):
        home = (thing.cell_id, thing.community_id)
        if thing.is_open and (thing.id in foretold or any(one != home for one in there)):
            current[thing.id], then[thing.id] = home, there
    xy, counts = households.near(tx, city, touched)
    homes_moved = _moves(before, prepared.draft.partition, xy, counts) if len(xy) else {}
    return Seen(Foreseen(line, current, then, foretold), incidents, homes_moved)


def _moves(before: Partition, after: Partition, xy: np.ndarray, counts: np.ndarray) -> Moves:
    """Return how many households at these places live in a cell before, and in one after."""
    old, new = (matching.codes_of(one, None, xy) for one in (before, after))
    moves = Counter[tuple[str | None, str | None]]()
    for pair, many in zip(zip(old, new, strict=True), counts.tolist(), strict=True):
        moves[pair] += many
    return moves


def announce(
    tx: db.Transaction, city: City, foreseen: Foreseen | None, stages: Sequence[Stage], at: datetime
) -> dict[int, Move]:
    """Tell of everything that releases which have begun at `at` will move, and return it, by placement.

    For while things are still matched: they wait only for the moves themselves. When one of them turns out otherwise
    `fulfil` takes all of it back.
    """
    tx.mark(UNTOLD)
    begun = _begun(stages, at)
    if foreseen is None or not begun:
        return {}
    moves = {
        thing: Move(foreseen.current[thing], there[begun - 1]) for thing, there in foreseen.homes.items()
        if there[begun - 1] != foreseen.current[thing] and thing not in foreseen.foretold
    }  # fmt: skip
    stage = stages[begun - 1]
    noted = placements.note(tx, moves, foreseen.line, stage.release, stage.since, at)
    told = {thing: moves[thing] for thing in noted}
    matching.tell(tx, city, stage.release, [_moved(*noted[thing], one) for thing, one in told.items()])
    return told


def fulfil(
    tx: db.Transaction, city: City, foreseen: Foreseen | None, stages: Sequence[Stage], told: Mapping[int, Move],
    at: datetime,
) -> None:  # fmt: skip
    """Move what is foreseen by releases that have begun at `at`, write ahead what is of those that have not.

    What was placed since it was foreseen is matched again. For when nothing is being matched: who matches a thing
    writes ahead of it too, and two who did it at once would wait for each other. `told` was announced already.
    """
    if foreseen is None:
        matching.match_all(tx, city)
        return
    late, xy = placements.placed_after(tx, city, foreseen.line)
    known, begun = set(late), _begun(stages, at)
    if told:
        is_so = known.isdisjoint(told)
        if not is_so or placements.move(tx, told, stages[begun - 1].release, at) < len(told):
            tx.back_to(UNTOLD)
            store.lock_layer(tx, city)
            fulfil(tx, city, foreseen, stages, {}, at)
            return
    homes = {thing: there for thing, there in foreseen.homes.items() if thing not in known}
    here = {thing: there[begun - 1] if begun else foreseen.current[thing] for thing, there in homes.items()}
    if begun:
        cells = {
            thing: home[0] for thing, home in here.items() if thing not in told
            and (home != foreseen.current[thing] or thing in foreseen.foretold)  # taken over meanwhile, perhaps
        }  # fmt: skip
        stage = stages[begun - 1]
        if cells:
            moved = placements.match(tx, cells, stage.release, stage.since, clock.now())
            matching.tell(tx, city, stage.release, moved)
    rows = [
        one
        for thing, there in homes.items()
        for one in timelines.ahead(
            thing, here[thing], there[begun:], stages[begun:], is_foretold=thing in foreseen.foretold
        )
    ]
    anew = foreseen.foretold.intersection(homes)
    if anew or rows:
        placements.foretell(tx, anew, stages[0].since, rows, at)
    matching.match_again(tx, city, late, np.array(xy).reshape(-1, 2))


def _moved(kind: str, subject: int, one: Move) -> Moved:
    cells, communities = (
        sorted({place for place in pair if place is not None}) for pair in zip(one.was, one.home, strict=True)
    )
    return Moved(kind, subject, communities, cells)


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
