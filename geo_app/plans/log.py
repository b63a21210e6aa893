"""The log of a plan: each step has the hash of the one before in its own, so nothing in it is changed unseen.

A step also has a hash of the cells it touched as it left them: making the log again must give the same borders, to
the millimetre.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import shapely
from shapely import Polygon

from geo_app.plans.model import Base, Kind, Step
from grids import edits
from grids.draft import Draft
from grids.edits import Edit
from grids.model import Cell


def root(city: str, name: str, base: Base, actor: str, at: datetime) -> str:
    """Return the hash a plan begins with."""
    return _sha({"city": city, "name": name, "base": base, "actor": actor, "at": _moment(at)})


def chained(before: str, step: Step) -> str:
    """Return the hash of a step after a head; `hash` and `ended_by` of the step are not in it."""
    said = {
        "plan": step.plan, "seq": step.seq, "kind": step.kind, "edit": step.edit, "inverse": step.inverse,
        "touched": list(step.touched), "is_outer": step.is_outer, "undoes": step.undoes, "person": step.person,
        "actor": step.actor, "account": step.account, "at": _moment(step.at), "result": step.result,
    }  # fmt: skip
    return hashlib.sha256(f"{before} {canonical(said)}".encode()).hexdigest()


def result(draft: Draft, touched: Sequence[str]) -> str:
    """Return a hash of the cells with these codes, in order of code: names, units and borders; gone ones too."""
    cells = (draft.cells.get(code) for code in touched)
    return digest(zip(touched, cells, strict=True))


def digest(cells: Iterable[tuple[str, Cell | None]]) -> str:
    """Return a hash of cells by code, in order of code; None for one that is gone."""
    found = {
        code: None if cell is None else [cell.name, cell.community, geometry_hash(cell.geometry)]
        for code, cell in cells
    }
    return _sha(found)


def geometry_hash(polygon: Polygon) -> str:
    """Return the hash of a polygon's millimetre coordinates, the same wherever the ring starts, as releases keep it."""
    integers = shapely.transform(shapely.normalize(polygon), lambda xy: (xy * 1000).round())
    return hashlib.sha256(shapely.to_wkb(integers, output_dimension=2)).hexdigest()[:32]


def canonical(value: Any) -> str:
    """Return JSON of which there is one for a value: names in order, no white space."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain(one: Edit) -> dict[str, Any]:
    """Return an edit as JSON gives it back: lists for tuples."""
    found: dict[str, Any] = json.loads(json.dumps(one.data()))
    return found


def edit(step: Step) -> Edit:
    """Return what a step of kind edit, undo or redo did, unless it did it with whole cells."""
    return edits.read(step.edit)


def is_whole(step: Step) -> bool:
    """Return whether a step put whole cells in place of others, or took such a step back."""
    return step.edit["kind"] in {"replace", "put_back"}


def brought(step: Step) -> int | None:
    """Return which step brought the whole cells that this one puts in place of others; None when it puts none."""
    if step.edit["kind"] != "replace":
        return None
    return step.seq if step.kind is Kind.REPLACE else int(step.edit["step"])


def bases(step: Step) -> tuple[Base, Base]:
    """Return what a plan stood on before a step of kind rebase, and after it."""
    was, now = step.edit["from"], step.edit["to"]
    revisions = step.edit.get("revisions", (was, now))  # once there was no other
    return Base(was, revisions[0]), Base(now, revisions[1])


def ended(steps: Sequence[Step]) -> dict[int, int]:
    """Return by which later step each one was taken out of force, as the log itself says."""
    found = {step.undoes: step.seq for step in steps if step.undoes is not None}
    for step in steps:
        if step.kind is Kind.REBASE:
            found |= dict.fromkeys(step.edit["left_out"], step.seq)
    return found


def _sha(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
