"""Plans and their logs in the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import shapely

from geo_app.core import db
from geo_app.organisation.model import City
from geo_app.plans.model import Approval, Lock, NewPlan, Plan, PlanCell, Step, Touch
from grids.model import Cell

SQL = db.statements(__file__)


@dataclass(frozen=True, slots=True)
class Newer:
    """What came after a step: the plan's newest one, its base, and the cells as they are; `follows` that step."""

    seq: int
    head: str
    base: int
    follows: bool
    cells: tuple[PlanCell, ...]


def add(tx: db.Transaction, city: City, new: NewPlan, base: int, root: str, at: datetime) -> int:
    """Add a plan and return its id."""
    plan_id: int = tx.value(
        SQL.add, city_id=city.id, jurisdiction=city.jurisdiction, name=new.name, base_id=base, root=root,
        copied_from=new.copied_from, rolls_back=new.rolls_back, actor=tx.actor.name, account=tx.actor.account, at=at,
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


def since(tx: db.Transaction, plan_id: int, base: int, seq: int, head: str) -> Newer:
    """Return what came after a step with this hash, 0 for all."""
    rows = tx.all(SQL.since, dict, plan_id=plan_id, base_id=base, seq=seq, head=head)
    first = rows[0]
    cells = tuple(PlanCell.read(row) for row in rows if row["code"] is not None)
    return Newer(first["plan_seq"], first["head"], first["base"], first["follows"], cells)


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


def codes_like(tx: db.Transaction, city: City, community: str) -> list[str]:
    """Return every code of a community that was ever given, by a release or in a plan."""
    return tx.all(SQL.codes_like, lambda row: str(row["code"]), city_id=city.id, community=community)


def locks(tx: db.Transaction, plan_id: int) -> list[Lock]:
    """Return what is locked in a plan."""
    return tx.all(SQL.locks, Lock.read, plan_id=plan_id)


def approvals(tx: db.Transaction, plan_id: int, round_: int) -> list[Approval]:
    """Return who agreed to a plan when it was submitted for the n-th time."""
    return tx.all(SQL.approvals, Approval.read, plan_id=plan_id, round=round_)


def authors(tx: db.Transaction, plan_id: int) -> list[tuple[str, int | None]]:
    """Return who drew a plan or what it was copied from: name and account."""
    return tx.all(SQL.authors, lambda row: (row["actor"], row["account"]), plan_id=plan_id)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
