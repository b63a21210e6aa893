"""What the command line shows of incidents; pure."""

from __future__ import annotations

from dataclasses import asdict

from geo_app.incidents.model import Incident
from geo_app.incidents.nearness import Near


def words(one: Near) -> str:
    """Return an incident that may be the same in a few words."""
    return f"{one.id} ({one.category}, {one.metres:.0f} m, {one.seconds / 60:.0f} min)"


def near_row(one: Near) -> dict[str, object]:
    """Return an incident that may be the same as a row of a table."""
    return {
        "id": one.id, "category": one.category, "state": str(one.state), "location": str(one.location),
        "metres": round(one.metres, 1), "minutes": round(one.seconds / 60), "description": one.description,
    }  # fmt: skip


def row(one: Incident) -> dict[str, object]:
    """Return an incident as a row of a table."""
    return {
        "id": one.id, "category": one.category, "state": str(one.state), "location": str(one.location),
        "cell": one.cell or "", "reported_at": one.reported_at.isoformat(timespec="seconds"),
        "exercise": one.is_exercise, "description": one.description,
    }  # fmt: skip


def whole(one: Incident) -> dict[str, object]:
    """Return all of an incident."""
    place = None if one.position is None else [one.position.x, one.position.y]
    return {**asdict(one), "position": place}
