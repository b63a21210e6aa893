"""Cities, units and departments in the database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from geo_app.core import db
from geo_app.organisation.model import City, NewCity, NewDepartment, NewUnit, Unit

SQL = db.statements(__file__)


def cities(tx: db.Transaction) -> list[City]:
    """Return every city, by code."""
    return tx.all(SQL.cities, City.read)


def city(tx: db.Transaction, code: str) -> City | None:
    """Return the city with this code."""
    return tx.first(SQL.city, City.read, code=code)


def city_by_id(tx: db.Transaction, city_id: int) -> City:
    """Return the city with this id."""
    return tx.one(SQL.city_by_id, City.read, city_id=city_id)


def add_city(tx: db.Transaction, new: NewCity, at: datetime) -> City | None:
    """Store a city and return it; None when its code is taken."""
    return tx.first(SQL.add_city, City.read, **asdict(new), at=at)


def remove_city(tx: db.Transaction, city_id: int) -> None:
    """Delete a city with everything that belongs to it."""
    tx.run(SQL.remove_city, city_id=city_id)


def add_unit(tx: db.Transaction, city_id: int, new: NewUnit, parent_id: int | None, since: datetime) -> int:
    """Store a unit and return its id."""
    unit_id: int = tx.value(
        SQL.add_unit,
        city_id=city_id,
        level=new.level,
        code=new.code,
        name=new.name,
        parent_id=parent_id,
        since=since,
    )
    return unit_id


def units(tx: db.Transaction, city_id: int, at: datetime) -> list[Unit]:
    """Return the units valid at `at`, by code."""
    return tx.all(SQL.units, Unit.read, city_id=city_id, at=at)


def add_department(tx: db.Transaction, city_id: int, new: NewDepartment, since: datetime) -> int:
    """Store a department and return its id."""
    department_id: int = tx.value(SQL.add_department, city_id=city_id, since=since, **asdict(new))
    return department_id
