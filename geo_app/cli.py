"""`geo <things> <verb>`: the command line. Exits 0 when done, 1 when refused, 2 when used wrongly."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

import click
import psycopg2

from geo_app import worker
from geo_app.audit.cli import audit
from geo_app.cities.cli import cities, demo_stream, households
from geo_app.core import app_role, kernels, log, migrate, settings
from geo_app.core.command import Session, echo, json_option, permit, session
from geo_app.core.errors import GeoError
from geo_app.dispatch.cli import assignments, candidates
from geo_app.exchange.cli import grids
from geo_app.exports.cli import exports
from geo_app.identity.cli import accounts, roles, tokens
from geo_app.incidents.cli import incidents
from geo_app.maps.cli import tiles
from geo_app.organisation import service as organisation
from geo_app.organisation.cli import departments, units
from geo_app.patrols.cli import routes
from geo_app.planning import service as planning
from geo_app.planning.cli import places
from geo_app.plans.cli import plans
from geo_app.privacy.cli import privacy
from geo_app.responders.cli import positions, responders
from geo_app.roads.cli import roads
from geo_app.tls.cli import tls


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def geo() -> None:
    """Wangge (网格): grids, incidents, responders."""


@geo.group("db")
def database() -> None:
    """The database."""


@database.command("migrate")
@permit("system.manage")
@click.pass_context
def run_migrations(context: click.Context) -> None:
    """Bring the database to the newest schema, and seal what is still plain in it."""
    here = settings.current()
    if here.database_url and not here.app_database_url:
        kept = here.work_path / settings.APP_URL
        if not kept.is_file():
            app_role.keep(kept, app_role.create(here.database_url))
    here = settings.connected()
    click.echo(f"schema {migrate.upgrade(here.database_url, here.app_database_url)}")
    left = migrate.missing_marks(here.database_url)
    if left:
        click.echo(
            "Maps and queues are slow for who sees a part of a city, until an administrator runs:", err=True
        )
        click.echo("\n".join(left), err=True)
    context.invoke(privacy.commands["seal"])


@geo.group("service")
def service_group() -> None:
    """The whole service."""


@service_group.command("prepare")
@click.option(
    "--city",
    "kits",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    multiple=True,
    help="A city kit to load unless it is there; without one the demo city, when no city is there.",
)
@click.pass_context
@permit("system.manage")
def prepare(context: click.Context, kits: tuple[Path, ...]) -> None:
    """Bring schema and cities to where the service can start; changes nothing when they are there."""
    context.invoke(run_migrations)
    for kit in kits:
        context.invoke(cities.commands["load"], folder=kit, replace=False, if_missing=True)
    if not kits:
        context.invoke(cities.commands["generate"], if_empty=True)


@geo.group("jobs")
def job_group() -> None:
    """Jobs and timers."""


@job_group.command("work")
@permit("system.manage")
def work() -> None:
    """Work off jobs and timers until SIGINT or SIGTERM."""
    worker.run()


@geo.group("kernels")
def kernel_group() -> None:
    """Compiled kernels of the engines."""


@kernel_group.command("compile")
@permit("system.manage")
@click.option(
    "--backwards", is_flag=True, help="Begin with the last: beside another run, to meet it in the middle."
)
def compile_kernels(backwards: bool) -> None:
    """Compile what is not compiled yet."""
    names = kernels.compile_all(backwards=backwards)
    click.echo(f"{len(names)} kernels compiled")


@geo.group("releases")
def release_group() -> None:
    """Releases of the grid."""


@release_group.command("list")
@click.option("--city", default=None, help="Code of the city; may be left out when there is one.")
@json_option
@session
@permit("system.manage")
def list_releases(here: Session, city: str | None, as_json: bool) -> None:
    """List the releases of a city, newest first."""
    with here.transaction() as tx:
        found = planning.releases(tx, organisation.city(tx, city))
    rows = [
        {
            "id": one.id,
            "from": one.effective_from,
            "to": one.effective_to,
            "cells": one.cells,
            "note": one.note,
        }
        for one in found
    ]
    echo(rows, as_json)


@geo.command("settings")
@permit("system.manage")
def show_settings() -> None:
    """Print every setting with its value and meaning."""
    here = settings.current()
    for item in fields(here):
        value = getattr(here, item.name)
        name = item.metadata["name"] or f"GEO_{item.name.upper()}"
        is_secret = "url" in item.name or item.name == "personal_keys"
        shown = "(set)" if value and is_secret else value or "(default)"
        click.echo(f"{name}={shown}\n    {item.metadata['meaning']}")


geo.add_command(accounts)
geo.add_command(roles)
geo.add_command(tokens)
geo.add_command(units)
geo.add_command(departments)
geo.add_command(audit)
geo.add_command(cities)
geo.add_command(demo_stream)
geo.add_command(places)
geo.add_command(plans)
incidents.add_command(candidates)
geo.add_command(incidents)
geo.add_command(assignments)
geo.add_command(responders)
geo.add_command(positions)
geo.add_command(tls)
geo.add_command(privacy)
geo.add_command(exports)
geo.add_command(grids)
geo.add_command(households)
geo.add_command(roads)
geo.add_command(routes)
geo.add_command(tiles)


def main() -> None:
    """Run the command line; a refusal is one line on standard error."""
    try:
        log.configure(settings.current().log_level)
        geo.main(standalone_mode=False)
    except GeoError as error:
        click.echo(f"refused: {error}", err=True)
        sys.exit(1)
    except psycopg2.OperationalError:
        click.echo("refused: the database does not answer", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)


if __name__ == "__main__":
    main()
