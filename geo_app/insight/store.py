"""History, open cases, households and duties from the database, a city's at once: columns of bytes, not rows.

They are counted beyond the actor's scope: what is told are sums, never a case or a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from geo_app.core import db
from geo_app.insight.model import Duties, Floats, Homes, Integers, Open, Past, Window
from geo_app.organisation.model import City

SQL = db.statements(__file__)
Stamp = tuple[object, ...]


def history_stamp(tx: db.Transaction, city: City, until: datetime) -> Stamp:
    """Return a value that changes whenever the history before `until` does."""
    with tx.beyond_scope():
        found = tx.first(SQL.history_stamp, dict, city_id=city.id, until=until)
    if found is None:
        return ()
    return (found["id"],) if found["is_settled"] else (found["id"], found["oldest"])


def past(tx: db.Transaction, city: City, window: Window) -> Past:
    """Return the incidents of a window."""
    with tx.beyond_scope():
        row = tx.one(SQL.past, dict, city_id=city.id, since=window.since, until=window.until)
    return Past(
        _places(row), *(_whole(row[name]) for name in ("cell_id", "community_id", "category", "handled"))
    )


def open_cases(tx: db.Transaction, city: City) -> Open:
    """Return the cases that are open now."""
    with tx.beyond_scope():
        row = tx.one(SQL.open_cases, dict, city_id=city.id)
    return Open(_places(row), _whole(row["cell_id"]))


def homes_stamp(tx: db.Transaction, city: City) -> Stamp:
    """Return a value that changes whenever a city's households are counted anew."""
    return (tx.value(SQL.homes_stamp, city_id=city.id),)


def homes(tx: db.Transaction, city: City) -> Homes:
    """Return how many households live where."""
    row = tx.one(SQL.homes, dict, city_id=city.id)
    return Homes(_places(row), _whole(row["households"]))


def duties_stamp(tx: db.Transaction, city: City) -> Stamp:
    """Return a value that changes whenever somebody answers for another cell."""
    with tx.beyond_scope():
        return tuple(tx.one(SQL.duties_stamp, dict, city_id=city.id).values())


def duties(tx: db.Transaction, city: City) -> Duties:
    """Return who answers for which cell; workers are numbers from 0 on."""
    with tx.beyond_scope():
        rows = tx.all(SQL.duties, dict, city_id=city.id)
    numbers = {worker: n for n, worker in enumerate(sorted({one for row in rows for one in row["workers"]}))}
    return Duties({row["code"]: tuple(numbers[one] for one in row["workers"]) for row in rows})


def codes_of(tx: db.Transaction, city: City, ids: Sequence[int]) -> dict[int, str]:
    """Return the last code of cells."""
    return {row["id"]: row["code"] for row in tx.all(SQL.codes_of, dict, city_id=city.id, ids=list(ids))}


def units_of(tx: db.Transaction, ids: Sequence[int]) -> dict[int, str]:
    """Return the codes of units."""
    return {row["id"]: row["code"] for row in tx.all(SQL.units_of, dict, ids=list(ids))}


def _places(row: dict[str, Any]) -> Floats:
    return np.stack([_bytes(row[name], ">f8").astype(np.float64) for name in ("x", "y")], axis=1)


def _whole(column: memoryview | None) -> Integers:
    return _bytes(column, ">i8").astype(np.int64)


def _bytes(column: memoryview | None, kind: str) -> np.ndarray:
    return np.frombuffer(b"" if column is None else column, dtype=kind)
