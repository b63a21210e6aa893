"""`geo audit …`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click

from geo_app.audit import service
from geo_app.audit.jobs import FOLDER
from geo_app.audit.model import Search
from geo_app.core import clock
from geo_app.core.command import Session, echo, json_option, permit, session
from geo_app.core.errors import Refused

MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@click.group()
def audit() -> None:
    """The record of what was done (审计)."""


@audit.command("seal")
@session
@permit("audit.read")
def seal(here: Session) -> None:
    """Seal every settled fact now and note how far the chain reaches; refused when the chain was tampered with."""
    count = 0
    while True:
        with here.transaction() as tx:
            sealed = service.seal(tx)
        if sealed is None:
            break
        count += sealed.count
    with here.transaction() as tx:
        found = service.anchor(tx, here.settings.work_path / FOLDER, clock.now())
    click.echo(f"{count} facts sealed")
    if found is not None:
        raise Refused(found.line())


@audit.command("verify")
@json_option
@session
@permit("audit.read")
def verify(here: Session, as_json: bool) -> None:
    """Compare facts, chain and anchor files; exits 1 naming the first altered, deleted or moved row."""
    with here.transaction() as tx:
        verdict = service.verify(tx, here.settings.work_path / FOLDER)
    if as_json:
        click.echo(json.dumps({"whole": verdict.is_whole, **asdict(verdict)}, ensure_ascii=False, indent=2))
    else:
        for finding in verdict.findings:
            click.echo(finding.line())
        word = "whole" if verdict.is_whole else "NOT whole"
        click.echo(
            f"{word}: {verdict.sealed} facts sealed ({verdict.retired} of them dropped after their time)"
            f" in {verdict.seals} seals, {verdict.anchors} anchors; {verdict.waiting} not sealed yet,"
            f" {verdict.resting} outside every month"
        )
    if not verdict.is_whole:
        sys.exit(1)


@audit.command("list")
@click.option("--since", type=click.DateTime(MOMENTS), help="From this moment on, UTC.")
@click.option("--until", type=click.DateTime(MOMENTS), help="Before this moment, UTC.")
@click.option("--actor", help="Name of who acted.")
@click.option("--kind", help="Kind of the facts, like incident.reported.")
@click.option("--subject", type=click.IntRange(-(2**63), 2**63 - 1), help="Id of what it happened to.")
@click.option("--city", help="Code of the city.")
@click.option("--limit", type=click.IntRange(1, service.LARGEST_PAGE), default=100, show_default=True)
@json_option
@session
@permit("audit.read")
def search(
    here: Session, *, since: datetime | None, until: datetime | None, limit: int, as_json: bool, **asked: str
) -> None:
    """List facts, newest first; the search is recorded."""
    wanted = Search(since=_utc(since), until=_utc(until), **asked)  # type: ignore[arg-type]  # click typed them
    with here.transaction() as tx:
        page = service.search(tx, wanted, most=limit)
    rows = []
    for entry in page.entries:
        row = asdict(entry)
        position = row.pop("position")
        rows.append({"id": position["id"], "at": entry.at.isoformat(timespec="seconds"), **_rest(row)})
    echo(rows, as_json)
    if page.next is not None and not as_json:
        click.echo(f"only the newest {limit}; give a narrower range or a greater --limit")


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _rest(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != "at"}
