"""Doors for figures: the numbers of a plan, statistics of the past, two grids side by side."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import shapely
from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

from geo_app.core import coords, describe, door, web
from geo_app.core.errors import BadInput
from geo_app.insight import answers, service
from geo_app.insight.model import FORMULAS, Shift, Window
from geo_app.insight.service import MONTHS, MOST_MONTHS, Difference, Grid, Kind
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from grids.compare import Change
from grids.model import Cell

routes = APIBlueprint("insight", __name__, tag="Figures")
MOST_DRAWN = 2000
"""Cells of each side that are drawn; the others are listed."""
GRID = re.compile(r"(release|plan):([1-9][0-9]{0,8})", re.ASCII)
DECIMALS = {
    "area": 2, "perimeter": 2, "polsby_popper": 4, "reock": 4, "polsby_popper_mean": 4, "polsby_popper_least": 4,
    "reock_mean": 4, "reock_least": 4, "largest_to_smallest": 3, "gini": 4,
}  # fmt: skip
PERIOD = (
    describe.whole("months", "Months of history.", MONTHS, 1, MOST_MONTHS),
    describe.query("until", "The day before which they end; today when left out.", format="date"),
)
CAST = describe.query(
    "cast", "matched: the cells of their time; release:ID or plan:ID: re-cast to those cells.", default="matched",
    pattern=f"^(matched|{GRID.pattern})$",
)  # fmt: skip
BY = describe.choice("by", "Of what.", "community", ("cell", "community"))
FROM = describe.query("from", "release:ID or plan:ID.", required=True, pattern=f"^{GRID.pattern}$")
TO = describe.query("to", "release:ID or plan:ID.", required=True, pattern=f"^{GRID.pattern}$")


@routes.get("/api/plans/<int:plan_id>/numbers")
@routes.doc(**describe.door(answers.NumbersSheet, *PERIOD))
@door.permit("map.read")
def numbers(plan_id: int) -> ResponseReturnValue:
    """Return what a plan makes of the city's numbers: before and after, for each cell and community that changes."""
    months, until = _period()
    with web.transaction() as tx:
        plan = service.of_plan(tx, plan_id, months, until)
    found = plan.numbers
    body = {
        "seq": plan.seq, "base": plan.base, "window": _window(found.window), "basis": found.basis,
        "formulas": FORMULAS, "before": _told(found.before), "after": _told(found.after),
        "cells": [_pair(code, *both) for code, both in found.cells.items()],
        "units": [_pair(code, *both) for code, both in found.units.items()],
        "changes": {
            "workers": {
                "among": found.changes.workers_among, "changed": found.changes.workers,
                "share": _share(found.changes.workers, found.changes.workers_among),
            },
            "households": found.changes.households and _shift(found.changes.households),
            "open": _shift(found.changes.open), "incidents": _shift(found.changes.incidents),
        },
    }  # fmt: skip
    return web.ok(body)


@routes.get("/api/statistics")
@routes.doc(**describe.door(answers.StatisticsSheet, describe.CITY, CAST, BY, *PERIOD))
@door.permit("map.read")
def statistics() -> ResponseReturnValue:
    """Count the incidents of the past by cell or community: of their time, or re-cast to a release or a plan."""
    months, until = _period()
    cast, by = request.args.get("cast", "matched"), web.choice("by", "community", ("cell", "community"))
    grid = None if cast == "matched" else _grid("cast", cast)
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        when = service.window(city, months, until)
        found = service.as_matched(tx, city, when) if grid is None else service.recast(tx, city, grid, when)
    items = found.cells if by == "cell" else found.communities
    return web.ok(
        {
            "cast": cast, "window": _window(found.window), "basis": found.basis, "formulas": FORMULAS,
            "incidents": sum(one.incidents for one in found.cells.values()) + found.outside.incidents,
            "outside": found.outside.incidents,
            "items": [{"code": code, **asdict(one)} for code, one in items.items()],
        }
    )  # fmt: skip


