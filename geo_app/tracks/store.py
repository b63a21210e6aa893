"""Tracks and presence in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import shapely
from shapely import Point

from geo_app.core import db
from geo_app.organisation.model import City
from geo_app.tracks.model import Position, Presence

SQL = db.statements(__file__)


def keep(tx: db.Transaction, city: City, new: Sequence[Position]) -> int:
    """Add positions to their tracks and return how many were not there yet."""
    spots = shapely.get_coordinates([one.point for one in new]).tolist()
    return tx.run(
        SQL.keep, city_id=city.id, jurisdiction=city.jurisdiction,
        responder_ids=_array(str(one.responder) for one in new),
        moments=_array(one.at.isoformat() for one in new),
        xs=_array(repr(x) for x, _ in spots), ys=_array(repr(y) for _, y in spots),
        accuracies=_array("NULL" if one.accuracy is None else repr(one.accuracy) for one in new),
    )  # fmt: skip


def track(tx: db.Transaction, responder: int, since: datetime, until: datetime, most: int) -> list[Position]:
    """Return up to `most` positions of a responder from `since` to before `until`, oldest first."""
    return tx.all(SQL.track, Position.read, responder_id=responder, since=since, until=until, most=most)


def is_seen(tx: db.Transaction, city: City, responder: int) -> bool:
    """Return whether the actor may see a responder's track."""
    return bool(tx.value(SQL.is_seen, city_id=city.id, responder_id=responder))


def make_days(tx: db.Transaction, moment: datetime, ahead: int) -> list[date]:
    """Make the days from the one of `moment` on, `ahead` more, and those rows wait for; return what was missing."""
    return tx.all(SQL.make_days, lambda row: row["day"], moment=moment, ahead=ahead)


def drop_days(tx: db.Transaction, before: datetime) -> int:
    """Drop the empty days that ended before a moment and return how many."""
    dropped: int = tx.value(SQL.drop_days, before=before)
    return dropped


def hold(tx: db.Transaction, city: City) -> None:
    """Let nobody else take a day of the city until this transaction ends."""
    tx.value(SQL.hold, city_id=city.id)


def first(tx: db.Transaction, city: City, before: datetime) -> datetime | None:
    """Return the moment of the oldest position of a city before then."""
    found: datetime | None = tx.value(SQL.first, city_id=city.id, before=before)
    return found


def count(tx: db.Transaction, city: City, before: datetime) -> int:
    """Return how many positions of a city are older than that."""
    found: int = tx.value(SQL.count, city_id=city.id, before=before)
    return found


def people(tx: db.Transaction, city: City, since: datetime, until: datetime) -> list[int]:
    """Return the responders of a city who have positions in a time."""
    return tx.all(SQL.people, lambda row: int(row["responder_id"]), city_id=city.id, since=since, until=until)


def take(
    tx: db.Transaction, responder: int, since: datetime, until: datetime
) -> tuple[list[datetime], list[Point]]:
    """Take somebody's positions of a time out of the table; return when and where they were, in order."""
    rows = tx.all(SQL.take, dict, responder_id=responder, since=since, until=until)
    return [row["at"] for row in rows], [row["point"] for row in rows]


def following(tx: db.Transaction, responder: int, since: datetime, until: datetime) -> datetime | None:
    """Return the moment of somebody's first position of a time."""
    found: datetime | None = tx.value(SQL.next, responder_id=responder, since=since, until=until)
    return found


def above(tx: db.Transaction, cells: Sequence[int], at: datetime) -> dict[int, tuple[int, int, int]]:
    """Return the ids of community, street and district of each cell at a moment."""
    rows = tx.all(SQL.above, dict, cell_ids=list(cells), at=at)
    return {row["cell_id"]: (row["community"], row["street"], row["district"]) for row in rows}


def add_presence(tx: db.Transaction, city: City, day: date, told: Sequence[Presence]) -> None:
    """Store how long people were in areas on a day of the city."""
    for one in told:
        tx.run(
            SQL.add_presence, city_id=city.id, jurisdiction=city.jurisdiction, day=day, level=one.level,
            area_id=one.area, seconds=one.seconds, responders=one.responders,
        )  # fmt: skip


def erase(tx: db.Transaction, responder: int) -> int:
    """Delete the whole track of a responder and return how many positions it had."""
    return tx.run(SQL.erase, responder_id=responder)


def forget_off(tx: db.Transaction, before: datetime, *, is_dry: bool) -> int:
    """Forget stretches off duty that ended before then, or only count them, and return how many."""
    if is_dry:
        found: int = tx.value(SQL.count_off, before=before)
        return found
    return tx.run(SQL.forget_off, before=before)


def _array(items: Iterable[str]) -> str:
    """Return numbers or moments as one array literal: read by the database in a fraction of the time of a list."""
    return "{" + ",".join(items) + "}"
