"""`geo roads …`: import a city's roads, with everything wrong with them; close, slow and open them; tell a way."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from shapely import Point

from geo_app.core import clock, coords
from geo_app.core.command import (
    Session,
    city_option,
    counted,
    echo,
    frame_option,
    json_option,
    permit,
    session,
    tell,
)
from geo_app.core.coords import Given
from geo_app.core.errors import BadInput
from geo_app.organisation import service as organisation
from geo_app.roads import closing, reading, service, tracing, wire
from geo_app.roads.model import Mode, NewOverride, Override, Report, Stretch

SHOWN = 5
"""Problems of one kind that are printed; JSON names them all."""
MODES = click.Choice([str(mode) for mode in Mode])


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


@roads.command("near")
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@city_option
@json_option
@session
@permit("map.read")
def near(here: Session, lon: float, lat: float, city: str | None, as_json: bool) -> None:
    """List the roads at LON LAT (WGS 84), the nearest first, as `close` names them."""
    with here.transaction() as tx:
        found = closing.near(tx, organisation.city(tx, city), _place(lon, lat), 10)
    rows = [
        {
            "stretch": _name(one.stretch),
            "class": one.road_class,
            "name": one.name,
            "metres": round(one.metres, 1),
        }
        for one in found
    ]
    echo(rows, as_json)


@roads.command("close")
@click.argument("stretches", nargs=-1)
@click.option("--street", help="All of the street with this name.")
@click.option("--at", type=(float, float), help="The road nearest to this longitude and latitude, WGS 84.")
@click.option(
    "--share", type=click.FloatRange(0.01, 0.99), help="Share of the speed that is left; else closed."
)
@click.option("--mode", "modes", type=MODES, multiple=True, help="Only for these; else for all.")
@click.option("--from", "begins", help="RFC 3339 with its zone; else now.")
@click.option("--until", "ends", required=True, help="RFC 3339 with its zone.")
@click.option("--reason", required=True)
@city_option
@json_option
@session
@permit("road.manage")
def close(here: Session, stretches: tuple[str, ...], city: str | None, as_json: bool, **said: Any) -> None:
    """Close or slow roads: STRETCHES as `near` prints them (source or source:from:to), a street, or one at a place.

    Done twice it is done once: what already stands for all of that time is printed as it is.
    """
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        meant = tuple(_stretch(text) for text in stretches)
        if said["street"]:
            meant += closing.stretches(closing.named(tx, town, said["street"]))
        if said["at"]:
            meant += tuple(one.stretch for one in closing.near(tx, town, _place(*said["at"]), 1))
        begins_at = clock.now() if said["begins"] is None else clock.moment(said["begins"], "from")
        modes = frozenset(map(Mode, said["modes"])) or frozenset(Mode)
        ends_at = clock.moment(said["ends"], "until")
        made, _ = closing.override(
            tx, town, NewOverride(meant, said["share"], modes, begins_at, ends_at, said["reason"])
        )
    echo([_row(made)], as_json)


@roads.command("open")
@click.argument("override", type=click.IntRange(1))
@json_option
@session
@permit("road.manage")
def lift(here: Session, override: int, as_json: bool) -> None:
    """Open the roads of OVERRIDE again, from now on."""
    with here.transaction() as tx:
        opened = closing.lift(tx, override, closing.get(tx, override).version)
    echo([_row(opened)], as_json)


@roads.command("closed")
@click.option("--past", is_flag=True, help="Also what is over.")
@city_option
@json_option
@session
@permit("map.read")
def closed(here: Session, past: bool, city: str | None, as_json: bool) -> None:
    """List what is closed or slowed now or later, the newest first."""
    with here.transaction() as tx:
        found = closing.overrides(tx, organisation.city(tx, city), also_past=past)
    echo([_row(one) for one in found], as_json)


@roads.command("route")
@click.argument("start", type=(float, float))
@click.argument("target", type=(float, float))
@click.option("--mode", type=MODES, default=str(Mode.EBIKE), show_default=True)
@city_option
@json_option
@session
@permit("map.read")
def route(
    here: Session,
    start: tuple[float, float],
    target: tuple[float, float],
    mode: str,
    city: str | None,
    as_json: bool,
) -> None:
    """Tell the quickest way from START to TARGET (longitude and latitude each, WGS 84), step by step."""
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        engine = service.engine(tx, town.id, Mode(mode))
    ends = (coords.to_metric(_place(*place), town.srid) for place in (start, target))
    found = engine.route(*ends, with_steps=True)
    if found is None:
        raise click.ClickException("no road leads there")
    rows = [
        {"turn": str(one.turn), "name": one.name, "metres": round(one.metres, 1), "seconds": round(one.seconds, 1),
         "words": " / ".join(wire.words(one))}
        for one in found.steps
    ]  # fmt: skip
    echo(rows, as_json)


@roads.command("isochrone")
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@click.option("--seconds", type=click.IntRange(1, 7_200), default=900, show_default=True)
@click.option("--mode", type=MODES, default=str(Mode.EBIKE), show_default=True)
@click.option("--inward", is_flag=True, help="From where one comes, not where one gets to.")
@city_option
@session
@permit("map.read")
def isochrone(here: Session, lon: float, lat: float, city: str | None, **said: Any) -> None:
    """Print where one gets to from LON LAT (WGS 84) within a time, as GeoJSON."""
    mode, is_inward = Mode(said["mode"]), bool(said["inward"])
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        engine = service.engine(tx, town.id, mode)
    place = coords.to_metric(_place(lon, lat), town.srid)
    found = engine.isochrone(place, float(said["seconds"]), is_inward=is_inward)
    click.echo(json.dumps(wire.area(found, mode, town, is_inward=is_inward), ensure_ascii=False))


@roads.command("match")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="FILE.geojson to write.")
@click.option("--mode", type=MODES, default=str(Mode.WALK), show_default=True)
@frame_option
@city_option
@json_option
@session
@permit("map.read")
def match(here: Session, file: Path, out: Path | None, frame: str | None, as_json: bool, **said: Any) -> None:
    """Put the track in FILE.csv (lon, lat, at, accuracy) onto the roads; it may be as long as it likes.

    OUT gets a line for every road travelled, with its moments, and what is not known as features without a place.
    """
    with here.transaction() as tx:
        town = organisation.city(tx, said["city"])
        found = service.matcher(tx, town.id, Mode(said["mode"]))
    if found is None:
        raise BadInput("city", town.code, "a city with roads")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        parts = counted(reading.table(lines, frame or "wgs84", town.srid), "positions")
        report = tracing.written(out, parts, found, town.srid)
    tell(report, as_json)


def _place(lon: float, lat: float) -> Point:
    return coords.point(Given(lon, lat, "wgs84"), "place")


def _stretch(text: str) -> Stretch:
    parts = text.split(":")
    if len(parts) not in (1, 3) or not all(part.lstrip("-").isdecimal() for part in parts):
        raise click.UsageError(f"{text}: a source, or source:from:to as `geo roads near` prints it")
    return Stretch(*map(int, parts))


def _name(stretch: Stretch) -> str:
    if stretch.from_node is None:
        return str(stretch.source_id)
    return f"{stretch.source_id}:{stretch.from_node}:{stretch.to_node}"


def _row(one: Override) -> dict[str, Any]:
    return {
        "id": one.id, "version": one.version, "share": "closed" if one.share is None else one.share,
        "modes": " ".join(sorted(one.modes)), "from": one.begins_at.isoformat(timespec="seconds"),
        "until": one.ends_at.isoformat(timespec="seconds"), "roads": len(one.roads), "reason": one.reason,
    }  # fmt: skip


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
