"""What every `geo` command needs: a database, one way to print, one way to fail, a pace to go at."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from functools import wraps
from types import FrameType, TracebackType
from typing import Any, TypeVar

import click

from geo_app.core import db, settings
from geo_app.core.actor import SYSTEM

Item = TypeVar("Item")
Part = TypeVar("Part", bound=Sized)
Command = TypeVar("Command", bound=Callable[..., Any])
TELL_EVERY = 1.0
"""Seconds after which a long command says how far it is."""
city_option = click.option(
    "--city", default=None, help="Code of the city; may be left out when there is one."
)
frame_option = click.option("--frame", default=None, help="Frame of coordinates: wgs84, gcj02, bd09, epsg:n.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Session:
    """A command's database, opened when it is first needed."""

    def __init__(self) -> None:
        self.settings = settings.connected()
        self.database = db.Database(self.settings.app_database_url, self.settings)

    @contextmanager
    def transaction(self) -> Iterator[db.Transaction]:
        """Give a transaction without time limit, in which the command line acts."""
        with self.database.transaction(SYSTEM, patient=True) as tx:
            yield tx


def permit(permission: str) -> Callable[[Command], Command]:
    """State the permission of what a command does; whoever has this shell acts as the system, which has all."""

    def mark(command: Command) -> Command:
        command.permission = permission  # type: ignore[attr-defined]
        return command

    return mark


def session(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its Session as first argument and close it afterwards."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        here = Session()
        try:
            command(here, *args, **options)
        finally:
            here.database.dispose()

    return run


def echo(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    """Print rows as a table, or as JSON."""
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str, indent=2))
        return
    if not rows:
        click.echo("nothing")
        return
    names = list(rows[0])
    shown = [[str(row[name]) for name in names] for row in rows]
    widths = [max(len(name), *(len(line[i]) for line in shown)) for i, name in enumerate(names)]
    for line in [names, *shown]:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def tell(thing: dict[str, Any], as_json: bool) -> None:
    """Print one thing, a member a line, or as JSON."""
    if as_json:
        click.echo(json.dumps(thing, ensure_ascii=False, default=str, indent=2))
        return
    width = max(map(len, thing))
    for name, value in thing.items():
        click.echo(f"{name.ljust(width)}  {'' if value is None else value}".rstrip())


def note(thing: dict[str, Any], said: str, as_json: bool) -> None:
    """Print one of the things a long command does, at once: as `said`, or as a line of JSON."""
    click.echo(json.dumps(thing, ensure_ascii=False, default=str) if as_json else said)
    sys.stdout.flush()


def progress(items: Sequence[Item], doing: str) -> Iterator[Item]:
    """Yield the items; what takes longer than a second says on standard error how far it is."""
    told = time.monotonic()
    for count, item in enumerate(items):
        if time.monotonic() - told >= TELL_EVERY:
            told = time.monotonic()
            click.echo(f"{doing}: {count} of {len(items)}", err=True)
        yield item


def counted(parts: Iterable[Part], doing: str) -> Iterator[Part]:
    """Yield parts of something whose end nobody knows; says each second on standard error how much it was so far."""
    told, count = time.monotonic(), 0
    for part in parts:
        yield part
        count += len(part)
        if time.monotonic() - told >= TELL_EVERY:
            told = time.monotonic()
            click.echo(f"{doing}: {count} so far", err=True)


class Pace:
    """Lets a command wait until its time comes, or until SIGINT; inside `with` the signal ends nothing else."""

    def __enter__(self) -> Pace:
        """Begin now."""
        self._stop = threading.Event()
        self._before = signal.signal(signal.SIGINT, self._end)
        self._start = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the signal back."""
        signal.signal(signal.SIGINT, self._before)

    def until(self, seconds: float) -> bool:
        """Wait until so many seconds after the beginning; False when the signal came before."""
        return not self._stop.wait(max(0.0, seconds - (time.monotonic() - self._start)))

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()
