"""`geo assignments …`, `geo responders …`: send, step, sign on and off from a shell, twice as well as once."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from geo_app.core.errors import BadInput, Conflict, Refused
from tests.integration.conftest import Run, Town


def first(town: Town) -> int:
    """Return the first open incident, which asks for a skill that two have."""
    return int(town.one("SELECT id FROM incident WHERE state = 'reported' ORDER BY id LIMIT 1"))


def test_an_incident_goes_from_candidates_to_done(geo: Run, town: Town) -> None:
    incident = first(town)
    rows = geo("incidents", "candidates", incident, "--json")
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


def test_declining_needs_a_reason(geo: Run, town: Town) -> None:
    incident = first(town)
    responder = geo("incidents", "candidates", incident, "--json")[0]["responder"]
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
