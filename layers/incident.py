"""Incidents (案件) on the map: urgent ones are triangles, others drops; hollow once somebody is on the way."""

from __future__ import annotations

from layers.style import Mark

MARKS = {
    "urgent": Mark("triangle", 9, "incident-urgent"),
    "normal": Mark("drop", 7.5, "incident"),
}
