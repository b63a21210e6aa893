"""`geo routes …`: through which cells and streets the patrol routes lead."""

from __future__ import annotations

from typing import Any

import click

from geo_app.core import clock
from geo_app.core.command import Session, city_option, echo, json_option, permit, progress, session
from geo_app.core.errors import NotFound
from geo_app.organisation import service as organisation
from geo_app.patrols import service
from geo_app.patrols.model import Round, Route


@click.group()
def routes() -> None:
    """Patrol routes (巡查路线)."""


@routes.command("cells")
@click.argument("codes", nargs=-1)
@city_option
@json_option
@session
@permit("patrol.read")
def cells(here: Session, codes: tuple[str, ...], city: str | None, as_json: bool) -> None:
    """List the cells the routes with CODES, or all, are walked through along the roads: metres and minutes in each.

    `on_roads` are the metres of the whole round along roads; the rest stays on the line as it was drawn.
    """
    at, rows = clock.now(), []
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        known = {route.code: route for route in service.routes(tx, town, at)}
        missing = [code for code in codes if code not in known]
        if missing:
            raise NotFound(f"{town.name} has no route {missing[0]}")
        for route in progress([known[code] for code in codes or known], "routes"):
            rows += _rows(route, service.walk(tx, town, route, at))
    echo(rows, as_json)


def _rows(route: Route, walked: Round) -> list[dict[str, Any]]:
    share = f"{walked.on_roads:.0f} of {walked.line.length:.0f}"
    return [
        {
            "route": route.code, "cell": one.code, "name": one.name, "street": one.street,
            "metres": round(one.metres, 1), "minutes": round(one.seconds / 60, 1), "on_roads": share,
        }
        for one in walked.cells
    ]  # fmt: skip
