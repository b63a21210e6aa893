"""`geo responders …` and `geo positions load`: who can be sent, signing on and off, where they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from geo_app.core import clock, coords, sheet
from geo_app.core.command import (
    Session,
    city_option,
    echo,
    frame_option,
    json_option,
    permit,
    progress,
    session,
    tell,
)
from geo_app.core.coords import Given
from geo_app.core.errors import BadInput, Refused
from geo_app.organisation import service as organisation
from geo_app.responders import service
from geo_app.responders.model import LARGEST_ACCURACY, NewPosition, Part, Refusal, Responder, Status

MOST = 100_000
"""Positions of a day that are listed: more than one a second."""


@click.group()
def responders() -> None:
    """Responders (处置人员): who can be sent."""


@responders.command("list")
@city_option
@json_option
@session
@permit("responder.read")
def list_responders(here: Session, city: str | None, as_json: bool) -> None:
    """List the responders of a city, by code."""
    with here.transaction() as tx:
        found = service.responders(tx, organisation.city(tx, city), clock.now())
    echo([_row(one) for one in found], as_json)


@responders.command("status")
@click.argument("responder", type=click.IntRange(1))
@click.argument("status", type=click.Choice([Status.FREE.value, Status.OFF.value]))
@json_option
@session
@permit("responder.manage")
def status(here: Session, responder: int, status: str, as_json: bool) -> None:
    """Sign RESPONDER on (free) or off."""
    with here.transaction() as tx:
        found = service.switch(tx, responder, Status(status))
    tell(_row(found), as_json)


@responders.command("track")
@click.argument("responder", type=click.IntRange(1))
@click.option("--from", "since", default=None, help="From this moment, RFC 3339; else the city's midnight.")
@click.option("--to", "until", default=None, help="Before this moment, 25 hours later at most; else now.")
@click.option("--reason", required=True, help="Why, 5 to 500 characters; it is recorded.")
@json_option
@session
@permit("track.read")
def track(
    here: Session, responder: int, since: str | None, until: str | None, reason: str, as_json: bool
) -> None:
    """List where RESPONDER was on shift, oldest first."""
    part = Part(_moment(since, "from"), _moment(until, "to"))
    with here.transaction() as tx:
        found = service.track(tx, responder, part, MOST, reason)
    echo([
        {"at": one.at.isoformat(), "lon": one.point.x, "lat": one.point.y, "accuracy": one.accuracy}
        for one in found.positions
    ], as_json)  # fmt: skip


@responders.command("visits")
@click.argument("responder", type=click.IntRange(1))
@click.option("--from", "since", default=None, help="From this moment, RFC 3339; else the city's midnight.")
@click.option("--to", "until", default=None, help="Before this moment, 25 hours later at most; else now.")
@click.option("--reason", required=True, help="Why, 5 to 500 characters; it is recorded.")
@json_option
@session
@permit("track.read")
def visits(
    here: Session, responder: int, since: str | None, until: str | None, reason: str, as_json: bool
) -> None:
    """List through which cells RESPONDER went on shift, in order, with seconds and metres in each."""
    part = Part(_moment(since, "from"), _moment(until, "to"))
    with here.transaction() as tx:
        found = service.visits(tx, responder, part, reason)
    echo([
        {
            "cell": one.code, "name": one.name, "street": one.units[1].name,
            "entered_at": one.entered_at.isoformat(timespec="seconds"),
            "left_at": one.left_at.isoformat(timespec="seconds"),
            "seconds": round((one.left_at - one.entered_at).total_seconds()), "metres": round(one.metres),
        }
        for one in found
    ], as_json)  # fmt: skip


@responders.command("erase-track")
@click.argument("responder", type=click.IntRange(1))
@click.option("--reason", required=True, help="Who asked and why, 5 to 500 characters; it is recorded.")
@json_option
@session
@permit("person.erase")
def erase_track(here: Session, responder: int, reason: str, as_json: bool) -> None:
    """Erase what is kept of where RESPONDER was; what was counted of days past their term tells of nobody."""
    with here.transaction() as tx:
        erased = service.erase_track(tx, responder, reason)
    tell({"responder": responder, "erased": erased}, as_json)


@click.group()
def positions() -> None:
    """Positions of responders."""


@positions.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@city_option
@frame_option
@json_option
@session
@permit("responder.manage")
def load(here: Session, file: Path, city: str | None, frame: str | None, as_json: bool) -> None:
    """Load the positions in FILE (.csv, .xlsx, .geojson): all of them or none; older ones change nothing.

    Headings: responder (its code), lon, lat, frame (or --frame), at (RFC 3339 with its zone), accuracy (metres).
    """
    lines = sheet.lines(file)
    batch: dict[int, NewPosition] = {}
    refused: list[Refusal] = []
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        known = {one.code: one.id for one in service.responders(tx, town, clock.now())}
        for number, row in progress(lines, "read"):
            try:
                batch[number] = _position(row, known, frame)
            except BadInput as error:
                refused.append(Refusal(number, error.field, error.value, error.rule))
        if not refused:
            taken = service.move(tx, town, batch)
            refused += taken.refused
        for one in sorted(refused, key=lambda one: one.index):
            click.echo(f"row {one.index}, {one.field}: {one.rule}, got {one.value}", err=True)
        if refused:
            raise Refused(f"{len(refused)} of {len(lines)} rows are refused; nothing was loaded")
    told = asdict(taken)
    del told["refused"]
    tell({"file": file.name, "rows": len(lines), **told}, as_json)


def _position(row: Mapping[str, str], known: Mapping[str, int], frame: str | None) -> NewPosition:
    """Return the position of a row; BadInput names the column."""
    code, stated = row.get("responder", "").strip(), row.get("frame", "").strip() or frame
    if code not in known:
        raise BadInput("responder", code, "the code of one of the city's responders")
    if stated is None:
        raise BadInput("frame", "", "stated, in a column or with --frame: wgs84, gcj02, bd09, epsg:n")
    given = Given(_number(row, "lon"), _number(row, "lat"), stated)
    accuracy = _number(row, "accuracy") if row.get("accuracy", "").strip() else None
    if accuracy is not None and not 0 <= accuracy <= LARGEST_ACCURACY:
        raise BadInput("accuracy", accuracy, f"metres from 0 to {LARGEST_ACCURACY:.0f}")
    at = clock.moment(row.get("at", "").strip(), "at")
    return NewPosition(known[code], coords.point(given, "lon, lat"), at, accuracy, given)


def _moment(text: str | None, name: str) -> datetime | None:
    return None if text is None else clock.moment(text, name)


def _number(row: Mapping[str, str], name: str) -> float:
    text = row.get(name, "")
    try:
        return float(text)
    except ValueError as error:
        raise BadInput(name, text, "a number") from error


def _row(one: Responder) -> dict[str, object]:
    return {
        "id": one.id, "code": one.code, "name": one.name, "kind": str(one.kind), "status": str(one.status),
        "on_shift": one.is_on_shift, "skills": " ".join(one.skills),
        "position_at": one.position_at.isoformat(timespec="seconds"),
    }  # fmt: skip
