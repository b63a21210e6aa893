"""What a kit's files say of a place is kept as they say it, and each file with its fingerprint."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo_app.cities import service
from geo_app.core import coords, db
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from tests import kits
from tests.integration.conftest import Raw, command_line

LAYERS = """
[[categories]]
code = "dirt"
name = "脏"
name_en = "Dirt"
respond_minutes = 15

[[layers]]
kind = "places"
file = "places.csv"
frame = "{frame}"
columns = {{ name = "name", x = "x", y = "y" }}

[[layers]]
kind = "places"
file = "more.csv"
frame = "epsg:4548"
columns = {{ name = "name", x = "x", y = "y" }}

[[layers]]
kind = "responders"
file = "people.csv"
frame = "{frame}"
columns = {{ code = "name", name = "name", x = "x", y = "y" }}

[[layers]]
kind = "incidents"
file = "incidents.csv"
frame = "{frame}"

[layers.columns]
category = {{ value = "dirt" }}
description = "name"
occurred_at = {{ value = "2026-02-01T08:00:00" }}
x = "x"
y = "y"
"""
BOARD = [(10.0, 10.0), (150.0, 20.0), (33.333, 166.667)]
KEPT = {
    "place": "SELECT given_x, given_y, given_frame, point FROM place WHERE name = %(name)s",
    "responder": "SELECT given_x, given_y, given_frame, point FROM responder_position p"
    " JOIN responder r ON r.id = p.responder_id WHERE r.code = %(name)s",
    "incident": "SELECT given_x, given_y, given_frame, point FROM report r JOIN incident i ON i.id = r.incident_id"
    " WHERE i.description = %(name)s",
}


def kit(folder: Path, frame: str) -> dict[str, tuple[float, float]]:
    """Write a kit whose points are in `frame`, with every digit a float has; return them by name."""
    kits.write(folder, more=LAYERS.format(frame=frame))
    raw = coords.from_wgs84(np.array(kits.lonlat(BOARD)), frame)
    points = {f"处{number}": (float(x), float(y)) for number, (x, y) in enumerate(raw)}
    lines = ["name,x,y", *(f"{name},{x!r},{y!r}" for name, (x, y) in points.items())]
    for file in ("places", "people", "incidents"):
        (folder / f"{file}.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "more.csv").write_text("name,x,y\n别处,500010.5,4400010.25\n", encoding="utf-8")
    return points


def one(tx: db.Transaction, sql: str, **values: Any) -> tuple[Any, ...]:
    (row,) = tx.all(Raw(sql), lambda row: tuple(row.values()), **values)
    return row


@pytest.mark.parametrize("frame", ["gcj02", "bd09", "wgs84", "epsg:3857"])
@pytest.mark.parametrize("thing", KEPT)
def test_a_point_is_kept_bit_for_bit_beside_where_it_is(
    database: db.Database, tmp_path: Path, frame: str, thing: str
) -> None:
    points = kit(tmp_path, frame)
    data = kits.examine(tmp_path).data
    assert data is not None
    with database.transaction(SYSTEM) as tx:
        service.load(tx, data)
        for (name, given), (lon, lat) in zip(points.items(), kits.lonlat(BOARD), strict=True):
            x, y, stated, point = one(tx, KEPT[thing], name=name)
            assert ((x, y), stated) == (given, frame)
            assert (point.x, point.y) == pytest.approx((lon, lat), abs=2e-8), "about a millimetre"
        assert one(tx, KEPT["place"], name="别处")[:3] == (500010.5, 4400010.25, "epsg:4548")


def test_each_file_is_listed_with_its_fingerprint(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kit(tmp_path, "bd09")
    run = partial(command_line(settings, monkeypatch), "cities")
    run("load", str(tmp_path))
    listed = run("layers", "test", "--json")
    expected = [
        ("base", "cells.geojson", "wgs84", 4), ("incidents", "incidents.csv", "bd09", 3),
        ("places", "places.csv", "bd09", 3), ("places#2", "more.csv", "epsg:4548", 1),
        ("responders", "people.csv", "bd09", 3),
    ]  # fmt: skip
    assert [(one["layer"], one["file"], one["frame"], one["features"]) for one in listed] == expected
    for one in listed:
        assert one["sha256"] == hashlib.sha256((tmp_path / one["file"]).read_bytes()).hexdigest()
    run("load", str(tmp_path), "--replace")
    assert run("layers", "test", "--json") == listed
    run("remove", "test")
