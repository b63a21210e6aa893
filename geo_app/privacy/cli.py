"""`geo privacy …`: seal what is plain, change keys, let go of what is past its term, find a person's reports."""

from __future__ import annotations

import click

from geo_app.core import secrecy
from geo_app.core.command import Session, city_option, echo, json_option, permit, session
from geo_app.organisation import service as organisation
from geo_app.privacy import jobs, service

BATCH = 500


@click.group()
def privacy() -> None:
    """Personal data (个人信息)."""


@privacy.command("seal")
@session
@permit("system.manage")
def seal(here: Session) -> None:
    """Seal and mask reports and incidents from before there were masks; a second run changes nothing."""
    count = 0
    while True:
        with here.transaction() as tx:
            done = service.seal(tx, BATCH)
        if not done:
            break
        count += done
    click.echo(f"{count} reports and incidents sealed and masked")


@privacy.command("rotate")
@click.option("--new-key", is_flag=True, help="Make a new key in the work folder first.")
@session
@permit("system.manage")
def rotate(here: Session, new_key: bool) -> None:
    """Seal every personal value under the newest key, in batches; begun again it goes on where it ended."""
    if new_key:
        click.echo(f"new key {secrecy.add_key(here.settings)}")
        here.database.safe.refresh()
    count = 0
    while True:
        with here.transaction() as tx:
            done = service.rotate(tx, BATCH)
        if not done:
            break
        count += done
    with here.transaction() as tx:
        service.rotated(tx, count)
        click.echo(f"{count} reports under key {tx.safe.newest.hex()}, {service.waiting(tx)} under others")


@privacy.command("retain")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@json_option
@session
@permit("system.manage")
def retain(here: Session, dry_run: bool, as_json: bool) -> None:
    """Let go of what is past its term."""
    gone = jobs.let_go(here.database, here.settings, is_dry=dry_run)
    rows = [
        {
            "what": one.term.what, "purpose": one.term.purpose_en, "days": one.term.days,
            "from": one.term.counted_from, "gone": one.count,
            "counted": one.counted,
        }
        for one in gone
    ]  # fmt: skip
    echo(rows, as_json)


@privacy.command("find")
@city_option
@click.option("--by", type=click.Choice(["phone", "name"]), required=True)
@click.option(
    "--value", prompt=True, hide_input=True, help="Asked for when it is left out, so that no list has it."
)
@click.option("--reason", required=True, help="Why, 5 to 500 characters; it is recorded.")
@json_option
@session
@permit("person.unmask")
def find(here: Session, city: str | None, by: str, value: str, reason: str, as_json: bool) -> None:
    """List the reports somebody told, by exactly their phone or name."""
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        name, phone = (value, None) if by == "name" else (None, value)
        found = service.find(tx, town, name, phone, reason)
    echo([{"report": report, "incident": incident} for report, incident in found], as_json)
