"""Plans and their logs in the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo_app.core import db
from geo_app.organisation.model import City
from geo_app.plans.model import Approval, Base, Comment, Lock, NewPlan, Plan, PlanCell, State, Step, Touch
from grids.model import Cell

SQL = db.statements(__file__)


@dataclass(frozen=True, slots=True)
class Newer:
    """What came after a step: the plan's newest one, its base, and the cells as they are; `follows` that step."""

    seq: int
    head: str
    base: Base
    follows: bool
    cells: tuple[PlanCell, ...]


@dataclass(frozen=True, slots=True)
class OpenThing:
    """Something open with its place, and the cell it is matched to."""

    kind: str
    id: int
    point: Point
    cell_id: int | None


def add(tx: db.Transaction, city: City, new: NewPlan, base: Base, root: str, at: datetime) -> int:
    """Add a plan and return its id."""
    plan_id: int = tx.value(
        SQL.add, city_id=city.id, jurisdiction=city.jurisdiction, name=new.name, base_id=base.release,
        base_revision=base.revision, root=root, copied_from=new.copied_from, rolls_back=new.rolls_back,
        actor=tx.actor.name, account=tx.actor.account, at=at,
    )  # fmt: skip
    return plan_id


def plan(tx: db.Transaction, plan_id: int, at: datetime) -> Plan | None:
    """Return a plan as it is at `at`."""
    return tx.first(SQL.plan, Plan.read, plan_id=plan_id, at=at)


def plans(tx: db.Transaction, city: City, at: datetime) -> list[Plan]:
    """Return the plans of a city, newest first."""
    return tx.all(SQL.plans, Plan.read, city_id=city.id, at=at)


def lock(tx: db.Transaction, plan_id: int) -> None:
    """Let nobody else make a step until this transaction ends."""
    tx.run(SQL.lock_plan, plan_id=plan_id)


def rename(tx: db.Transaction, plan_id: int, name: str) -> None:
    """Give a plan another name."""
    tx.run(SQL.rename, plan_id=plan_id, name=name)


def since(tx: db.Transaction, plan_id: int, base: Base, seq: int, head: str) -> Newer:
    """Return what came after a step with this hash, 0 for all."""
    rows = tx.all(
        SQL.since, dict, plan_id=plan_id, base_id=base.release, base_revision=base.revision, seq=seq, head=head
    )  # fmt: skip
    first = rows[0]
    cells = tuple(PlanCell.read(row) for row in rows if row["code"] is not None)
    now = Base(first["base"], first["base_revision"])
    return Newer(first["plan_seq"], first["head"], now, first["follows"], cells)


def touches(tx: db.Transaction, plan_id: int, codes: Sequence[str], seq: int, person: str) -> list[Touch]:
    """Return which of these cells somebody else changed after a step."""
    return tx.all(SQL.touches, Touch.read, plan_id=plan_id, codes=list(codes), seq=seq, person=person)


def built_on(tx: db.Transaction, plan_id: int, codes: Sequence[str], seq: int, person: str) -> list[Touch]:
    """Return what stands of somebody else on these cells, made after a step."""
    return tx.all(SQL.built_on, Touch.read, plan_id=plan_id, codes=list(codes), seq=seq, person=person)


def add_step(
    tx: db.Transaction, city: City, step: Step, put: Sequence[Cell], gone: Sequence[tuple[str, str]]
) -> None:
    """Write a step with the cells it leaves; `gone` are codes with the unit they had."""
    shapes = shapely.to_wkb(
        shapely.set_srid([cell.geometry for cell in put], city.srid), hex=True, include_srid=True
    )
    nothing = [None] * len(gone)
    tx.run(
        SQL.add_step, plan_id=step.plan, seq=step.seq, kind=step.kind, edit=_json(step.edit),
        inverse=None if step.inverse is None else _json(step.inverse), touched=list(step.touched),
        is_outer=step.is_outer, undoes=step.undoes, person=step.person, actor=step.actor, account=step.account,
        at=step.at, result=step.result, hash=step.hash,
        codes=[cell.code for cell in put] + [code for code, _ in gone],
        names=[cell.name for cell in put] + [""] * len(gone),
        communities=[cell.community for cell in put] + [unit for _, unit in gone],
        shapes=[*shapes, *nothing],
    )  # fmt: skip


