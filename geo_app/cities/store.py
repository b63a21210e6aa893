"""The generated cities' live stream in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime

from geo_app.cities.model import LayerRow
from geo_app.core import db

SQL = db.statements(__file__)


def add_layers(tx: db.Transaction, city_id: int, rows: Sequence[LayerRow]) -> None:
    """Store what a city was made from."""
    columns = ("city_id", "layer", "file", "sha256", "frame", "features")
    tx.copy("city_layer", columns, ((city_id, *astuple(row)) for row in rows))


def layers(tx: db.Transaction, city_id: int) -> list[LayerRow]:
    """Return what a city was made from, by layer."""
    return tx.all(SQL.layers, LayerRow.read, city_id=city_id)


def start_stream(tx: db.Transaction, city_id: int, until: datetime) -> None:
    """Let a city's stream run until then."""
    tx.run(SQL.start_stream, city_id=city_id, until=until)


def stop_stream(tx: db.Transaction, city_id: int, at: datetime) -> None:
    """End a city's stream."""
    tx.run(SQL.stop_stream, city_id=city_id, at=at)


def runs_until(tx: db.Transaction, city_id: int) -> datetime | None:
    """Return until when a city's stream runs; None when it never ran."""
    found: datetime | None = tx.value(SQL.runs_until, city_id=city_id)
    return found


def take_turns(tx: db.Transaction, at: datetime) -> list[tuple[int, int]]:
    """Return city id and next number of every running stream, each number once."""
    return tx.all(SQL.take_turns, lambda row: (row["city_id"], row["number"]), at=at)
