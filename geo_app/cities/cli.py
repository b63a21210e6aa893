"""`geo cities …` and `geo demo …`."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from geo_app.cities import demo, service
from geo_app.cities import kit as kits
from geo_app.cities.kit import households as counting
from geo_app.cities.kit.findings import Findings, Weight
from geo_app.cities.model import CellRow, LayerRow
from geo_app.core import clock, migrate
from geo_app.core.command import Session, city_option, echo, json_option, permit, session
from geo_app.core.errors import Conflict, Refused
from geo_app.organisation import service as organisation
from geo_app.planning import service as planning

NOTES = 10
"""Notes of one kind about one layer that are printed; mends and refusals are printed all."""


@click.group()
def cities() -> None:
    """Cities whose grid is served."""


@cities.command("list")
@json_option
@session
@permit("system.manage")
def list_cities(here: Session, as_json: bool) -> None:
    """List the cities that are loaded."""
    at = clock.now()
    rows = []
    with here.transaction() as tx:
        for city in organisation.cities(tx):
            release = planning.release_at(tx, city, at)
            rows.append(
                {
                    "code": city.code, "name": city.name, "jurisdiction": city.jurisdiction,
                    "srid": city.srid, "cells": release.cells if release else 0,
                    "is_generated": city.is_generated,
                }
            )  # fmt: skip
    echo(rows, as_json)


@cities.command("layers")
@click.argument("code")
@json_option
@session
@permit("system.manage")
def list_layers(here: Session, code: str, as_json: bool) -> None:
    """List the files the city CODE was made from: frame, SHA-256, how much each gave."""
    with here.transaction() as tx:
        rows = service.layers(tx, organisation.city(tx, code))
    echo([asdict(row) for row in rows], as_json)


@cities.command("generate")
@click.option("--if-empty", is_flag=True, help="Only when no city is loaded.")
@session
@permit("system.manage")
def generate(here: Session, if_empty: bool) -> None:
    """Generate and load the demo city; refused when it is there already."""
    with here.transaction() as tx:
        if if_empty and organisation.cities(tx):
            return
    data = demo.generate(clock.now())
    with here.transaction() as tx:
        city = service.load(tx, data)
    migrate.analyze(here.settings.database_url)
    click.echo(
        f"loaded {city.code}: {len(data.cells)} cells, {len(data.roads)} roads, {len(data.incidents)} incidents"
    )


@cities.command("check")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@json_option
@permit("system.manage")
def check(folder: Path, as_json: bool) -> None:
    """Report everything wrong with the city kit in FOLDER; exits 1 when it would be refused."""
    report = kits.examine(folder, os.environ, clock.now())
    _show(report.findings, report.kit.info.code, as_json)
    if report.data is None:
        sys.exit(1)


@cities.command("load")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--replace", is_flag=True, help="Put it in the place of the city with the same code.")
@click.option("--if-missing", is_flag=True, help="Only when no city with its code is loaded.")
@session
@permit("system.manage")
def load(here: Session, folder: Path, replace: bool, if_missing: bool) -> None:
    """Load the city kit in FOLDER: all of it or nothing."""
    code = kits.code(folder, os.environ)
    with here.transaction() as tx:
        is_there = any(city.code == code for city in organisation.cities(tx))
    if is_there and if_missing:
        click.echo(f"{code} is loaded already")
        return
    if is_there and not replace:
        raise Conflict(f"the city {code!r} is loaded already; --replace puts this kit in its place")
    report = kits.examine(folder, os.environ, clock.now())
    _show(report.findings, code, as_json=False)
    if report.data is None:
        raise Refused(f"{len(report.findings.refused)} findings refuse {code}; nothing was loaded")
    with here.transaction() as tx:
        (service.replace if replace else service.load)(tx, report.data)
    migrate.analyze(here.settings.database_url)
    data = report.data
    click.echo(
        f"loaded {code}: {len(data.cells)} cells, {len(data.roads)} roads, "
        f"{len(data.restrictions)} restrictions of turns, {len(data.incidents)} incidents"
    )


@cities.command("remove")
@click.argument("code")
@session
@permit("system.manage")
def remove(here: Session, code: str) -> None:
    """Remove the city CODE with all its history."""
    with here.transaction() as tx:
        service.remove(tx, organisation.city(tx, code))
    click.echo(f"removed {code}")


@click.group("households")
def households() -> None:
    """How many households live where."""


@households.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@city_option
@click.option("--frame", required=True, help="Frame of its coordinates: wgs84, gcj02, bd09, epsg:n.")
@click.option("--count", default="households", show_default=True, help="Column with how many live there.")
@click.option("--xy", nargs=2, default=None, help="Columns with x (lon) and y (lat), of a table.")
@click.option("--encoding", default=None, help="Of a table or shapefile that is not UTF-8, as GBK.")
@click.option("--table", default=None, help="Layer, sheet or file inside, where there are several.")
@json_option
@session
@permit("system.manage")
def import_households(here: Session, file: Path, city: str | None, as_json: bool, **how: Any) -> None:
    """Count households at the addresses or buildings of FILE, in the place of all counts the city had.

    A table (.csv, .xlsx) or a layer (.geojson, .gpkg, .shp, …). All of it or nothing: a row that is wrong refuses it.
    """
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        cells = planning.partition(tx, town, clock.now()).cells.values()
    rows, findings = counting.of_file(
        counting.Source(file, **how), town.srid,
        [CellRow(cell.code, cell.name, cell.community, cell.geometry) for cell in cells],
    )  # fmt: skip
    _show(findings, town.code, as_json)
    if findings.refused:
        raise Refused(f"{len(findings.refused)} findings refuse {file.name}; nothing was changed")
    with file.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    source = LayerRow("households", file.name, sha256, how["frame"], len(rows))
    with here.transaction() as tx:
        service.count_households(tx, town, rows, source)
    if not as_json:
        many = sum(row.households for row in rows)
        click.echo(f"counted {many:,} households of {town.code} at {len(rows):,} places")


def _show(findings: Findings, name: str, as_json: bool) -> None:
    """Print the findings, the gravest last; with JSON every field of each."""
    items = sorted(findings.items, key=lambda item: list(reversed(Weight)).index(item.weight))
    if as_json:
        click.echo(json.dumps([asdict(item) for item in items], ensure_ascii=False, indent=2))
        return
    shown: Counter[tuple[str, str, Weight]] = Counter()
    for item in items:
        shown[item.layer, item.rule, item.weight] += 1
        if item.weight is not Weight.NOTED or shown[item.layer, item.rule, item.weight] <= NOTES:
            click.echo(item.line())
    for (layer, rule, weight), count in shown.items():
        if weight is Weight.NOTED and count > NOTES:
            click.echo(
                f"{weight} [{rule}] {layer}: and {count - NOTES} more like these; --json names them all"
            )
    counts = ", ".join(f"{sum(item.weight is weight for item in items)} {weight}" for weight in Weight)
    click.echo(f"{name}: {counts}")


@click.group("demo")
def demo_stream() -> None:
    """The made-up live stream of a generated city."""


@demo_stream.command("links")
@click.option("--city", default=None, help="Code of the city; may be left out when there is one.")
@click.option("--if-demo", is_flag=True, help="Print nothing unless there is one city, a generated one.")
@session
@permit("account.manage")
def show_links(here: Session, city: str | None, if_demo: bool) -> None:
    """Print a one-time link into each demo account; it works once, on this machine only."""
    with here.transaction() as tx:
        if if_demo and [one.is_generated for one in organisation.cities(tx)] != [True]:
            return
        town = organisation.city(tx, city)
        links = service.demo_links(tx, town)
    click.echo("demo accounts, each entered by a link that works once (geo demo links makes new ones):")
    for username, secret in links.items():
        click.echo(f"  {username:<22} http://127.0.0.1:{here.settings.port}/link#{secret}")


@demo_stream.command("start")
@click.option("--city", default=None, help="Code of the city; may be left out when there is one.")
@session
@permit("demo.run")
def start(here: Session, city: str | None) -> None:
    """Let a new incident come in every few seconds, for half an hour."""
    with here.transaction() as tx:
        until = service.start_stream(tx, organisation.city(tx, city))
    click.echo(f"running until {until.isoformat(timespec='seconds')}")


@demo_stream.command("stop")
@click.option("--city", default=None, help="Code of the city; may be left out when there is one.")
@session
@permit("demo.run")
def stop(here: Session, city: str | None) -> None:
    """End the stream."""
    with here.transaction() as tx:
        service.stop_stream(tx, organisation.city(tx, city))
    click.echo("stopped")
