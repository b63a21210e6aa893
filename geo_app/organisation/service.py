"""What people do with the organisation: add a city with its trees, look it up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from geo_app.core import db, facts
from geo_app.core.errors import BadInput, Conflict, NotFound
from geo_app.organisation import store
from geo_app.organisation.model import (
    City,
    DatedUnit,
    Department,
    Level,
    NewCity,
    NewDepartment,
    NewUnit,
    Unit,
)

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
LONGEST_NAME = 60
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
    """Add departments and return their ids by code; Conflict when a code is taken."""
    return {department.code: _add(tx, city, department, since) for department in new}


def tree(tx: db.Transaction, city: City) -> tuple[list[DatedUnit], list[Department]]:
    """Return every unit and every department a city has, had or will have, by code."""
    return store.dated_units(tx, city.id), store.departments(tx, city.id)


def department(tx: db.Transaction, department_id: int) -> Department:
    """Return a department; NotFound names it."""
    found = store.department(tx, department_id)
    if found is None:
        raise NotFound(f"there is no department {department_id}")
    return found


def add_department(tx: db.Transaction, city: City, new: NewDepartment, since: datetime) -> Department:
    """Add a department from `since` on."""
    if not CODE.fullmatch(new.code):
        raise BadInput("code", new.code, "1 to 40 of letters, digits, dot, hyphen, underscore")
    named = NewDepartment(new.code, *_names(new.name, new.name_en))
    added = department(tx, _add(tx, city, named, since))
    facts.record(tx, "department.added", added.id, city.jurisdiction, code=added.code, name=added.name)
    return added


def rename_department(tx: db.Transaction, department_id: int, name: str, name_en: str) -> Department:
    """Give a department other names from now on; what it was called stands in the facts."""
    before = department(tx, department_id)
    store.rename_department(tx, department_id, *_names(name, name_en))
    after = department(tx, department_id)
    changes = {"name": (before.name, after.name), "name_en": (before.name_en, after.name_en)}
    jurisdiction = city_by_id(tx, before.city).jurisdiction
    facts.record(tx, "department.renamed", department_id, jurisdiction, changes=changes)
    return after


def end_department(tx: db.Transaction, department_id: int, until: datetime | None) -> Department:
    """Let a department end at `until`, or go on when that is None."""
    before = department(tx, department_id)
    if until is not None and until <= before.since:
        raise BadInput("until", until.isoformat(), "later than its first day")
    if not store.end_department(tx, department_id, until):
        raise Conflict(f"another department has the code {before.code!r} in that time")
    jurisdiction = city_by_id(tx, before.city).jurisdiction
    facts.record(tx, "department.ended", department_id, jurisdiction, until=until and until.isoformat())
    return department(tx, department_id)


def check_place(tx: db.Transaction, city_id: int, unit: int | None, department_id: int | None) -> None:
    """Refuse a unit or a department that is none of this city, and both at once."""
    if unit is not None and department_id is not None:
        raise BadInput("department", department_id, "a unit or a department, not both")
    if unit is not None and not store.is_unit(tx, unit, city_id):
        raise BadInput("unit", unit, "a unit of this city")
    if department_id is not None:
        found = store.department(tx, department_id)
        if found is None or found.city != city_id:
            raise BadInput("department", department_id, "a department of this city")


def _add(tx: db.Transaction, city: City, new: NewDepartment, since: datetime) -> int:
    added = store.add_department(tx, city.id, new, since)
    if added is None:
        raise Conflict(f"another department has the code {new.code!r} in that time")
    return added


def _names(name: str, name_en: str) -> tuple[str, str]:
    """Return the names without white space around them; the English one may be left out."""
    names = " ".join(name.split()), " ".join(name_en.split())
    if not 1 <= len(names[0]) <= LONGEST_NAME:
        raise BadInput("name", name, f"1 to {LONGEST_NAME} characters")
    if len(names[1]) > LONGEST_NAME:
        raise BadInput("name_en", name_en, f"at most {LONGEST_NAME} characters")
    return names[0], names[1] or names[0]
