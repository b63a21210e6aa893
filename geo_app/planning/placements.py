"""Placements in the database: where located things lie.

They are written beyond the actor's scope: where a thing lies does not depend on who may look there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely
from shapely import Point

from geo_app.core import db
from geo_app.organisation.model import City
from geo_app.planning.changes import Ahead, Move
from geo_app.planning.model import Placed, Subject

SQL = db.statements(__file__)
PAGE = 20_000
"""Placements that are written at once."""
Xy = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Thing:
    """A placement with its metric place."""

    id: int
    x: float
    y: float
    cell_id: int | None
    community_id: int | None
    is_open: bool
    is_incident: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A thing whose cell or community changed: the ids of the communities and the cells before and now."""

    subject_kind: str
    subject_id: int
    communities: list[int]
    cells: list[int]


def add(
    tx: db.Transaction, city: City, subject: Subject, point: Point, placed: Placed, at: datetime
) -> tuple[int, bool]:
    """Write the match of one subject, `point` metric, and note it in its history.

    Return the placement's id and whether the subject had been placed before.
    """
    with tx.beyond_scope():
        placement_id, is_known = tx.one(
            SQL.place, lambda row: (int(row["id"]), bool(row["is_known"])), city_id=city.id,
            jurisdiction=city.jurisdiction, kind=subject.kind, subject_id=subject.id,
            point=point, cell_id=placed.cell_id, release_id=placed.release, at=at, is_open=subject.is_open,
        )  # fmt: skip
        tx.run(
            SQL.note_placement, placement_id=placement_id, cell_id=placed.cell_id, release_id=placed.release, at=at,
            reason="match",
        )  # fmt: skip
    return placement_id, is_known


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


def open_in(tx: db.Transaction, city: City) -> tuple[list[int], list[Xy]]:
    """Return the open placements of a city: their ids, their places."""
    with tx.beyond_scope():
        rows = tx.all(SQL.open_in, dict, city_id=city.id)
    return [row["id"] for row in rows], [(row["x"], row["y"]) for row in rows]


def placed_after(tx: db.Transaction, city: City, line: int) -> tuple[list[int], list[Xy]]:
    """Return the open things placed since a line of the history was written: their ids, their places."""
    with tx.beyond_scope():
        rows = tx.all(SQL.placed_after, dict, city_id=city.id, line=line)
    return [row["id"] for row in rows], [(row["x"], row["y"]) for row in rows]


def written(tx: db.Transaction, city: City) -> int:
    """Return a line of the history after which comes whoever is placed from now on, and nobody else of the city.

    For that it waits until nothing is being matched.
    """
    tx.value(SQL.stop_matching, city_id=city.id)
    try:
        with tx.beyond_scope():
            return int(tx.value(SQL.last_line))
    finally:
        tx.value(SQL.go_on_matching, city_id=city.id)


def things_in(tx: db.Transaction, city: City, shapes: np.ndarray) -> list[Thing]:
    """Return what lies in the boxes around metric shapes, the closed too, by id."""
    boxes = shapely.set_srid(shapely.envelope(shapes), city.srid)
    with tx.beyond_scope():
        rows = tx.all(SQL.things_in, lambda row: Thing(**row), city_id=city.id, boxes=boxes.tolist())
    return sorted({one.id: one for one in rows}.values(), key=lambda one: one.id)


def foretold(tx: db.Transaction, city: City) -> frozenset[int]:
    """Return the placements of a city that something is written ahead of."""
    with tx.beyond_scope():
        return frozenset(tx.all(SQL.foretold, lambda row: int(row["placement_id"]), city_id=city.id))


def numbers(tx: db.Transaction, subjects: Sequence[Subject]) -> dict[tuple[str, int], int]:
    """Return the placements of subjects, by their kind and id."""
    with tx.beyond_scope():
        rows = tx.all(
            SQL.numbers,
            dict,
            kinds=[one.kind for one in subjects],
            subjects=_array(one.id for one in subjects),
        )
    return {(row["subject_kind"], row["subject_id"]): row["id"] for row in rows}