def add_given(tx: db.Transaction, city: City, step: Step, put: Sequence[Cell], gone: Sequence[str]) -> None:
    """Write the cells that a step of kind replace brought, and those it took away."""
    columns = ("plan_id", "seq", "code", "name", "community", "geometry")
    brought = [
        (
            step.plan,
            step.seq,
            cell.code,
            cell.name,
            cell.community,
            shapely.set_srid(cell.geometry, city.srid),
        )
        for cell in put
    ]
    tx.copy("plan_given", columns, [*brought, *((step.plan, step.seq, code, "", "", None) for code in gone)])


def given(tx: db.Transaction, plan_id: int, seq: int) -> tuple[PlanCell, ...]:
    """Return the cells that a step of kind replace brought, by code."""
    return tuple(tx.all(SQL.given, PlanCell.read, plan_id=plan_id, seq=seq))


def steps(tx: db.Transaction, plan_id: int, after: int = 0, most: int | None = None) -> list[Step]:
    """Return the log after a step, oldest first."""
    return tx.all(SQL.steps, Step.read, plan_id=plan_id, after=after, most=most)


def newest_steps(tx: db.Transaction, plan_id: int, before: int | None, most: int) -> list[Step]:
    """Return steps before one, newest first."""
    return tx.all(SQL.newest_steps, Step.read, plan_id=plan_id, before=before, most=most)


def to_undo(tx: db.Transaction, plan_id: int, person: str) -> Step | None:
    """Return somebody's newest step in force."""
    return tx.first(SQL.to_undo, Step.read, plan_id=plan_id, person=person)


def to_redo(tx: db.Transaction, plan_id: int, person: str) -> Step | None:
    """Return somebody's newest undo that may be taken back."""
    return tx.first(SQL.to_redo, Step.read, plan_id=plan_id, person=person)


def known_codes(tx: db.Transaction, city: City, codes: Sequence[str]) -> dict[str, bool]:
    """Return which of these codes a release ever gave, and whether they are retired."""
    rows = tx.all(SQL.is_used, dict, city_id=city.id, codes=list(codes))
    return {row["code"]: row["is_retired"] for row in rows}


def codes_like(tx: db.Transaction, city: City, beginning: str) -> list[str]:
    """Return every code that begins so and was ever given, by a release or in a plan."""
    return tx.all(SQL.codes_like, lambda row: str(row["code"]), city_id=city.id, beginning=beginning)


def locks(tx: db.Transaction, plan_id: int) -> list[Lock]:
    """Return what is locked in a plan."""
    return tx.all(SQL.locks, Lock.read, plan_id=plan_id)


def was_rebased(tx: db.Transaction, plan_id: int, seq: int) -> bool:
    """Return whether a plan got another base after a step."""
    return bool(tx.value(SQL.was_rebased, plan_id=plan_id, seq=seq))


def add_rebase(tx: db.Transaction, city: City, step: Step, base: Base, cells: Sequence[PlanCell]) -> None:
    """Write the step that puts a plan on another release, and all its cells anew."""
    tx.run(
        SQL.add_rebase, plan_id=step.plan, seq=step.seq, edit=_json(step.edit), touched=list(step.touched),
        person=step.person, actor=step.actor, account=step.account, at=step.at, result=step.result, hash=step.hash,
        base_id=base.release, base_revision=base.revision, left_out=step.edit["left_out"],
    )  # fmt: skip
    columns = ("plan_id", "code", "seq", "name", "community", "geometry")
    rows = (
        (step.plan, one.code, one.seq, one.name, one.community,
         None if one.geometry is None else shapely.set_srid(one.geometry, city.srid))
        for one in cells
    )  # fmt: skip
    tx.copy("plan_cell", columns, rows)