@routes.get("/api/compare")
@routes.doc(**describe.door(answers.ComparisonSheet, describe.CITY, FROM, TO))
@door.permit("map.read")
def compare() -> ResponseReturnValue:
    """Compare two releases or plans: what became of every cell, where its land went; both sides of what changed."""
    old, new = (_grid(name, request.args.get(name, "")) for name in ("from", "to"))
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.difference(tx, city, old, new)
    changes, gone = found.comparison.changes, found.comparison.gone
    was, now, left_out = _drawn(city, found)
    told = {*changes, *gone}
    return web.ok(
        {
            "from": f"{old.kind}:{old.id}", "to": f"{new.kind}:{new.id}", "kept": found.comparison.kept,
            "counts": dict(sorted(Counter(one for some in changes.values() for one in some).items())
                           + [(one, many) for one, many in _removed(gone).items()]),
            "changed": [{"code": code, "changes": sorted(some)} for code, some in changes.items()],
            "gone": [{"code": code, "changes": sorted(some)} for code, some in gone.items()],
            "lineage": [
                {
                    "old": one.old, "new": one.new, "area": round(one.area, 2),
                    "share_of_old": round(one.share_of_old, 6), "share_of_new": round(one.share_of_new, 6),
                }
                for one in found.comparison.lineage if one.new in told or one.old in gone
            ],
            "old": was, "new": now, "left_out": left_out,
        }
    )  # fmt: skip


def _removed(gone: Mapping[str, Collection[Change]]) -> dict[Change, int]:
    """Return how many old cells left no land to anybody: no new cell tells of them."""
    many = sum(Change.REMOVED in one for one in gone.values())
    return {Change.REMOVED: many} if many else {}


def _drawn(city: City, found: Difference) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Return the cells that changed as both sides have them, and how many are left out."""
    changes, gone = found.comparison.changes, found.comparison.gone
    heirs = {one.old for one in found.comparison.lineage if one.new in changes}
    old = sorted(code for code in {*changes, *gone, *heirs} if code in found.old.cells)
    new = list(changes)
    return (
        _features(city, [found.old.cells[code] for code in old[:MOST_DRAWN]], {**changes, **gone}),
        _features(city, [found.new.cells[code] for code in new[:MOST_DRAWN]], changes),
        sum(max(len(some) - MOST_DRAWN, 0) for some in (old, new)),
    )


def _features(city: City, cells: list[Cell], told: Mapping[str, Collection[Change]]) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": one.code, "name": one.name, "community": one.community,
                "changes": sorted(told.get(one.code, ())),
            },
            "geometry": shapely.geometry.mapping(coords.to_lonlat(one.geometry, city.srid)),
        }
        for one in cells
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def _period() -> tuple[int, date | None]:
    text = request.args.get("until")
    if text is None:
        return web.whole("months", MONTHS, 1, MOST_MONTHS), None
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError(text)
        until = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("until", text, "a day, as 2026-05-01") from error
    if not 1950 <= until.year <= 2200:
        raise BadInput("until", text, "a day between 1950 and 2200")
    return web.whole("months", MONTHS, 1, MOST_MONTHS), until


def _grid(name: str, text: str) -> Grid:
    found = GRID.fullmatch(text)
    if found is None:
        raise BadInput(name, text, "release:ID or plan:ID")
    return Grid(Kind(found[1]), int(found[2]))


def _window(window: Window) -> dict[str, str]:
    return {"since": window.since.isoformat(), "until": window.until.isoformat()}


def _pair(code: str, before: Any, after: Any) -> dict[str, Any]:
    return {"code": code, "before": before and _told(before), "after": after and _told(after)}


def _told(numbers: Any) -> dict[str, Any]:
    """Return numbers as JSON, in decimals that mean something."""
    return _rounded(asdict(numbers))


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _rounded(value) if isinstance(value, dict)
        else round(value, DECIMALS[name]) if name in DECIMALS and value is not None else value
        for name, value in values.items()
    }  # fmt: skip


def _shift(shift: Shift) -> dict[str, Any]:
    return {**asdict(shift), "share_worker": _share(shift.worker, shift.among)}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
