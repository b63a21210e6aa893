"""A city whose outlines were never drawn by us, of several releases: drawn anew it looks as if it had been, always."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.planning import service as planning
from geo_app.planning.model import Draft
from grids.model import Partition
from tests.integration.conftest import Run, Town

DRAWN = """SELECT band, level, code, name, valid::text, digest, ST_AsText(ST_Normalize(shape)) FROM outline
ORDER BY band, level, code, valid"""
UNITS = """SELECT unit_id, cells, valid::text, release_id, round(area::numeric, 3) FROM unit_shape
ORDER BY unit_id, valid"""


def released(town: Town, **change: Any) -> None:
    """Publish a release that changes one cell."""
    with town.database.transaction(SYSTEM) as tx:
        cells = dict(planning.partition(tx, town.city, clock.now()).cells)
        code = next(iter(cells))
        cells[code] = replace(cells[code], **change)
        draft = Draft(
            planning.releases(tx, town.city)[0].id, Partition.of(list(cells.values())), clock.now(), "one"
        )
        planning.publish(tx, town.city, planning.prepare(tx, town.city, draft))


def test_all_releases_are_drawn_anew(town: Town, geo: Run) -> None:
    released(town, name="新名")
    released(town, name="又新")
    drawn, units = town.all(DRAWN), town.all(UNITS)
    town.run("DELETE FROM outline WHERE band > 9")
    told = geo("tiles", "redraw", "town", "--json")
    assert told["releases"] == 3
    assert town.all(DRAWN) == drawn
    assert town.all(UNITS) == units
    assert town.one("SELECT drawn_at IS NOT NULL FROM city")
