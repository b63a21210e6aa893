"""What an editor draws of a plan: cells as runs of arcs, each border once, in millimetres and in degrees."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

from geo_app.core import coords
from geo_app.organisation.model import City
from grids import arcs
from grids.arcs import OUTSIDE
from grids.draft import Box, Draft
from grids.model import Cell
from grids.rings import PER_METRE

DIGITS = 9
"""Decimals of a degree: a tenth of a millimetre."""


def around(before: Draft, after: Draft, codes: Iterable[str]) -> list[Cell]:
    """Return the cells of `after` at or beside the places of these codes, before and after: their runs may be new."""
    found: dict[str, Cell] = {}
    for code in codes:
        both = [cell for draft in (before, after) if (cell := draft.cells.get(code)) is not None]
        found.update((cell.code, cell) for cell in after.near(_box(both)))
    return [found[code] for code in sorted(found)]


def picture(
    base: Draft, draft: Draft, cells: Collection[Cell], locked: Collection[str], city: City
) -> dict[str, Any]:
    """Return cells, their arcs and the junctions these end in; arcs on the far side name who is beyond."""
    wanted = {cell.code for cell in cells}
    if not wanted:
        return {"cells": [], "arcs": [], "junctions": []}
    found = arcs.of(draft.near(_box(cells)))
    is_wanted = np.array([code in wanted for code in found.codes])
    beyond = (found.other != OUTSIDE) & is_wanted[found.other]
    kept = np.flatnonzero(is_wanted[found.one] | beyond)
    number = np.full(len(found), -1)
    number[kept] = np.arange(len(kept))
    drawn = _arcs(found, kept, city)
    return {
        "cells": [
            {**_cell(base, cell, locked), "rings": rings}
            for cell, rings in _rings(found, draft, is_wanted, number)
        ],
        "arcs": drawn,
        "junctions": _junctions(found, drawn),
    }


def _cell(base: Draft, cell: Cell, locked: Collection[str]) -> dict[str, Any]:
    return {
        "code": cell.code,
        "name": cell.name,
        "community": cell.community,
        "is_locked": cell.code in locked,
        "is_changed": is_changed(base, cell),
    }


def is_changed(base: Draft, cell: Cell) -> bool:
    """Return whether a cell is not as it was in the base release."""
    was = base.cells.get(cell.code)
    if was is None:
        return True
    is_same = was.geometry is cell.geometry or was.geometry.equals_exact(cell.geometry, 0, normalize=True)
    return not (is_same and was.name == cell.name and was.community == cell.community)


def _box(cells: Iterable[Cell]) -> Box:
    boxes = np.array([cell.geometry.bounds for cell in cells])
    west, south = boxes[:, :2].min(axis=0).tolist()
    east, north = boxes[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _rings(
    found: arcs.Arcs, draft: Draft, is_wanted: np.ndarray, number: np.ndarray
) -> Iterable[tuple[Cell, list[list[int]]]]:
    rings: dict[int, list[list[int]]] = {}
    for ring, cell in enumerate(found.ring_cells.tolist()):
        if is_wanted[cell]:
            start, end = found.ring_offsets[ring : ring + 2].tolist()
            run = found.ring_arcs[start:end]
            signed = np.where(run >= 0, number[run], ~number[~run])
            rings.setdefault(cell, []).append(signed.tolist())
    return [(draft.cells[found.codes[cell]], runs) for cell, runs in rings.items()]


def _arcs(found: arcs.Arcs, kept: arcs.Whole, city: City) -> list[dict[str, Any]]:
    """Return arcs with their vertices in millimetres and in degrees."""
    wanted = [np.arange(*found.offsets[at : at + 2]) for at in kept.tolist()]
    ends = np.cumsum([0, *map(len, wanted)]).tolist()
    vertices = found.vertices[np.concatenate(wanted)]
    lonlat = np.round(coords.convert(vertices / PER_METRE, city.srid, coords.WGS84), DIGITS).tolist()
    line, one, other = vertices.tolist(), found.one.tolist(), found.other.tolist()
    return [
        {
            "id": found.ids[at], "one": found.codes[one[at]],
            "other": None if other[at] == OUTSIDE else found.codes[other[at]],
            "line": line[start:end], "lonlat": lonlat[start:end],
        }
        for at, start, end in zip(kept.tolist(), ends, ends[1:], strict=False)
    ]  # fmt: skip


def _junctions(found: arcs.Arcs, drawn: list[dict[str, Any]]) -> list[list[int]]:
    known = set(map(tuple, found.junctions.tolist()))
    ends = {tuple(one["line"][end]) for one in drawn for end in (0, -1)}
    return [[x, y] for x, y in sorted(ends & known)]
