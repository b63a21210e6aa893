"""`geo assignments …`, `geo responders …`: send, step, sign on and off from a shell, twice as well as once."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from flask.testing import FlaskClient
from shapely import Point

from geo_app.core import coords
from geo_app.core.errors import BadInput, Conflict, Refused
from tests.integration.conftest import Run, Town


def first(town: Town) -> int:
    """Return the first open incident, which asks for a skill that two have."""
    return int(town.one("SELECT id FROM incident WHERE state = 'reported' ORDER BY id LIMIT 1"))


def test_an_incident_goes_from_candidates_to_done(geo: Run, town: Town) -> None:
    incident = first(town)
    rows = geo("incidents", "candidates", incident, "--json")["candidates"]
    assert [row["seconds"] for row in rows] == sorted(row["seconds"] for row in rows)
    make = ["assignments", "make", incident, rows[0]["responder"], "--json"]
    made = geo(*make)
    assert geo(*make) == made
    assert [one["id"] for one in geo("assignments", "list", "--json")] == [made["id"]]
    with pytest.raises(Conflict, match="already has"):
        geo("assignments", "make", incident, rows[1]["responder"])
    for step, state in (("accept", "accepted"), ("arrive", "on_site"), ("finish", "done")):
        for _ in range(2):
            assert geo("assignments", "step", made["id"], step, "--json")["state"] == state
    assert geo("incidents", "show", incident, "--json")["state"] == "handled"
    assert geo("assignments", "list", "--json") == []


def test_who_lacks_the_skill_and_who_passes_by_are_told_as_the_door_tells_them(
    geo: Run, town: Town, town_client: FlaskClient
) -> None:
    incident = first(town)
    town.run("UPDATE incident SET point = %(p)s WHERE id = %(id)s", p=lonlat(50), id=incident)
    town.run("UPDATE responder_position SET point = %(p)s WHERE responder_id ="
             " (SELECT id FROM responder WHERE code = 'P0')", p=lonlat(45))  # fmt: skip
    told = geo("incidents", "candidates", incident, "--k", 20, "--json")
    asked = town_client.get(f"/api/incidents/{incident}/candidates?k=20").get_json()
    assert told.keys() == asked.keys()
    for group in ("candidates", "others"):
        assert [(one["responder"], one["reasons"]) for one in told[group]] == [
            (one["responder"]["id"], one["reasons"]) for one in asked[group]
        ]
    assert [(one["responder"], one["route"]) for one in told["passing"]] == [
        (one["responder"]["id"], one["route"]["code"]) for one in asked["passing"]
    ]
    assert told["others"]
    assert "no_skill" in told["others"][0]["reasons"]
    assert [one["route"] for one in told["passing"]] == ["R1"]
    said = geo("incidents", "candidates", incident, "--k", 20)
    assert "without the skill:" in said
    assert "no_skill" in said
    assert "passing by on a round:" in said
    assert "R1" in said


def lonlat(x: float) -> Point:
    """Return a place on the town's round, so many metres from its west."""
    return coords.to_lonlat(Point(500_000 + x, 4_400_000 + 50), 4548)


def test_declining_needs_a_reason(geo: Run, town: Town) -> None:
    incident = first(town)
    responder = geo("incidents", "candidates", incident, "--json")["candidates"][0]["responder"]
    made = geo("assignments", "make", incident, responder, "--json")
    with pytest.raises(BadInput, match="reason"):
        geo("assignments", "step", made["id"], "decline")
    assert (
        geo("assignments", "step", made["id"], "decline", "--reason", "路堵", "--json")["state"] == "declined"
    )


def test_responders_are_listed_and_sign_off_and_on(geo: Run, town: Town) -> None:
    found = geo("responders", "list", "--json")
    assert [one["code"] for one in found] == ["P0", "P1", "P2", "P3"]
    for wanted in ("off", "off", "free"):
        assert geo("responders", "status", found[0]["id"], wanted, "--json")["status"] == wanted
    with pytest.raises(click.BadParameter):
        geo("responders", "status", found[0]["id"], "on_site")


def test_positions_are_loaded_all_or_none_and_twice_changes_nothing(
    geo: Run, town: Town, tmp_path: Path
) -> None:
    x, y = town.one("SELECT ST_X(point), ST_Y(point) FROM incident ORDER BY id LIMIT 1")
    head, good = "responder,lon,lat,at,accuracy", f"P0,{x!r},{y!r},{{}},5"
    at = town.one('SELECT to_char(now(), \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')')
    file = tmp_path / "gps.csv"
    seen = "SELECT at FROM responder_position ORDER BY responder_id"
    before = town.all(seen)
    file.write_text(f"{head}\n{good.format(at)}\nP9,{x!r},{y!r},{at},\n", encoding="utf-8")
    with pytest.raises(Refused, match="1 of 2 rows"):
        geo("positions", "load", file, "--frame", "wgs84")
    assert town.all(seen) == before
    file.write_text(f"{head}\n{good.format(at)}\n", encoding="utf-8")
    assert geo("positions", "load", file, "--frame", "wgs84", "--json")["stored"] == 1
    after = town.all(seen)
    assert after[0] > before[0]
    assert geo("positions", "load", file, "--frame", "wgs84", "--json")["stored"] == 0
    assert town.all(seen) == after