def match(
    tx: db.Transaction, cells: Mapping[int, int | None], release_id: int, since: datetime, at: datetime
) -> list[Moved]:
    """Give placements their cells, in force `since`; return those whose cell or community changed, by kind and id."""
    with tx.beyond_scope():
        rows = tx.all(
            SQL.match, lambda row: Moved(**row), ids=_array(cells), cells=_array(cells.values()),
            release_id=release_id, since=since, at=at,
        )  # fmt: skip
    return sorted(rows, key=lambda one: (one.subject_kind, one.subject_id))


def note(
    tx: db.Transaction, moves: Mapping[int, Move], line: int, release_id: int, since: datetime, at: datetime
) -> dict[int, tuple[str, int]]:
    """Write moves, in force `since`, into the histories of what is open and was not placed after `line`.

    Return the kind and id of each subject, by placement; nothing else is changed yet.
    """
    with tx.beyond_scope():
        rows = tx.all(
            SQL.note_moves, lambda row: tuple(row.values()), line=line, release_id=release_id, since=since, at=at,
            **_given(moves),
        )  # fmt: skip
    return {placement: (kind, subject) for placement, kind, subject in rows}


def move(tx: db.Transaction, moves: Mapping[int, Move], release_id: int, at: datetime) -> int:
    """Give open placements that lie where they lay their cells, and return how many those are."""
    with tx.beyond_scope():
        return tx.run(SQL.move, release_id=release_id, at=at, **_given(moves))


def _given(moves: Mapping[int, Move]) -> dict[str, str]:
    """Return moves as statements take them."""
    return {
        "ids": _array(moves), "cells": _array(one.home[0] for one in moves.values()),
        "was": _array(one.was[0] for one in moves.values()),
    }  # fmt: skip


def take_over(tx: db.Transaction, city: City, at: datetime) -> list[Moved]:
    """Let what was written ahead and has begun be what is; return whom that moved, by kind and id."""
    with tx.beyond_scope():
        rows = tx.all(SQL.take_over, lambda row: Moved(**row), city_id=city.id, at=at)
    return sorted(rows, key=lambda one: (one.subject_kind, one.subject_id))


def foretell(
    tx: db.Transaction, anew: Iterable[int], since: datetime, ahead: Sequence[Ahead], at: datetime
) -> None:
    """Write what is ahead; what was written of `anew` for `since` and later is forgotten first."""
    ids = _array(anew)
    with tx.beyond_scope():
        for statement in (SQL.cut_ahead, SQL.drop_ahead):
            tx.run(statement, ids=ids, since=since)
        if ahead:
            tx.run(
                SQL.add_ahead, ids=_array(one.placement for one in ahead), cells=_array(one.home[0] for one in ahead),
                communities=_array(one.home[1] for one in ahead), releases=_array(one.stage.release for one in ahead),
                since=[one.stage.since for one in ahead], until=[one.stage.until for one in ahead], at=at,
            )  # fmt: skip


def placed_at(
    tx: db.Transaction, kind: str, subject_id: int, at: datetime, known_at: datetime
) -> tuple[int | None, int | None] | None:
    """Return the cell and the release a subject was matched to at `at` as was known at `known_at`."""
    return tx.first(
        SQL.placed_at, lambda row: (row["cell_id"], row["release_id"]), kind=kind, subject_id=subject_id, at=at,
        known_at=known_at,
    )  # fmt: skip


def close(tx: db.Transaction, kind: str, subject_id: int, at: datetime) -> None:
    """Freeze a subject's match: later releases leave it alone."""
    tx.run(SQL.take_own_over, kind=kind, subject_id=subject_id, at=at)
    tx.run(SQL.close_placement, kind=kind, subject_id=subject_id, at=at)


def open_in_cell(tx: db.Transaction, cell_id: int, kind: str) -> int:
    """Return how many open subjects of a kind a cell holds."""
    return int(tx.value(SQL.open_in_cell, cell_id=cell_id, kind=kind))


def _array(values: Iterable[float | None]) -> str:
    """Return numbers as the database reads an array of them; as constants each would be parsed for itself."""
    return "{" + ",".join("NULL" if value is None else repr(value) for value in values) + "}"