def cells(tx: db.Transaction, plan_id: int) -> list[PlanCell]:
    """Return the cells a plan made, changed or took away, by code."""
    return tx.all(SQL.cells, PlanCell.read, plan_id=plan_id)


def move(
    tx: db.Transaction, plan: Plan, state: State, *, is_round: bool = False, release: int | None = None
) -> bool:
    """Move a plan on; return False when somebody did meanwhile. `is_round`: it is submitted once more."""
    moved = tx.value(
        SQL.move, plan_id=plan.id, was=plan.state, state=state, round=int(is_round), release_id=release
    )
    return moved is not None


def approve(tx: db.Transaction, plan: Plan, approval: Approval) -> bool:
    """Write an approval; return False when this account gave one already."""
    done = tx.run(
        SQL.approve, plan_id=plan.id, round=plan.round, account=approval.account, actor=approval.actor,
        head=approval.head, note=approval.note, at=approval.at,
    )  # fmt: skip
    return done > 0


def put_lock(tx: db.Transaction, plan_id: int, new: Lock) -> bool:
    """Lock a cell or a unit; return False when it is locked already."""
    done = tx.run(
        SQL.put_lock, plan_id=plan_id, kind=new.kind, code=new.code, person=new.person, actor=new.actor, at=new.at
    )  # fmt: skip
    return done > 0


def take_lock(tx: db.Transaction, plan_id: int, kind: str, code: str) -> bool:
    """Take a lock away; return False when there is none."""
    return tx.run(SQL.take_lock, plan_id=plan_id, kind=kind, code=code) > 0


def comments(tx: db.Transaction, plan_id: int) -> list[Comment]:
    """Return what was said about a plan, oldest first."""
    return tx.all(SQL.comments, Comment.read, plan_id=plan_id)


def add_comment(tx: db.Transaction, plan: Plan, cell: str | None, text: str, at: datetime) -> Comment:
    """Add what somebody says about a plan or a cell of it."""
    return tx.one(
        SQL.add_comment, Comment.read, plan_id=plan.id, cell=cell, text=text, seq=plan.seq, actor=tx.actor.name,
        account=tx.actor.account, at=at,
    )  # fmt: skip


def open_in(tx: db.Transaction, city: City, area: BaseGeometry) -> list[OpenThing]:
    """Return the open things in an area of the city's frame."""
    return tx.all(SQL.open_in, lambda row: OpenThing(**row), city_id=city.id, area=area)


def answerable(tx: db.Transaction, city: City, codes: Sequence[str]) -> list[tuple[str, int, int | None]]:
    """Return who answers for cells: code, id of the cell, id of a responder; None where nobody does."""
    rows = tx.all(SQL.answerable, dict, city_id=city.id, codes=list(codes))
    return [(row["code"], row["cell_id"], row["responder"]) for row in rows]


def names(tx: db.Transaction, responders: Sequence[int]) -> list[tuple[int, str]]:
    """Return the names of these responders, as far as the actor sees them."""
    return tx.all(SQL.names, lambda row: (row["id"], row["name"]), responders=list(responders))


def approvals(tx: db.Transaction, plan_id: int, round_: int) -> list[Approval]:
    """Return who agreed to a plan when it was submitted for the n-th time."""
    return tx.all(SQL.approvals, Approval.read, plan_id=plan_id, round=round_)


def authors(tx: db.Transaction, plan_id: int) -> list[tuple[str, int | None]]:
    """Return who drew a plan or what it was copied from: name and account."""
    return tx.all(SQL.authors, lambda row: (row["actor"], row["account"]), plan_id=plan_id)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
