"""`geo grids …`: check a file of cells, import it, look at what was brought, write the grid into a file."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click

from geo_app.core.command import Session, city_option, echo, json_option, permit, session, tell
from geo_app.core.errors import BadInput, Refused
from geo_app.exchange import naming, service, telling
from geo_app.exchange.model import ENDS, Format, Reading, Report
from geo_app.organisation import service as organisation
from grids import defects

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
TOLD_AFTER = 1.0
"""Seconds after which a long check says on standard error what it is doing."""
SHOWN = 40


def _how(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how a file is to be read."""
    for option in (
        click.option("--frame", default=None, help="wgs84, gcj02, bd09 or epsg:n, where the file does not say."),
        click.option("--axes", type=click.Choice(["xy", "yx"]), default=None, help="Which coordinate comes first."),
        click.option("--encoding", default=None, help="Of a shapefile's texts: GBK, UTF-8 …"),
        click.option("--layer", default=None, help="Layer, or file in an archive, where there are several."),
        click.option("--column", "columns", multiple=True, help="code=X, name=X, community=X: the file's columns."),
        click.option("--accept", "accepts", multiple=True, help="A finding's id, CELL:KIND, or a FILE.toml of them."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group()
def grids() -> None:
    """Grids in files (网格文件)."""


@grids.command("check")
@FILE
@city_option
@_how
@json_option
@session
@permit("plan.edit")
def check(
    here: Session, file: Path, city: str | None, accepts: tuple[str, ...], as_json: bool, **how: str
) -> None:
    """Say what is wrong with FILE by fourteen checks, and what mending it would change; nothing is kept."""
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        found = service.check(tx, town, file, _reading(how), _names(accepts), _progress())
    _say(found, as_json)
    if not found.is_ready:
        raise Refused(
            f"{len(naming.waiting(found.findings))} findings are not decided: accept them by name or correct the file"
        )


@grids.command("import")
@FILE
@city_option
@_how
@click.option("--name", default=None, help="What the plan is called; default the file's name.")
@session
@permit("plan.edit")
def bring(
    here: Session, file: Path, city: str | None, accepts: tuple[str, ...], name: str | None, **how: str
) -> None:
    """Make a plan of FILE, or a city's first release; what waits must be accepted by name, and stays accepted."""
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        brought = service.bring(tx, town, file.name, file.read_bytes(), _reading(how))
        if accepts:
            service.accept(tx, brought.id, _names(accepts))
        found = service.report(tx, brought.id, _progress())
        _say(found, as_json=False)
        taken = service.take(tx, brought.id, name or file.stem)
    what = f"plan {taken.plan_id}" if taken.release_id is None else f"release {taken.release_id}"
    click.echo(f"import {taken.id}: {len(found.diagnosis.cells)} cells in {what}")


@grids.command("imports")
@city_option
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@json_option
@session
@permit("plan.edit")
def imports(here: Session, city: str | None, limit: int, as_json: bool) -> None:
    """List the files that were brought for a city, newest first."""
    with here.transaction() as tx:
        found = service.imports(tx, organisation.city(tx, city), limit)
    echo([telling.brought(one) for one in found], as_json)


@grids.command("export")
@city_option
@click.option(
    "--release", type=click.IntRange(1), default=None, help="Number of a release; else the one in force."
)
@click.option("--plan", type=click.IntRange(1), default=None, help="Number of a plan.")
@click.option(
    "--format",
    "form",
    type=click.Choice([one.value for one in Format]),
    default=None,
    help="Default: by --out.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@session
@permit("map.read")
def export(
    here: Session, city: str | None, release: int | None, plan: int | None, form: str | None, out: Path
) -> None:  # fmt: skip
    """Write cells into a file that comes back to the millimetre."""
    chosen = (
        Format(form) if form else next((one for one, end in ENDS.items() if end == out.suffix.lower()), None)
    )
    if chosen is None:
        raise BadInput("out", out.name, "a file that ends in " + ", ".join(ENDS.values()))
    with here.transaction() as tx:
        _, raw = service.export(tx, organisation.city(tx, city), chosen, release=release, plan=plan)
    out.write_bytes(raw)
    click.echo(f"{out}: {len(raw):,} bytes")


def _reading(how: dict[str, str]) -> Reading:
    columns = {}
    for pair in how.pop("columns", ()):
        name, between, column = pair.partition("=")
        if not between or name not in {"code", "name", "community"}:
            raise BadInput("column", pair, "code=X, name=X or community=X")
        columns[name] = column
    return Reading(**how, columns=columns)


def _names(accepts: tuple[str, ...]) -> list[str]:
    return [
        name for one in accepts for name in (naming.listed(Path(one)) if one.endswith(".toml") else [one])
    ]


def _progress() -> Callable[[str], None]:
    """Return what says on standard error what is being done, once that takes longer than a second."""
    begun = time.monotonic()

    def say(stage: str) -> None:
        if time.monotonic() - begun >= TOLD_AFTER:
            click.echo(f"check: {stage}", err=True)

    return say


def _say(found: Report, as_json: bool) -> None:
    told = telling.told(found, 1_000_000)
    if as_json:
        tell(told, as_json=True)
        return
    counts = {str(kind): count for kind, count in defects.counts(found.findings).items()}
    tell({"rows": told["rows"], "cells": told["cells"], "frame": told["frame"], **counts}, as_json=False)
    rows = [
        {name: one[name] for name in ("id", "kind", "weight", "cells", "area", "mend", "to", "says")}
        for one in told["findings"]
    ]
    if rows:
        echo([{**row, "cells": " ".join(row["cells"][:4])} for row in rows[:SHOWN]], as_json=False)
    if len(rows) > SHOWN:
        click.echo(f"and {len(rows) - SHOWN} more: --json lists them all")
    click.echo(f"{told['changed']} cells change; {'ready' if found.is_ready else 'not ready'}")
