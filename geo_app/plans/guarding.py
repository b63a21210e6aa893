"""What may be changed by whom: locks of cells and units, and how far a planner's own streets reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from geo_app.core import clock, db
from geo_app.core.errors import BadInput, OutOfScope
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City, Level, Unit
from geo_app.plans.model import Lock
from geo_app.plans.refusals import IsLocked
from grids.model import Cell


def locked(tx: db.Transaction, city: City, locks: Sequence[Lock], cells: Iterable[Cell]) -> dict[str, Lock]:
    """Return which of these cells are locked, themselves or by their unit, and the lock."""
    if not locks:
        return {}
    by_cell = {lock.code: lock for lock in locks if lock.kind == "cell"}
    by_unit = {lock.code: lock for lock in locks if lock.kind == "unit"}
    above = _above(organisation.units(tx, city, clock.now())) if by_unit else {}
    found: dict[str, Lock] = {}
    for cell in cells:
        units = above.get(cell.community, (cell.community,))
        lock = by_cell.get(cell.code) or next((by_unit[one] for one in units if one in by_unit), None)
        if lock is not None:
            found[cell.code] = lock
    return found


def check(tx: db.Transaction, city: City, locks: Sequence[Lock], cells: Sequence[Cell]) -> None:
    """Refuse to change these cells, as they are and as they would be, where one is locked or out of scope."""
    found = locked(tx, city, locks, cells)
    for code in sorted(found):
        raise IsLocked(list(found), found[code])
    check_scope(tx, city, cells)


def check_scope(tx: db.Transaction, city: City, cells: Sequence[Cell]) -> None:
    """Refuse to change cells beyond the units the actor is bound to."""
    scope = tx.actor.scope
    if scope.everything or city.id in scope.cities:
        return
    own = {one.code for one in organisation.units(tx, city, clock.now()) if one.id in set(scope.units)}
    beyond = sorted({cell.code for cell in cells if cell.community not in own})
    if beyond:
        raise OutOfScope(f"cell {beyond[0]}")


def check_whole(tx: db.Transaction, city: City) -> None:
    """Refuse what concerns a whole city to who is bound to a part of it."""
    if not tx.actor.scope.everything and city.id not in tx.actor.scope.cities:
        raise OutOfScope(city.name)


def check_communities(tx: db.Transaction, city: City, codes: Iterable[str]) -> None:
    """Refuse units that are no community of the city now."""
    known = {one.code for one in organisation.units(tx, city, clock.now()) if one.level is Level.COMMUNITY}
    for code in sorted(set(codes) - known):
        raise BadInput("units", code, "a community of this city")


def _above(units: Sequence[Unit]) -> dict[str, tuple[str, ...]]:
    """Return each unit with those above it, by code."""
    by_id = {unit.id: unit for unit in units}
    found = {}
    for unit in units:
        chain, at = [unit.code], unit.parent
        while at is not None and at in by_id:
            chain.append(by_id[at].code)
            at = by_id[at].parent
        found[unit.code] = tuple(chain)
    return found
