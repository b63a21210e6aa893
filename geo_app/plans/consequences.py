"""What publishing a plan would do: to cells, to open things in them, and to the people who answer for them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo_app.core import coords, db
from geo_app.organisation.model import City
from geo_app.planning import lineage
from geo_app.plans import service, store
from geo_app.plans.drafts import Drawn
from geo_app.plans.pictures import DIGITS, is_changed
from grids.compare import Comparison, compare
from grids.model import Cell, Partition

INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Consequences:
    """What becomes of cells by kind of change, and what changes for open incidents and people.

    Incidents change their cell or the people who answer for it; `unanswered` are cells with nobody. `workers` are
    those who are told, as far as the actor sees them; `told` is how many they are.
    """

    cells: dict[str, int]
    incidents: int
    new_cell: int
    new_worker: int
    unanswered: tuple[str, ...]
    told: int
    workers: tuple[tuple[int, str], ...]


def consequences(tx: db.Transaction, plan_id: int) -> Consequences:
    """Return what publishing the plan would do as things stand now."""
    city, drawn = service.drawn(tx, plan_id)
    was, now = _parts(drawn)
    found = compare(Partition.of(was), Partition.of(now))
    kinds = Counter(str(kind) for kinds in (*found.changes.values(), *found.gone.values()) for kind in kinds)
    with tx.beyond_scope():  # figures, and nobody's case
        cases, answering = _cases(tx, city, was, now)
    origins = lineage.Origins.of(found)
    for cell in now:
        if cell.code not in answering:  # no cell had this code before
            answering[cell.code] = frozenset[int]().union(*(answering[old] for old in origins.get(cell.code)))
    moved = [(old, new) for old, new in cases if origins.same.get(new, new) != old]
    handed = [(old, new) for old, new in moved if answering[old] != answering[new]]
    told = sorted({one for pair in handed for code in pair for one in answering[code]})
    return Consequences(
        dict(sorted(kinds.items())),
        len(cases),
        len(moved),
        len(handed),
        tuple(sorted(cell.code for cell in now if not answering[cell.code])),
        len(told),
        tuple(store.names(tx, told)),
    )


def changes(tx: db.Transaction, plan_id: int) -> dict[str, Any]:
    """Return the changed cells as GeoJSON, old and new, each with what happened to it."""
    city, drawn = service.drawn(tx, plan_id)
    was, now = _parts(drawn)
    found = compare(Partition.of(was), Partition.of(now))
    new = _features(now, "new", found, city)
    return {"type": "FeatureCollection", "features": [*_features(was, "old", found, city), *new]}


def _parts(drawn: Drawn) -> tuple[list[Cell], list[Cell]]:
    """Return the cells that differ, as they were and as they will be."""
    codes = drawn.draft.cells.changed()
    was = [drawn.base.cells[code] for code in codes if code in drawn.base.cells]
    now = [drawn.draft.cells[code] for code in codes if code in drawn.draft.cells]
    stay = {cell.code for cell in now if not is_changed(drawn.base, cell)}
    return [cell for cell in was if cell.code not in stay], [cell for cell in now if cell.code not in stay]


def _features(cells: Iterable[Cell], when: str, found: Comparison, city: City) -> list[dict[str, Any]]:
    told = []
    for cell in cells:
        kinds = found.changes.get(cell.code) or found.gone.get(cell.code) or frozenset()
        shape = shapely.transform(coords.to_lonlat(cell.geometry, city.srid), lambda xy: np.round(xy, DIGITS))
        told.append(
            {
                "type": "Feature",
                "geometry": shapely.geometry.mapping(shape),
                "properties": {
                    "code": cell.code, "name": cell.name, "community": cell.community, "when": when,
                    "changes": sorted(str(kind) for kind in kinds), "area": round(cell.area, 3),
                },
            }
        )  # fmt: skip
    return told


def _cases(
    tx: db.Transaction, city: City, was: Sequence[Cell], now: Sequence[Cell]
) -> tuple[list[tuple[str, str]], defaultdict[str, frozenset[int]]]:
    """Return the old and the new cell of every open incident in cells that differ, and who answers for which.

    Who answers is told of every code a cell ever had, and of no other.
    """
    people = defaultdict[str, set[int]](set)
    codes = defaultdict[int | None, str](str)
    for code, cell_id, responder in store.answerable(tx, city, [cell.code for cell in (*was, *now)]):
        codes[cell_id] = code
        people[code].update([] if responder is None else [responder])
    answering = defaultdict[str, frozenset[int]](frozenset)
    answering.update({code: frozenset(some) for code, some in people.items()})
    if not was:
        return [], answering
    area = shapely.set_srid(shapely.union_all([cell.geometry for cell in was]), city.srid)
    things = [one for one in store.open_in(tx, city, area) if one.kind == INCIDENT]
    known = [one for one in things if one.cell_id in codes]
    return [
        (codes[one.cell_id], code) for one, code in zip(known, _located(known, now), strict=True)
    ], answering


def _located(things: Sequence[store.OpenThing], now: Sequence[Cell]) -> list[str]:
    """Return the code of the cell that covers each thing, the lowest on a border; empty where none does."""
    ordered = sorted(now, key=lambda cell: cell.code)
    places = [shapely.set_srid(one.point, 0) for one in things]
    found = [""] * len(things)
    if ordered and places:
        at, cell = shapely.STRtree([one.geometry for one in ordered]).query(places, predicate="intersects")
        for thing, one in sorted(zip(at.tolist(), cell.tolist(), strict=True), reverse=True):
            found[thing] = ordered[one].code
    return found
