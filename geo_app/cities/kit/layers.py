"""The layers around the base: thematic areas, places, departments, responders, routes, incidents."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geo_app.cities.kit import names, read, shapes
from geo_app.cities.kit.findings import Finding, Findings, Weight
from geo_app.cities.kit.manifest import Layer
from geo_app.cities.kit.shapes import Ground, Located
from geo_app.cities.model import (
    CellRow,
    DepartmentRow,
    IncidentRow,
    PlaceRow,
    ResponderRow,
    RouteRow,
    ThematicRow,
)

CHANNELS = ("patrol", "hotline", "web", "partner", "system")
RESPONDERS = ("grid_worker", "inspector", "partner", "department")
LONGEST = 4000


def thematic(layer: Layer, ground: Ground, findings: Findings) -> list[ThematicRow]:
    """Return the areas or lines of a thematic layer; invalid rings are mended, and that is said."""
    found = shapes.locate(layer, read.table(layer), ground, findings)
    geometries = found.shapes
    codes: set[str] = set()
    rows = []
    for row, number, shape in zip(found.rows, found.numbers, geometries, strict=True):
        code = row.get("code")
        if code is None or code in codes:
            findings.refuse(
                layer.name, "duplicate_code", f"the code {code!r} is missing or stands twice", row=number
            )
            continue
        codes.add(code)
        rows.append(ThematicRow(layer.options.get("theme", layer.name), code, row.get("name") or code,
                                _valid(layer, number, code, shape, ground, findings)))  # fmt: skip
    return rows


def _valid(
    layer: Layer, number: int, code: str, shape: BaseGeometry, ground: Ground, findings: Findings
) -> BaseGeometry:
    if shape.is_valid:
        return shape
    whole = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    changed = abs(float(whole.area) - float(shape.area))
    findings.add(
        Finding(
            Weight.MENDED, layer.name, "invalid", shapely.is_valid_reason(shape), number, code,
            ground.lonlat(shape.centroid), "rebuilt from its rings", round(changed, 3),
        )
    )  # fmt: skip
    return whole


def places(
    layer: Layer, ground: Ground, cells: list[CellRow], findings: Findings
) -> tuple[list[PlaceRow], Located]:
    """Return the named places, each with the community whose cell it lies in, and where they are."""
    found = shapes.locate(layer, read.table(layer), ground, findings)
    owner = np.full(len(found.rows), -1)
    tree = shapely.STRtree([cell.geometry for cell in cells])
    for place, cell in tree.query(found.shapes, predicate="intersects").T.tolist():
        owner[place] = cell if owner[place] < 0 else min(owner[place], cell)
    rows = []
    for row, number, shape, index, given in zip(
        found.rows, found.numbers, found.shapes, owner.tolist(), found.given(), strict=True
    ):
        name = row.get("name")
        if name is None or not isinstance(shape, Point):
            findings.refuse(layer.name, "name", "a place has a name and is a point", row=number)
            continue
        aliases, former = names.told(layer, row, number, findings)
        community = cells[index].community if index >= 0 else None
        rows.append(
            PlaceRow(
                row.get("kind") or "poi",
                name,
                row.get("road"),
                row.get("number"),
                community,
                shape,
                aliases,
                former,
                given,
            )
        )
    return rows, found


def departments(layer: Layer) -> list[DepartmentRow]:
    """Return the departments of a table."""
    rows = shapes.fields(layer, read.table(layer))
    return [
        DepartmentRow(
            row.get("code") or "", row.get("name") or "", row.get("name_en") or row.get("name") or ""
        )
        for row in rows
    ]


def responders(
    layer: Layer, ground: Ground, cells: list[CellRow], findings: Findings
) -> tuple[list[ResponderRow], Located]:
    """Return who can be sent; `skills` and `cells` are lists with ; between. Nobody on shifts is always on duty."""
    found = shapes.locate(layer, read.table(layer), ground, findings)
    known = {cell.code for cell in cells}
    rows = []
    seen: set[str] = set()
    for row, number, shape, given in zip(found.rows, found.numbers, found.shapes, found.given(), strict=True):
        code, name, kind = row.get("code"), row.get("name"), row.get("kind") or "department"
        duty = _list(row.get("cells"))
        strange = sorted(set(duty) - known)
        if code is None or name is None or code in seen:
            findings.refuse(
                layer.name, "code", f"a code of its own and a name, got {code!r}, {name!r}", row=number
            )
        elif kind not in RESPONDERS:
            findings.refuse(layer.name, "kind", f"one of {', '.join(RESPONDERS)}, got {kind!r}", row=number)
        elif strange:
            findings.refuse(layer.name, "cells", f"no cell has the code {strange[0]!r}", row=number)
        else:
            seen.add(code)
            skills = _list(row.get("skills"))
            rows.append(
                ResponderRow(code, name, kind, skills, row.get("department"), duty, (), _point(shape), given)
            )
    return rows, found


def routes(layer: Layer, ground: Ground, findings: Findings) -> list[RouteRow]:
    """Return the patrol routes of a layer of lines; each names the responder who walks it."""
    found = shapes.locate(layer, read.table(layer), ground, findings)
    rows = []
    for row, number, shape in zip(found.rows, found.numbers, found.shapes, strict=True):
        code, responder = row.get("code"), row.get("responder")
        if code is None or responder is None or not isinstance(shape, LineString):
            findings.refuse(
                layer.name, "route", "a route is one line with a code and a responder", row=number
            )
            continue
        rows.append(RouteRow(code, row.get("name") or code, responder, shape))
    return rows


def incidents(
    layer: Layer, ground: Ground, zone: str, categories: set[str], findings: Findings
) -> tuple[list[IncidentRow], Located]:
    """Return past troubles; times without a zone are the city's own, read as `time_format` or ISO 8601."""
    found = shapes.locate(layer, read.table(layer), ground, findings)
    rows = []
    for row, number, shape, given in zip(found.rows, found.numbers, found.shapes, found.given(), strict=True):
        category, channel = row.get("category") or "", row.get("channel") or "system"
        occurred = _moment(layer, row.get("occurred_at"), zone)
        closed = _moment(layer, row.get("closed_at"), zone)
        text = row.get("description") or ""
        if category not in categories:
            findings.refuse(
                layer.name, "category", f"{category!r} is none of the kit's categories", row=number
            )
        elif channel not in CHANNELS:
            findings.refuse(
                layer.name, "channel", f"{channel!r} is none of {', '.join(CHANNELS)}", row=number
            )
        elif occurred is None or (row.get("closed_at") is not None and closed is None):
            stated = row.get("occurred_at") if occurred is None else row.get("closed_at")
            findings.refuse(layer.name, "time", f"{stated!r} is no time of the stated format", row=number)
        elif closed is not None and closed < occurred:
            findings.refuse(layer.name, "time", "closed before it occurred", row=number)
        elif not 1 <= len(text) <= LONGEST:
            findings.refuse(layer.name, "description", f"1 to {LONGEST} characters", row=number)
        else:
            rows.append(IncidentRow(category, channel, text, _point(shape), occurred, closed, given))
    return rows, found


def _moment(layer: Layer, text: str | None, zone: str) -> datetime | None:
    if text is None:
        return None
    try:
        if "time_format" in layer.options:
            moment = datetime.strptime(text, layer.options["time_format"])  # noqa: DTZ007 - zoned below
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(one.strip() for one in (text or "").split(";") if one.strip())


def _point(shape: BaseGeometry) -> Point:
    if isinstance(shape, Point):
        return shape
    return Point(np.round(shapely.get_coordinates(shape.centroid)[0], 3))
