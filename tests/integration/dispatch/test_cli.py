"""`geo assignments …`, `geo responders …`: send, step, sign on and off from a shell, twice as well as once."""

from __future__ import annotations

import click
import pytest

from geo_app.core.errors import BadInput, Conflict
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
