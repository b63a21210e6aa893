"""How fast a million points are matched to 10,000 cells, against what else pip installs for it: one row for each peer.

The peers are the extra [bench] of pyproject.toml, which `scripts/bench` puts into a folder of its own: nothing the
service runs on changes with them. A peer that is not there is named in its row, and the bench fails.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import shapely

from grids.locate import Locator
from tests import tilings
from tests.bench import locating
from tests.bench.registry import Row, median_of, milliseconds, row, times_better

Ask = Callable[[], np.ndarray]
Prepare = Callable[[np.ndarray, np.ndarray], Ask]
PEERS = Path(sys.prefix) / "peers"
"""Where scripts/bench puts the extra."""
WITHIN = "SELECT p.point, c.cell FROM points p JOIN cells c ON ST_Within(p.geometry, c.geometry)"


@row("locate-10k-duckdb")
def against_duckdb() -> Row:
    """Time the spatial join of DuckDB, one thread, both tables in its memory."""
    return beside("duckdb", duckdb, locating.SMALL, locating.POINTS)


@row("locate-10k-sedonadb")
def against_sedonadb() -> Row:
    """Time the spatial join of SedonaDB, which takes all processors there are."""
    return beside("sedonadb", sedonadb, locating.SMALL, locating.POINTS)


@row("locate-10k-strtree")
def against_strtree() -> Row:
    """Time the tree of shapely, asked for all points at once."""
    return beside("strtree", strtree, locating.SMALL, locating.POINTS)


def beside(name: str, prepare: Prepare, side: int, count: int) -> Row:
    """Return the row of `count` points in `side` x `side` cells beside one peer."""
    cells = tilings.cells(side, side, extent=locating.EXTENT, seed=20260101)
    points = tilings.points(count, extent=locating.EXTENT, seed=20260102)
    locator = Locator.of(cells)
    ours = _rate(count, lambda: locating.found(locator, points))
    note = f"{len(cells)} cells, {count} points"
    try:
        ask = prepare(np.array([cell.geometry for cell in cells], dtype=object), points)
    except ModuleNotFoundError as error:
        missing = f"{error.name} is not installed: scripts/bench installs the extra [bench]"
        return Row(f"locate-10k-{name}", ours, locating.MILLION, name, equal=False, note=f"{note}; {missing}")
    equal = locating.same(locating.found(locator, points), ask())
    theirs = _rate(count, ask)
    ratio = times_better(ours, theirs, less_is_better=False)
    return Row(f"locate-10k-{name}", ours, locating.MILLION, name, theirs, ratio, equal, note)


def duckdb(cells: np.ndarray, points: np.ndarray) -> Ask:
    """Return DuckDB's join of points and cells; its extension comes as a wheel, nothing is fetched."""
    engine, extension = _peer("duckdb"), _peer("duckdb_extension_spatial")
    connection = engine.connect(config={"threads": 1})
    (library,) = Path(extension.__file__).parent.glob("extensions/*/spatial.duckdb_extension")
    connection.execute(f"LOAD '{library}'")
    connection.register(
        "shapes", pandas.DataFrame({"cell": np.arange(len(cells)), "wkb": shapely.to_wkb(cells)})
    )
    xy = {"point": np.arange(len(points)), "x": points[:, 0], "y": points[:, 1]}
    connection.register("places", pandas.DataFrame(xy))
    connection.execute("CREATE TABLE cells AS SELECT cell, ST_GeomFromWKB(wkb) AS geometry FROM shapes")
    connection.execute("CREATE TABLE points AS SELECT point, ST_Point(x, y) AS geometry FROM places")
    return lambda: _answer(len(points), connection.execute(WITHIN).fetchnumpy())


def sedonadb(cells: np.ndarray, points: np.ndarray) -> Ask:
    """Return SedonaDB's join of points and cells."""
    for needed in ("pyarrow", "geoarrow.pyarrow"):
        _peer(needed)
    context = _peer("sedonadb").connect()
    for name, one, geometry in (("cells", "cell", cells), ("points", "point", shapely.points(points))):
        frame = geopandas.GeoDataFrame({one: np.arange(len(geometry))}, geometry=geometry)
        context.create_data_frame(frame).to_memtable().to_view(name)
    return lambda: _answer(len(points), context.sql(WITHIN).to_pandas())


def strtree(cells: np.ndarray, points: np.ndarray) -> Ask:
    """Return the query of a tree of cells for points that were made before the clock ran."""
    tree, places = shapely.STRtree(cells), shapely.points(points)

    def ask() -> np.ndarray:
        point, cell = tree.query(places, predicate="within")
        return _answer(len(points), {"point": point, "cell": cell})

    return ask


def _answer(count: int, joined: Any) -> np.ndarray:
    """Return the cell of each point, -1 outside all, from a table of pairs."""
    found = np.full(count, -1)
    found[np.asarray(joined["point"])] = np.asarray(joined["cell"])
    return found


def _peer(name: str) -> Any:
    """Import a peer; ModuleNotFoundError names what is missing. What we run on ourselves goes first."""
    if str(PEERS) not in sys.path:
        sys.path.append(str(PEERS))
    return importlib.import_module(name)


def _rate(count: int, ask: Callable[[], object]) -> float:
    """Return millions a second."""
    return count / median_of(locating.RUNS, lambda: milliseconds(ask)) / 1000
