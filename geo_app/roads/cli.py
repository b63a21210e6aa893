"""`geo roads …`: import a city's roads, with everything that is wrong with them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from geo_app.core.command import Session, city_option, json_option, permit, session
from geo_app.organisation import service as organisation
from geo_app.roads import service
from geo_app.roads.model import Report

SHOWN = 5
"""Problems of one kind that are printed; JSON names them all."""


@click.group()
def roads() -> None:
    """Roads (道路)."""


@roads.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@city_option
@json_option
@session
@permit("system.manage")
def import_file(here: Session, file: Path, city: str | None, as_json: bool) -> None:
    """Make the roads of the OpenStreetMap FILE (.osm, .osm.gz, .pbf) those of the city; all of them or none."""
    with here.transaction() as tx:
        report = service.import_osm(tx, organisation.city(tx, city), file)
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        _show(report)


def _show(report: Report) -> None:
    counts = Counter(problem.rule for problem in report.problems)
    seen: Counter[str] = Counter()
    for problem in report.problems:
        seen[problem.rule] += 1
        if seen[problem.rule] <= SHOWN:
            click.echo(f"[{problem.rule}] {problem.source}: {problem.text}")
    for rule, count in sorted(counts.items()):
        if count > SHOWN:
            click.echo(f"[{rule}] and {count - SHOWN} more like these; --json names them all")
    found = report.imported
    click.echo(f"imported {found.roads} roads, {found.nodes} junctions, {found.restrictions} restrictions")
    if found.unknown_classes:
        click.echo(f"classes without a speed of their own: {', '.join(found.unknown_classes)}")
    for islands in found.islands:
        off = sum(islands.sizes[1:])
        largest = islands.sizes[0] if islands.sizes else 0
        click.echo(f"{islands.mode}: {largest} junctions together, {off} on {len(islands.sizes[1:])} islands")
