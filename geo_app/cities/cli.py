"""`geo cities …` and `geo demo …`."""

from __future__ import annotations

import click

from geo_app.cities import demo, service
from geo_app.core import clock
from geo_app.core.command import Session, echo, json_option, session
from geo_app.organisation import service as organisation
from geo_app.planning import service as planning


@click.group()
def cities() -> None:
    """Cities whose grid is served."""


@cities.command("list")
@json_option
@session
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


@cities.command("generate")
@click.option("--if-empty", is_flag=True, help="Only when no city is loaded.")
@session
def generate(here: Session, if_empty: bool) -> None:
    """Generate and load the demo city; refused when it is there already."""
    with here.transaction() as tx:
        if if_empty and organisation.cities(tx):
            return
    data = demo.generate(clock.now())
    with here.transaction() as tx:
        city = service.load(tx, data)
    click.echo(
        f"loaded {city.code}: {len(data.cells)} cells, {len(data.roads)} roads, {len(data.incidents)} incidents"
    )


@click.group("demo")
def demo_stream() -> None:
    """The made-up live stream of a generated city."""


@demo_stream.command("start")
@click.option("--city", default=None, help="Code of the city; may be left out when there is one.")
@session
def start(here: Session, city: str | None) -> None:
    """Let a new incident come in every few seconds, for half an hour."""
    with here.transaction() as tx:
        until = service.start_stream(tx, organisation.city(tx, city))
    click.echo(f"running until {until.isoformat(timespec='seconds')}")


@demo_stream.command("stop")
@click.option("--city", default=None, help="Code of the city; may be left out when there is one.")
@session
def stop(here: Session, city: str | None) -> None:
    """End the stream."""
    with here.transaction() as tx:
        service.stop_stream(tx, organisation.city(tx, city))
    click.echo("stopped")
