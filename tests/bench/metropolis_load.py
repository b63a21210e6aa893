"""How long a city of 100,000 cells takes from rows to the database: checked, drawn, stored, looked at again."""

from __future__ import annotations

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.organisation import service as organisation
from geo_app.planning import service as planning
from tests import metropolis
from tests.bench.databases import fresh
from tests.bench.registry import Row, milliseconds, row


@row("metropolis-load")
def metropolis_load() -> Row:
    """Load it once: the way of a city kit, in one transaction."""
    with fresh() as database:
        seconds = milliseconds(lambda: metropolis.load(database)) / 1000
        with database.transaction(SYSTEM) as tx:
            city = organisation.city(tx, metropolis.CODE)
            cells = planning.releases(tx, city)[0].cells
            units = len(organisation.units(tx, city, clock.now()))
    note = f"{cells:,} cells of 48 vertices, {units:,} units; with the rows made"
    is_whole = cells == metropolis.COLUMNS * metropolis.ROWS
    return Row(name="metropolis-load", ours=seconds, unit="s", equal=is_whole, note=note)
