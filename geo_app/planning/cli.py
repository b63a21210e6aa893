"""`geo places …`: find what was said, one by one or a table at a time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from geo_app.core import clock, db, sheet
from geo_app.core.command import Session, echo, json_option, permit, session
from geo_app.core.errors import BadInput
from geo_app.geocoding import service as geocoding
from geo_app.geocoding import sources
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import service
from geo_app.planning.model import Location

CITY = click.option("--city", default=None, help="Code of the city; may be left out when there is one.")
FRAME = click.option(
    "--frame", default="wgs84", help="Frame of plain coordinates: wgs84, gcj02, bd09, epsg:n."
)
HEADINGS = ("address", "地址", "位置", "事发地点", "place")
"""Headings under which an address is looked for."""
ADDED = (
    "verdict",
    "cell",
    "community",
    "lon",
    "lat",
    "score",
    "how",
    "uncertainty",
    "found",
    "formerly",
    "problem",
)
"""Columns that the report adds to a table."""


@click.group()
def places() -> None:
    """Places and addresses."""


@places.command("find")
@click.argument("said")
@CITY
@FRAME
@click.option("--outside", is_flag=True, help="Also ask the sources of GEO_SOURCES when we are not sure.")
@json_option
@session
@permit("place.search")
def find(here: Session, said: str, city: str | None, frame: str, outside: bool, as_json: bool) -> None:
    """List what SAID may mean, the likeliest first."""
    asked = sources.configured(here.settings.sources) if outside else ()
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        candidates = geocoding.geocode(tx, town, said, frame)
    candidates = geocoding.ask_outside(town, said, candidates, asked)
    with here.transaction() as tx:
        found = service.locate(tx, town, candidates, clock.now())
    rows: list[dict[str, object]] = [
        {
            "name": one.candidate.name, "formerly": one.candidate.formerly or "",
            "score": one.candidate.score, "how": one.candidate.how,
            "uncertainty": round(one.candidate.uncertainty), "lon": one.candidate.position.x,
            "lat": one.candidate.position.y, "cells": " ".join(cell.cell.code for cell in one.cells[:5]),
            "community": one.community.name if one.community else "",
        }
        for one in found.candidates
    ]  # fmt: skip
    echo(rows, as_json)
    if not as_json:
        click.echo(f"verdict: {found.verdict}")


@places.command("locate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Report; default FILE.located.csv."
)
@click.option("--column", default=None, help="Heading of the addresses.")
@CITY
@FRAME
@session
@permit("place.search")
def locate(
    here: Session, file: Path, out: Path | None, column: str | None, city: str | None, frame: str
) -> None:
    """Locate every address of a CSV or XLSX FILE and write a report with a verdict for each row."""
    rows = sheet.read(file)
    heading = sheet.column(rows, column, HEADINGS)
    told = []
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        with click.progressbar(rows, label=f"{len(rows)} addresses", show_pos=True) as progress:
            told = [{**row, **_located(tx, town, row[heading], frame)} for row in progress]
    target = out or file.with_suffix(".located.csv")
    sheet.write(target, told, [*rows[0], *(name for name in ADDED if name not in rows[0])])
    counts = Counter(str(row["verdict"]) for row in told)
    click.echo(", ".join(f"{count} {name}" for name, count in counts.most_common()) + f": {target}")


def _located(tx: db.Transaction, city: City, said: str, frame: str) -> dict[str, object]:
    """Return the report of one address; a refused one says why and does not stop the rest."""
    try:
        found = service.locate(tx, city, geocoding.geocode(tx, city, said, frame), clock.now())
    except BadInput as error:
        return {"verdict": "refused", "problem": str(error)}
    return _row(found)


def _row(found: Location) -> dict[str, object]:
    row: dict[str, object] = {"verdict": str(found.verdict)}
    if found.candidates:
        first = found.candidates[0].candidate
        row |= {
            "lon": first.position.x, "lat": first.position.y, "score": first.score, "how": str(first.how),
            "uncertainty": round(first.uncertainty), "found": first.name,
            "formerly": first.formerly or "",
        }  # fmt: skip
    if found.cell is not None and found.community is not None:
        row |= {"cell": found.cell.cell.code, "community": found.community.name}
    return row
