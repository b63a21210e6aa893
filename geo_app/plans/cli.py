"""`geo plans …`: which plans there are, what was done in one, and whether its log is whole. Nobody approves here."""

from __future__ import annotations

import click

from geo_app.core.command import Session, city_option, echo, json_option, permit, session, tell
from geo_app.core.errors import Refused
from geo_app.organisation import service as organisation
from geo_app.plans import service, verifying


@click.group()
def plans() -> None:
    """Plans: drafts of the grid."""


@plans.command("list")
@city_option
@json_option
@session
@permit("map.read")
def list_plans(here: Session, city: str | None, as_json: bool) -> None:
    """List the plans of a city, newest first."""
    with here.transaction() as tx:
        found = service.plans(tx, organisation.city(tx, city))
    rows = [
        {"id": one.id, "name": one.name, "state": str(one.state), "steps": one.seq, "base": one.base.release,
         "release": one.release, "by": one.actor}
        for one in found
    ]  # fmt: skip
    echo(rows, as_json)


@plans.command("steps")
@click.argument("plan", type=int)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, help="Most steps.")
@json_option
@session
@permit("map.read")
def list_steps(here: Session, plan: int, limit: int, as_json: bool) -> None:
    """List what was done in PLAN, newest first."""
    with here.transaction() as tx:
        found = service.steps(tx, plan, None, limit)
    rows = [
        {"seq": one.seq, "kind": str(one.kind), "edit": one.edit["kind"], "cells": len(one.touched),
         "undoes": one.undoes, "ended_by": one.ended_by, "by": one.actor, "at": one.at, "hash": one.hash[:12]}
        for one in found
    ]  # fmt: skip
    echo(rows, as_json)


@plans.command("verify")
@click.argument("plan", type=int)
@json_option
@session
@permit("map.read")
def verify(here: Session, plan: int, as_json: bool) -> None:
    """Compare the log of PLAN with its hashes and make it again; exit 1 names the first step that is not as it was."""
    with here.transaction() as tx:
        found = verifying.verify(tx, plan)
        head = service.plan(tx, plan).head
    if not found.is_whole:
        where = f"step {found.seq} of plan {plan}" if found.seq else f"plan {plan}"
        raise Refused(f"{where}: {found.problem}")
    tell({"plan": plan, "steps": found.steps, "head": head, "whole": True}, as_json)
