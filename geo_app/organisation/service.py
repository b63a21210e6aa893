"""What people do with the organisation: add a city with its trees, look it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from geo_app.core import db, facts
from geo_app.core.errors import BadInput, Conflict, NotFound
from geo_app.organisation import store
from geo_app.organisation.model import City, Level, NewCity, NewDepartment, NewUnit, Unit

ABOVE = {Level.DISTRICT: None, Level.STREET: Level.DISTRICT, Level.COMMUNITY: Level.STREET}


def cities(tx: db.Transaction) -> list[City]:
    """Return every city, by code."""
    return store.cities(tx)


def city(tx: db.Transaction, code: str | None) -> City:
    """Return the city with this code; without a code the only one; BadInput when it must be named."""
    if code:
        found = store.city(tx, code)
        if found is None:
            raise NotFound(f"there is no city {code!r}; `geo cities list` names them")
        return found
    known = store.cities(tx)
    if len(known) != 1:
        codes = ", ".join(city.code for city in known) or "none is loaded"
        raise BadInput("city", code, f"must name one of the cities ({codes})")
    return known[0]


def city_by_id(tx: db.Transaction, city_id: int) -> City:
    """Return the city with this id."""
    return store.city_by_id(tx, city_id)


def add_city(tx: db.Transaction, new: NewCity, at: datetime) -> City:
    """Add a city; Conflict when its code is taken."""
    added = store.add_city(tx, new, at)
    if added is None:
        raise Conflict(f"a city with the code {new.code!r} is already loaded")
    facts.record(tx, "city.added", added.id, added.jurisdiction, code=added.code)
    return added


def remove_city(tx: db.Transaction, city: City) -> None:
    """Remove a city with everything that belongs to it; the facts about it stay."""
    store.remove_city(tx, city.id)
    facts.record(tx, "city.removed", city.id, city.jurisdiction, code=city.code)


def add_units(tx: db.Transaction, city: City, new: Sequence[NewUnit], since: datetime) -> dict[str, int]:
    """Add districts, streets and communities and return their ids by code; each needs its unit above."""
    ids: dict[str, int] = {}
    levels: dict[str, Level] = {}
    for level in Level:
        for unit in (unit for unit in new if unit.level is level):
            if unit.parent is not None and unit.parent not in ids:
                raise BadInput("parent", unit.parent, f"no unit above {unit.code} has this code")
            above = None if unit.parent is None else levels[unit.parent]
            if above is not ABOVE[level]:
                raise BadInput("parent", unit.parent, f"a {level} belongs to a {ABOVE[level] or 'city'}")
            parent_id = None if unit.parent is None else ids[unit.parent]
            ids[unit.code] = store.add_unit(tx, city.id, unit, parent_id, since)
            levels[unit.code] = level
    return ids


def units(tx: db.Transaction, city: City, at: datetime) -> list[Unit]:
    """Return the units valid at `at`, by code."""
    return store.units(tx, city.id, at)


def add_departments(
    tx: db.Transaction, city: City, new: Sequence[NewDepartment], since: datetime
) -> dict[str, int]:
    """Add departments and return their ids by code."""
    return {department.code: store.add_department(tx, city.id, department, since) for department in new}
