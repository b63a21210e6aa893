"""What every `geo` command needs: a database, one way to print, one way to fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click

from geo_app.core import db, settings
from geo_app.core.actor import SYSTEM

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
