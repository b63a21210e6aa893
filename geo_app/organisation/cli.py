"""`geo units …`, `geo departments …`: districts, streets, communities and departments of a city."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from geo_app.core import clock
from geo_app.core.command import Session, city_option, echo, json_option, permit, session
from geo_app.organisation import service
from geo_app.organisation.model import NewDepartment

DAY = click.DateTime(["%Y-%m-%d"])
named_option = click.option(
    "--name", "part", default="", help="Only those whose name or code has this in it."
)


@click.group()
def units() -> None:
    """Districts, streets, communities (区、街道、社区)."""


@units.command("list")
@city_option
@named_option
@json_option
@session
@permit("organisation.read")
def list_units(here: Session, city: str | None, part: str, as_json: bool) -> None:
    """List the units of a city with their ids and dates, by code."""
    with here.transaction() as tx:
        found, _ = service.tree(tx, service.city(tx, city))
    rows = [
        {"id": one.id, "level": str(one.level), "code": one.code, "name": one.name, "since": one.since,
         "until": one.until}
        for one in found if part in one.name or part in one.code
    ]  # fmt: skip
    echo(rows, as_json)


@click.group()
def departments() -> None:
    """Departments (部门)."""


@departments.command("list")
@city_option
@named_option
@json_option
@session
@permit("organisation.read")
def list_departments(here: Session, city: str | None, part: str, as_json: bool) -> None:
    """List the departments of a city with their ids and dates, by code."""
    with here.transaction() as tx:
        _, found = service.tree(tx, service.city(tx, city))
    rows = [
        {"id": one.id, "code": one.code, "name": one.name, "name_en": one.name_en, "since": one.since,
         "until": one.until}
        for one in found if part in one.name or part in one.code
    ]  # fmt: skip
    echo(rows, as_json)


@departments.command("add")
@click.argument("code")
@click.option("--name", required=True, help="Its name.")
@click.option("--name-en", default="", help="Its English name; else the same.")
@click.option("--since", type=DAY, help="First day (in the city); else from now on.")
@city_option
@session
@permit("organisation.manage")
def add(here: Session, code: str, name: str, name_en: str, since: datetime | None, city: str | None) -> None:
    """Add a department with the code CODE."""
    with here.transaction() as tx:
        town = service.city(tx, city)
        first = clock.now() if since is None else since.replace(tzinfo=ZoneInfo(town.time_zone))
        added = service.add_department(tx, town, NewDepartment(code, name, name_en), first)
    click.echo(f"department {added.id} {added.code}")


@departments.command("rename")
@click.argument("department", type=click.IntRange(1))
@click.option("--name", required=True, help="Its name from now on.")
@click.option("--name-en", default="", help="Its English name; else the same.")
@session
@permit("organisation.manage")
def rename(here: Session, department: int, name: str, name_en: str) -> None:
    """Give the department with the id DEPARTMENT other names."""
    with here.transaction() as tx:
        after = service.rename_department(tx, department, name, name_en)
    click.echo(f"department {after.id} is called {after.name}")


@departments.command("end")
@click.argument("department", type=click.IntRange(1))
@click.option("--on", "day", type=DAY, help="First day on which it is none (in the city); else now.")
@click.option("--never", is_flag=True, help="Take an end back: it goes on.")
@session
@permit("organisation.manage")
def end(here: Session, department: int, day: datetime | None, never: bool) -> None:
    """Let the department with the id DEPARTMENT end."""
    with here.transaction() as tx:
        found = service.department(tx, department)
        zone = ZoneInfo(service.city_by_id(tx, found.city).time_zone)
        until = None if never else clock.now() if day is None else day.replace(tzinfo=zone)
        after = service.end_department(tx, department, until)
    click.echo(
        f"department {after.id} " + ("goes on" if after.until is None else f"ends {after.until.isoformat()}")
    )
