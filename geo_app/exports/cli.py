"""`geo exports …`: make a file with a reason, look at what was made, find whose a file is."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path

import click

from geo_app.core import clock
from geo_app.core.command import Session, city_option, echo, json_option, permit, session, tell
from geo_app.core.errors import BadInput
from geo_app.exports import service
from geo_app.exports.model import Export, Format, Order, Things
from geo_app.incidents.model import Choice
from geo_app.organisation import service as organisation
from layers.words import Lang

STATES = {"open": True, "closed": False, "all": None}


@click.group()
def exports() -> None:
    """Exports (导出)."""


@exports.command("make")
@click.argument("things", type=click.Choice([one.value for one in Things]))
@city_option
@click.option(
    "--reason", required=True, help="Why, 5 to 500 characters; it is recorded and stands in the file."
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="FILE.csv or .xlsx"
)
@click.option("--state", type=click.Choice(list(STATES)), default="all", show_default=True)
@click.option("--category", default=None, help="Code of the category.")
@click.option("--since", default=None, help="RFC 3339: those that occurred from then on.")
@click.option("--until", default=None, help="RFC 3339: those that occurred before.")
@click.option("--lang", type=click.Choice([one.value for one in Lang]), default="zh", show_default=True)
@session
@permit("export.make")
def make(here: Session, things: str, city: str | None, out: Path, lang: str, **said: str) -> None:
    """Write a table of THINGS with masked values into a file that only this user can read."""
    ending = out.suffix.lower().removeprefix(".")
    if ending not in set(Format):
        raise BadInput("out", out.name, "a .csv or .xlsx file")
    choice = Choice(
        STATES[said["state"]],
        None,
        said["category"],
        _moment(said["since"], "since"),
        _moment(said["until"], "until"),
    )
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        order = Order(Things(things), choice, Format(ending), said["reason"], Lang(lang))
        made = service.make(tx, town, order, int(here.settings.export_rows))
        out.touch(mode=0o600)
        out.chmod(0o600)
        out.write_bytes(made.content)
    click.echo(f"export {made.export.id}: {made.export.rows} rows in {out}, SHA-256 {made.export.sha256}")


@exports.command("list")
@city_option
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Only what made this FILE."
)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@json_option
@session
@permit("export.make")
def list_exports(here: Session, city: str | None, file: Path | None, limit: int, as_json: bool) -> None:
    """List exports, newest first; --file finds by its fingerprint who took it."""
    known = None if file is None else sha256(file.read_bytes()).hexdigest()
    with here.transaction() as tx:
        found = service.exports(tx, organisation.city(tx, city), limit, file_hash=known)
    echo([_row(one) for one in found], as_json)


@exports.command("show")
@click.argument("number", type=click.IntRange(1))
@city_option
@json_option
@session
@permit("export.make")
def show(here: Session, number: int, city: str | None, as_json: bool) -> None:
    """Show what is known of an export by the NUMBER that stands in its file."""
    with here.transaction() as tx:
        found = service.export(tx, organisation.city(tx, city), number)
    tell({**_row(found), "filters": found.filters, "bytes": found.bytes, "sha256": found.sha256}, as_json)


def _row(one: Export) -> dict[str, object]:
    return {
        "id": one.id, "made_at": one.made_at.isoformat(timespec="seconds"), "actor": one.actor,
        "things": str(one.things), "format": str(one.format), "rows": one.rows, "reason": one.reason,
    }  # fmt: skip


def _moment(text: str | None, name: str) -> datetime | None:
    return None if text is None else clock.moment(text, name)
