"""How fast the cell of many points is found in 10,000 cells by the database, against geopandas' spatial join."""

from __future__ import annotations

import geopandas
import numpy as np
import shapely
from shapely import Point

from geo_app.cities import service
from geo_app.cities.model import CellRow, CityData, CityInfo, UnitRow
from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.organisation.model import Level
from geo_app.planning import store
from grids.model import Partition
from tests import build
from tests.bench.databases import fresh
from tests.bench.registry import Row, median_of, milliseconds, row, times_better

RUNS, SIDE, POINTS = 5, 100, 2000
SINGLE = 100
CORNER = np.array([500_000.0, 4_400_000.0])


def bench_city(whole: Partition) -> CityData:
    """Return a city of these cells and nothing else."""
    info = CityInfo("bench", "测", "Bench", "990101", 4548, "Asia/Shanghai", "made up", False, "gb30428")
    communities = sorted({cell.community for cell in whole.cells.values()})
    units = [
        UnitRow(Level.DISTRICT, "990101", "区", None), UnitRow(Level.STREET, "990101001", "街", "990101"),
        *(UnitRow(Level.COMMUNITY, code, code, "990101001") for code in communities),
    ]  # fmt: skip
    cells = [CellRow(cell.code, cell.name, cell.community, cell.geometry) for cell in whole.cells.values()]
    return CityData(info, tuple(units), tuple(cells), (), (), (), (), (), (), (), ())


@row("cell-at")
def cell_at() -> Row:
    """Time one lookup, as a request asks for it; what a join of all points at once takes stands in the note."""
    made = build.partition(SIDE, SIDE, seed=20260101)
    cells = [
        build.cell(number, shapely.transform(cell.geometry, lambda xy: np.round(xy + CORNER, 3)))
        for number, cell in enumerate(made.cells.values())
    ]
    whole = Partition.of(cells)
    rng = np.random.default_rng(20260102)
    low, high = np.split(shapely.total_bounds(whole.geometries()), 2)
    points = [shapely.set_srid(Point(xy), 4548) for xy in rng.uniform(low, high, (POINTS, 2))]
    frame = geopandas.GeoDataFrame({"code": list(whole.cells)}, geometry=list(whole.geometries()), crs=4548)
    asked = geopandas.GeoDataFrame(geometry=points, crs=4548)

    def peer() -> list[str | None]:
        joined = geopandas.sjoin(asked, frame, predicate="intersects").sort_values("code")
        codes = joined[~joined.index.duplicated()]["code"].reindex(asked.index)
        return [code if isinstance(code, str) else None for code in codes]

    with fresh() as database:
        with database.transaction(SYSTEM, patient=True) as tx:
            city = service.load(tx, bench_city(whole))
        with database.transaction(SYSTEM, patient=True) as tx:
            at = clock.now()

            def ours() -> list[str | None]:
                return [
                    placed.code if (placed := store.cell_at(tx, city, point, at)) else None
                    for point in points
                ]

            equal = ours() == peer()
            figure = median_of(RUNS, lambda: milliseconds(ours)) / POINTS
    at_once = median_of(RUNS, lambda: milliseconds(peer)) / POINTS
    theirs = median_of(RUNS, lambda: milliseconds(lambda: one_by_one(asked[:SINGLE], frame))) / SINGLE
    return Row(
        name="cell-at", ours=figure, unit="ms", peer="geopandas.sjoin, one point at a time", peer_figure=theirs,
        ratio=times_better(figure, theirs), equal=equal,
        note=f"{len(whole.cells)} cells, {POINTS} points over the wire; sjoin of all at once {at_once:.4f} ms each",
    )  # fmt: skip


def one_by_one(asked: geopandas.GeoDataFrame, frame: geopandas.GeoDataFrame) -> list[int]:
    """Return how many cells each point meets, each joined alone."""
    return [
        len(geopandas.sjoin(asked[number : number + 1], frame, predicate="intersects"))
        for number in range(len(asked))
    ]
