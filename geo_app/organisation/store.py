"""Cities, units and departments in the database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from geo_app.core import db
from geo_app.organisation.model import City, DatedUnit, Department, NewCity, NewDepartment, NewUnit, Unit

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


def dated_units(tx: db.Transaction, city_id: int) -> list[DatedUnit]:
    """Return every unit a city has, had or will have, by code."""
    return tx.all(SQL.dated_units, DatedUnit.read, city_id=city_id)


def is_unit(tx: db.Transaction, unit_id: int, city_id: int) -> bool:
    """Return whether this is a unit of the city."""
    return bool(tx.value(SQL.is_unit, unit_id=unit_id, city_id=city_id))


def departments(tx: db.Transaction, city_id: int) -> list[Department]:
    """Return every department a city has, had or will have, by code."""
    return tx.all(SQL.departments, Department.read, city_id=city_id)


def department(tx: db.Transaction, department_id: int) -> Department | None:
    """Return a department."""
    return tx.first(SQL.department, Department.read, department_id=department_id)


def rename_department(tx: db.Transaction, department_id: int, name: str, name_en: str) -> None:
    """Write a department's names."""
    tx.run(SQL.rename_department, department_id=department_id, name=name, name_en=name_en)


def end_department(tx: db.Transaction, department_id: int, until: datetime | None) -> bool:
    """Write when a department ends; False when another one has its code in that time."""
    return tx.run(SQL.end_department, department_id=department_id, until=until) == 1


def add_department(tx: db.Transaction, city_id: int, new: NewDepartment, since: datetime) -> int | None:
    """Store a department and return its id; None when its code is taken."""
    department_id: int | None = tx.value(SQL.add_department, city_id=city_id, since=since, **asdict(new))
    return department_id
