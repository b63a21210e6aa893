"""Responders in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import shapely

from geo_app.core import coords, db
from geo_app.organisation.model import City
from geo_app.responders.model import Known, Locked, NewPosition, NewResponder, Responder, Status

SQL = db.statements(__file__)
POSITION_COLUMNS = (
    "responder_id", "city_id", "jurisdiction", "point", "at", "given_x", "given_y", "given_frame",
)  # fmt: skip


def add_all(
    tx: db.Transaction, city: City, new: Sequence[NewResponder], cells: Mapping[str, int],
    departments: Mapping[str, int], at: datetime,
) -> list[int]:  # fmt: skip
    """Store responders with cells, shifts and positions; return their ids in order."""
    ids = [row["id"] for row in tx.all(SQL.new_ids, dict, count=len(new))]
    pairs = list(zip(ids, new, strict=True))
    for responder_id, responder in pairs:
        tx.run(
            SQL.add, responder_id=responder_id, city_id=city.id, jurisdiction=city.jurisdiction,
            code=responder.code, name=responder.name, kind=responder.kind,
            department_id=departments[responder.department] if responder.department else None,
            skills=list(responder.skills),
        )  # fmt: skip
    duties = ((responder_id, cells[code]) for responder_id, responder in pairs for code in responder.cells)
    tx.copy("responder_cell", ("responder_id", "cell_id"), duties)
    shifts = (
        (responder_id, shift.weekday, shift.starts, shift.ends)
        for responder_id, responder in pairs
        for shift in responder.shifts
    )
    tx.copy("shift", ("responder_id", "weekday", "starts", "ends"), shifts)
    positions = (
        (i, city.id, city.jurisdiction, responder.position, at, *coords.kept(responder.given))
        for i, responder in pairs
    )
    tx.copy("responder_position", POSITION_COLUMNS, positions)
    return ids


def responders(
    tx: db.Transaction,
    city: City,
    at: datetime,
    *,
    ids: Sequence[int] | None = None,
    cell_code: str | None = None,
) -> list[Responder]:
    """Return the responders of a city, or those of some ids, or those responsible for a cell, by code."""
    return tx.all(
        SQL.responders, Responder.read, city_id=city.id, at=at, local_time=_local(city, at), today=midnight(city, at),
        responder_ids=None if ids is None else list(ids), cell_code=cell_code,
    )  # fmt: skip


def available(tx: db.Transaction, city: City, skill: str | None, at: datetime) -> list[Responder]:
    """Return who can be sent at `at`: not off, with a place left, on shift, with the skill; without their cells."""
    rows = tx.all(
        SQL.available,
        dict,
        city_id=city.id,
        local_time=_local(city, at),
        today=midnight(city, at),
        skill=skill,
    )
    points = shapely.points([(row.pop("x"), row.pop("y")) for row in rows]).tolist() if rows else []
    return [
        Responder.read({**row, "position": point, "cells": ()})
        for row, point in zip(rows, points, strict=True)
    ]


def duties(tx: db.Transaction, responder_ids: Sequence[int], at: datetime) -> dict[int, tuple[str, ...]]:
    """Return the codes of the cells these responders are responsible for at `at`; who has none is left out."""
    found = tx.all(SQL.duties, dict, responder_ids=list(responder_ids), at=at)
    return {row["responder_id"]: tuple(row["cells"]) for row in found}


def inherit(tx: db.Transaction, pairs: Sequence[tuple[int, int]]) -> None:
    """Let those who answer for the second cell of each pair answer for the first, too."""
    cells, parents = [cell for cell, _ in pairs], [parent for _, parent in pairs]
    tx.run(SQL.inherit, cells=cells, parents=parents)


def is_there(tx: db.Transaction, city_id: int | None, responder_id: int) -> bool:
    """Return whether there is such a responder, in this city or (None) anywhere."""
    return bool(tx.value(SQL.is_there, city_id=city_id, responder_id=responder_id))


def city_of(tx: db.Transaction, responder_id: int) -> int | None:
    """Return the id of a responder's city; None when there is none to see."""
    found: int | None = tx.value(SQL.city_of, responder_id=responder_id)
    return found


def lock(tx: db.Transaction, responder_id: int) -> Locked | None:
    """Lock a responder for this transaction; None when there is none."""
    return tx.first(SQL.lock, Locked.read, responder_id=responder_id)


def held(tx: db.Transaction, responder_id: int) -> list[int]:
    """Return the incidents a responder is sent to."""
    return tx.all(SQL.held, lambda row: int(row["incident_id"]), responder_id=responder_id)


def set_status(tx: db.Transaction, responder_id: int, status: Status) -> None:
    """Write a responder's status."""
    tx.run(SQL.set_status, responder_id=responder_id, status=status)


def lock_positions(tx: db.Transaction, city: City, responder_ids: Iterable[int]) -> dict[int, Known]:
    """Return what is known of where responders of a city are, locked for this transaction; others are left out."""
    ids = sorted(set(responder_ids))
    found = tx.all(SQL.lock_positions, Known.read, city_id=city.id, responder_ids=ids)
    return {known.responder: known for known in found}


def move(tx: db.Transaction, new: NewPosition, now: datetime, *, is_told: bool) -> bool:
    """Write where a responder is; False when that is not newer than what is known."""
    written = tx.run(
        SQL.move, responder_id=new.responder, point=new.point, at=new.at, accuracy=new.accuracy, now=now,
        given_x=new.given.x, given_y=new.given.y, given_frame=new.given.frame, is_told=is_told,
    )  # fmt: skip
    return written == 1


def midnight(city: City, at: datetime) -> datetime:
    """Return when the city's day of `at` began."""
    return at.astimezone(ZoneInfo(city.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def off_shift(tx: db.Transaction, city: City, some: Sequence[NewPosition]) -> set[int]:
    """Return the places, from 0, of those positions at whose moment the responder was off shift or had signed off."""
    found = tx.all(
        SQL.off_shift, dict, responder_ids=[one.responder for one in some],
        local_times=[_local(city, one.at) for one in some], moments=[one.at for one in some],
    )  # fmt: skip
    return {int(row["place"]) - 1 for row in found}


def count_exact(tx: db.Transaction, before: datetime) -> int:
    """Return how many positions older than `before` are exact still."""
    count: int = tx.value(SQL.count_exact, before=before)
    return count


def blur(tx: db.Transaction, before: datetime) -> int:
    """Make positions older than `before` inexact, about a kilometre, and return how many."""
    return tx.run(SQL.blur, before=before)


def _local(city: City, at: datetime) -> datetime:
    """Return the city's own clock at `at`, without a zone, as shifts are written."""
    return at.astimezone(ZoneInfo(city.time_zone)).replace(tzinfo=None)
