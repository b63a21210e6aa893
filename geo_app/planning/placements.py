"""Placements in the database: where located things lie.

They are written beyond the actor's scope: where a thing lies does not depend on who may look there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo_app.core import db
from geo_app.organisation.model import City
from geo_app.planning.model import Placed, Subject

SQL = db.statements(__file__)
PAGE = 20_000
"""Placements that are written at once."""
Xy = tuple[float, float]


def add(tx: db.Transaction, city: City, subject: Subject, point: Point, placed: Placed, at: datetime) -> None:
    """Write the match of one subject, `point` metric, and note it in its history."""
    with tx.beyond_scope():
        placement_id = tx.value(
            SQL.place, city_id=city.id, jurisdiction=city.jurisdiction, kind=subject.kind, subject_id=subject.id,
            point=point, cell_id=placed.cell_id, release_id=placed.release, at=at, is_open=subject.is_open,
        )  # fmt: skip
        tx.run(
            SQL.note_placement, placement_id=placement_id, cell_id=placed.cell_id, release_id=placed.release, at=at,
            reason="match",
        )  # fmt: skip


def add_all(
    tx: db.Transaction,
    city: City,
    subjects: Sequence[tuple[Subject, Xy, int | None]],
    release: int | None,
    at: datetime,
) -> None:
    """Write many subjects with their metric place and the cell found for them, and note it in their histories."""
    with tx.beyond_scope():
        for begin in range(0, len(subjects), PAGE):
            page = subjects[begin : begin + PAGE]
            tx.run(
                SQL.add_placements, city_id=city.id, jurisdiction=city.jurisdiction, srid=city.srid,
                kinds=[subject.kind for subject, _, _ in page], subjects=_array(one.id for one, _, _ in page),
                x=_array(xy[0] for _, xy, _ in page), y=_array(xy[1] for _, xy, _ in page),
                cells=_array(cell for _, _, cell in page), are_open=_array(one.is_open for one, _, _ in page),
                release_id=release, at=at,
            )  # fmt: skip


def open_in(
    tx: db.Transaction, city: City, release_id: int, area: BaseGeometry | None
) -> tuple[list[int], list[Xy]]:
    """Return the open placements in `area` that are not matched to this release yet: their ids, their places."""
    with tx.beyond_scope():
        rows = tx.all(SQL.open_in, dict, city_id=city.id, release_id=release_id, area=area)
    return [row["id"] for row in rows], [(row["x"], row["y"]) for row in rows]


def match(
    tx: db.Transaction, ids: Sequence[int], cells: Sequence[int | None], release_id: int, at: datetime
) -> list[tuple[str, int, list[int]]]:
    """Give placements their cells; return those whose cell or community changed, in order of kind and id.

    Each with its kind, its id and the ids of the communities it lay in before and lies in now.
    """
    with tx.beyond_scope():
        rows = tx.all(SQL.match, dict, ids=_array(ids), cells=_array(cells), release_id=release_id, at=at)
    return sorted((row["subject_kind"], row["subject_id"], row["communities"]) for row in rows)


def close(tx: db.Transaction, kind: str, subject_id: int) -> None:
    """Freeze a subject's match: later releases leave it alone."""
    tx.run(SQL.close_placement, kind=kind, subject_id=subject_id)


def open_in_cell(tx: db.Transaction, cell_id: int, kind: str) -> int:
    """Return how many open subjects of a kind a cell holds."""
    return int(tx.value(SQL.open_in_cell, cell_id=cell_id, kind=kind))


def _array(values: Iterable[float | None]) -> str:
    """Return numbers as the database reads an array of them; as constants each would be parsed for itself."""
    return "{" + ",".join("NULL" if value is None else repr(value) for value in values) + "}"
