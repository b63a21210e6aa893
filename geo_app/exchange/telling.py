"""A report as JSON: every finding with its place in lon/lat, what it would change, and what waits for whom."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo_app.core import coords
from geo_app.exchange.model import Import, Report
from grids import defects
from grids.defects import Finding


def told(report: Report, most: int) -> dict[str, Any]:
    """Return a report; of the findings `most` in all, those that wait first, and how many were left off."""
    order = ("open", "refused", "accepted", "mended", "noted")
    findings = sorted(report.findings, key=lambda one: order.index(one.weight))
    content = report.content
    return {
        "sha256": report.sha256,
        "format": content.format,
        "layer": content.layer,
        "frame": content.frame,
        "columns": dict(content.columns),
        "is_ready": report.is_ready,
        "rows": report.diagnosis.rows,
        "cells": len(report.diagnosis.cells),
        "counts": {str(kind): count for kind, count in defects.counts(report.findings).items()},
        "findings": [finding(one, report.srid) for one in findings[:most]],
        "left_off": max(0, len(findings) - most),
        "changes": [
            {
                "code": one.code,
                "before": round(one.before, 3),
                "after": round(one.after, 3),
                "share": round(one.share, 6),
            }
            for one in report.diagnosis.changes[:most]
        ],
        "changed": len(report.diagnosis.changes),
    }


def finding(one: Finding, srid: int) -> dict[str, Any]:
    """Return one finding; its place is a point in it and the box round it, in lon/lat."""
    return {
        "id": one.id,
        "kind": one.kind,
        "weight": one.weight,
        "cells": list(one.cells),
        "rows": list(one.rows[:100]),
        "count": one.count,
        "area": round(one.area, 3),
        "width": one.width,
        "mend": one.mend,
        "to": one.to,
        "says": one.says,
        "changes": {code: round(area, 3) for code, area in one.changes.items()},
        **place(one.place, srid),
    }


def place(shape: BaseGeometry, srid: int) -> dict[str, Any]:
    """Return where a shape in the metric frame is: `place`, a GeoJSON point of it, and `box`; None for nowhere."""
    if shape.is_empty:
        return {"place": None, "box": None}
    west, south, east, north = shape.bounds
    middle = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
    lonlat = coords.convert(np.array([middle, (west, south), (east, north)]), srid, coords.WGS84)
    (x, y), low, high = np.round(lonlat, 9).tolist()
    return {"place": {"type": "Point", "coordinates": [x, y]}, "box": [*low, *high]}


def compared(code: str, before: BaseGeometry | None, after: BaseGeometry | None, srid: int) -> dict[str, Any]:
    """Return a cell before and after its mend as GeoJSON, lon/lat, and the box round both."""
    both = [one for one in (before, after) if one is not None and not one.is_empty]
    return {
        "code": code,
        "before": None if before is None else mapping(coords.to_lonlat(before, srid)),
        "after": None if after is None else mapping(coords.to_lonlat(after, srid)),
        "box": place(shapely.GeometryCollection(both), srid)["box"],
    }


def brought(one: Import) -> dict[str, Any]:
    """Return an import."""
    return {
        "id": one.id, "name": one.name, "bytes": one.bytes, "sha256": one.sha256, "options": one.options,
        "actor": one.actor, "made_at": one.made_at.isoformat(), "plan": one.plan_id, "release": one.release_id,
    }  # fmt: skip
