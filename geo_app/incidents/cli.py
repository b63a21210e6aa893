"""`geo incidents …`: look at incidents, take reports in one by one or a table at a time, play the past again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from geo_app.core import clock, coords, db, masking, sheet
from geo_app.core.command import (
    Pace,
    Session,
    city_option,
    echo,
    frame_option,
    json_option,
    note,
    permit,
    progress,
    session,
    tell,
)
from geo_app.core.coords import Given
from geo_app.core.errors import BadInput, GeoError, Refused
from geo_app.incidents import near, nearness, replay, rows, service, shown
from geo_app.incidents.model import Channel, Located, NewReport, Past, Where
from geo_app.incidents.nearness import Limits
from geo_app.incidents.rows import Refusal
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City

OPEN = {"open": True, "closed": False, "all": None}
SETTLED = {"any": None, "settled": True, "unsettled": False}
LOADED = "geo"
"""Source of reports that are taken in one by one with a key."""


@click.group()
def incidents() -> None:
    """Incidents and reports."""


@incidents.command("list")
@city_option
@click.option("--state", type=click.Choice(list(OPEN)), default="open", show_default=True)
@click.option("--location", type=click.Choice(list(SETTLED)), default="any", show_default=True)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@json_option
@session
@permit("incident.read")
def list_incidents(
    here: Session, city: str | None, state: str, location: str, limit: int, as_json: bool
) -> None:
    """List incidents, newest first; `--location unsettled` are those that wait for a place."""
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        found = service.incidents(tx, town, OPEN[state], limit, is_settled=SETTLED[location])
    echo([shown.row(one) for one in found], as_json)


@incidents.command("show")
@click.argument("incident", type=click.IntRange(1))
@json_option
@session
@permit("incident.read")
def show(here: Session, incident: int, as_json: bool) -> None:
    """Show one INCIDENT by its id."""
    with here.transaction() as tx:
        found = service.incident(tx, incident)
    tell(shown.whole(found), as_json)


@incidents.command("report")
@city_option
@click.option("--category", required=True, help="Code of the category.")
@click.option("--description", required=True)
@click.option(
    "--channel",
    type=click.Choice([one.value for one in Channel]),
    default=Channel.SYSTEM.value,
    show_default=True,
)
@click.option("--address", default=None)
@click.option(
    "--position", type=(float, float), default=None, help="X Y: longitude and latitude, or x and y."
)
@frame_option
@click.option("--occurred-at", default=None, help="RFC 3339 with its zone; now when left out.")
@click.option("--exercise", is_flag=True, help="It is made up (演练).")
@click.option("--key", default=None, help="What it is known by: the same key takes it in once.")
@json_option
@session
@permit("incident.report")
def report(here: Session, city: str | None, as_json: bool, **said: Any) -> None:
    """Take in a report: --address or --position, or both."""
    new = _said(**said)
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        known = service.known_keys(tx, town, LOADED, [new.source_key]) if new.source_key else {}
        earlier = known.get(new.source_key or "")
        found = service.incident(tx, earlier) if earlier else service.report(tx, town, new)
        alike = near.of_incident(tx, town, found, _limits(here))
    repeats = [nearness.told(one) for one in alike] if as_json else ", ".join(map(shown.words, alike))
    tell({**shown.whole(found), "near": repeats}, as_json)


@incidents.command("near")
@city_option
@click.option("--category", required=True, help="Code of the category.")
@click.option("--address", default=None)
@click.option(
    "--position", type=(float, float), default=None, help="X Y: longitude and latitude, or x and y."
)
@frame_option
@json_option
@session
@permit("incident.read")
def near_incidents(here: Session, city: str | None, as_json: bool, **said: Any) -> None:
    """List open incidents that a report of this category here would repeat (疑似重复), the likeliest first."""
    new = _said(description="", channel=Channel.SYSTEM, occurred_at=None, key=None, exercise=False, **said)
    with here.transaction() as tx:
        found = near.of_report(tx, organisation.city(tx, city), new, _limits(here))
    echo(
        [nearness.told(one) for one in found] if as_json else [shown.near_row(one) for one in found], as_json
    )


@incidents.command("locate")
@click.argument("incident", type=click.IntRange(1))
@click.option(
    "--position", type=(float, float), required=True, help="X Y: longitude and latitude, or x and y."
)
@frame_option
@click.option("--address", default=None, help="Another address than the one it has.")
@click.option(
    "--version", type=click.IntRange(1), default=None, help="Refuse when it is no longer this version."
)
@json_option
@session
@permit("incident.locate")
def locate(here: Session, incident: int, version: int | None, as_json: bool, **said: Any) -> None:
    """Say where INCIDENT is."""
    given = _given(said["position"], said["frame"])
    located = Located(coords.point(given, "position"), given, said["address"])
    with here.transaction() as tx:
        seen = service.incident(tx, incident)
        found = seen
        if (seen.position, seen.location, version) != (located.position, "sure", None):
            found = service.settle_location(tx, incident, version or seen.version, located)
    tell(shown.whole(found), as_json)


@incidents.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@city_option
@frame_option
@click.option("--dry-run", is_flag=True, help="Only say what would be refused.")
@json_option
@session
@permit("incident.load")
def load(
    here: Session, file: Path, city: str | None, frame: str | None, dry_run: bool, as_json: bool
) -> None:
    """Load the reports in FILE (.csv, .xlsx, .geojson): all of them or none; what came in before stays out.

    Headings, Chinese or English: category, channel, description, lon, lat, frame, address, occurred_at, closed_at,
    key. What has no key is known by what it says, together with the file's name.
    """
    lines = sheet.lines(file)
    is_geojson = sheet.kind(file) is sheet.Kind.FEATURES
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        at = clock.now()
        about = rows.File(
            file.name, frame or ("wgs84" if is_geojson else None), ZoneInfo(town.time_zone),
            service.categories(tx, town, at), at,
        )  # fmt: skip
        reading = rows.read(progress(lines, "read"), rows.headings(lines), about)
        known = service.known_keys(tx, town, file.name, [one.source_key or "" for _, one in reading.reports])
        fresh = [(number, one) for number, one in reading.reports if one.source_key not in known]
        places, unplaced = _places(tx, town, fresh)
        refused = sorted([*reading.refused, *unplaced], key=lambda one: one.row)
        counts = {"rows": len(lines), "new": len(fresh), "known": len(known), "near": 0}
        if not refused:
            pairs = zip((one for _, one in fresh), places, strict=True)
            counts["near"] = near.count_repeated(tx, town, pairs, _limits(here))
        if not refused and not dry_run:
            service.load(tx, town, [one for _, one in fresh], places)
    _loaded(file, counts, refused, as_json)
    if refused:
        count = len({one.row for one in refused})
        raise Refused(f"{count} of {len(lines)} rows are refused; nothing was loaded")


def _places(
    tx: db.Transaction, city: City, fresh: list[tuple[int, NewReport]]
) -> tuple[list[Where], list[Refusal]]:
    """Return where each report is, and the rows whose address or position is refused."""
    places, refused = [], []
    found = service.whereabouts_all(tx, city, [one for _, one in fresh])
    for (number, _), where in zip(progress(fresh, "locate"), found, strict=True):
        if isinstance(where, BadInput):
            refused.append(Refusal(number, where.field, where.value, where.rule))
        else:
            places.append(where)
    return places, refused


def _loaded(file: Path, counts: dict[str, int], refused: list[Refusal], as_json: bool) -> None:
    if as_json:
        shown = [{**asdict(one), "value": masking.text(one.value)} for one in refused]
        tell({"file": file.name, **counts, "refused": shown}, as_json)
        return
    for one in refused:
        click.echo(f"row {one.row}, {one.column}: {one.rule}, got {masking.text(one.value)!r}")
    click.echo(f"{file.name}: {counts['rows']} rows, {counts['new']} new, {counts['known']} known already")
    if counts["near"]:
        click.echo(f"{counts['near']} of the new may repeat what is open already (疑似重复)")


@incidents.command("replay")
@city_option
@click.option("--speed", type=click.FloatRange(0, min_open=True), default=60.0, show_default=True)
@click.option("--from", "since", default=None, help="RFC 3339: not those before.")
@click.option("--to", "until", default=None, help="RFC 3339: only those before.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@click.option("--run", default="1", show_default=True, help="Name of the run; another name plays them anew.")
@json_option
@session
@click.pass_obj
@permit("incident.load")
def play(
    pace: Pace | None, /, here: Session, city: str | None, *, speed: float, run: str, as_json: bool, **which: Any
) -> None:  # fmt: skip
    """Play past incidents again as an exercise (演练), in their order, SPEED times as fast.

    Ctrl-C ends it; the same command goes on where it ended. With --json each is a line, and the last line sums up.
    """
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        since, until = _moment(which["since"], "from"), _moment(which["until"], "to")
        past = service.past(tx, town, since, until, which["limit"])
        known = service.known_keys(tx, town, replay.SOURCE, [replay.key(one, run) for one in past])
    left = [one for one in past if replay.key(one, run) not in known]
    played = 0
    with pace or Pace() as going:
        for one, wait in zip(left, replay.waits(left, speed), strict=True):
            if not going.until(wait):
                break
            played += _play(here, town, one, run, as_json)
    counts = {"played": played, "before": len(known), "left": len(left) - played}
    said = f"played {played}, {len(known)} were played before, {counts['left']} left"
    note(counts, said, as_json)


def _play(here: Session, city: City, past: Past, run: str, as_json: bool) -> int:
    """Play one incident; what is refused today is told and left out."""
    new = replay.again(past, run, clock.now())
    reason = f"nobody knows where incident {past.id} was"
    if new is not None:
        try:
            with here.transaction() as tx:
                made = service.report(tx, city, new)
        except GeoError as error:
            reason = str(error)
        else:
            at = made.reported_at.isoformat(timespec="seconds")
            told = {"again": past.id, "id": made.id, "category": made.category, "reported_at": at}
            note(told, f"{at} {made.category} {made.id} again {past.id}", as_json)
            return 1
    note({"again": past.id, "left_out": reason}, f"left out: {reason}", as_json)
    return 0


def _said(
    category: str, description: str, channel: str, address: str | None, position: tuple[float, float] | None,
    **more: Any,
) -> NewReport:  # fmt: skip
    given = None if position is None else _given(position, more["frame"])
    return NewReport(
        category=category, channel=Channel(channel), description=description, address=address,
        position=None if given is None else coords.point(given, "position"), given=given,
        occurred_at=_moment(more["occurred_at"], "occurred_at") or clock.now(),
        source=LOADED if more["key"] else None, source_key=more["key"], is_exercise=more["exercise"],
    )  # fmt: skip


def _given(position: tuple[float, float], frame: str | None) -> Given:
    if frame is None:
        raise BadInput("frame", "", "stated with --frame: wgs84, gcj02, bd09, epsg:n")
    return Given(*position, frame)


def _moment(text: str | None, name: str) -> datetime | None:
    return None if text is None else clock.moment(text, name)


def _limits(here: Session) -> Limits:
    return Limits.read(here.settings.near_metres, here.settings.near_hours)
