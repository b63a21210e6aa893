"""The index of the grid in force follows releases and cities, and never says other than the database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from structlog.testing import capture_logs

from geo_app.cities import service as cities
from geo_app.core import clock, coords, settings
from geo_app.core.actor import SYSTEM
from geo_app.planning import indexes, matching, service, store
from geo_app.planning.model import Placed, Subject
from tests import build, tilings
from tests.integration.conftest import Town
from tests.integration.planning.conftest import Publish, bent, changed, current, halves
from tests.sizes import size


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own for the indexes; compiled kernels stay where they are."""
    here = replace(settings.current(), work=str(tmp_path))
    monkeypatch.setattr(matching, "settings", SimpleNamespace(current=lambda: here))
    return tmp_path


SOME = 7
"""Every seventh of many things is also placed alone."""


def both(town: Town, points: np.ndarray) -> tuple[list[Placed], list[Placed]]:
    """Return what the index says of metric points, and what the database says."""
    with town.database.transaction(SYSTEM, patient=True) as tx:
        at = clock.now()
        metric = [shapely.set_srid(shapely.Point(xy), town.city.srid) for xy in points]
        return matching.cells_at(tx, town.city, points, at), store.cells_at(tx, town.city, metric, at)


def hostile(town: Town, seed: int) -> np.ndarray:
    return tilings.hostile(current(town).geometries(), size("hostile_points") // 8, seed=seed)


def kept(work: Path) -> int:
    return len(list((work / "cache" / "grids").glob("*")))


def test_index_and_database_agree_before_and_after_releases(town: Town, publish: Publish, work: Path) -> None:
    points = hostile(town, 3)
    ours, right = both(town, points)
    assert ours == right
    assert kept(work) == 1
    first = publish(bent(current(town), 3, 30.0))
    assert kept(work) == 2, "the next index is there before anybody asks"
    again, right = both(town, np.concatenate([points, hostile(town, 4)]))
    assert again == right
    assert {one.release for one in again} == {first, None}
    assert [one.code for one in again[: len(points)]] != [one.code for one in ours]
    whole = current(town)
    cut, *_, gone = whole.cells.values()
    one, other = halves(cut, cut.code, f"{cut.code[:12]}901")
    merged = shapely.union_all([gone.geometry, list(whole.cells.values())[-2].geometry])
    neighbour = replace(list(whole.cells.values())[-2], geometry=merged)
    publish(changed(whole, one, other, neighbour, gone=(gone.code,)))
    last, right = both(town, np.concatenate([points, hostile(town, 5)]))
    assert last == right
    assert other.code in {placed.code for placed in last}
    assert gone.code not in {placed.code for placed in last}


def test_a_damaged_index_is_built_again_and_answers_the_same(town: Town, work: Path) -> None:
    points = hostile(town, 6)
    both(town, points)
    indexes.forget_all()
    for file in work.glob("cache/grids/*/entries.npy"):
        file.write_bytes(file.read_bytes()[:-4] + b"\x7f\x7f\x7f\x7f")
    ours, right = both(town, points)
    assert ours == right


def test_a_city_loaded_anew_has_its_own_index_and_a_removed_one_has_none(town: Town, work: Path) -> None:
    both(town, hostile(town, 7))
    with town.database.transaction(SYSTEM) as tx:
        again = cities.replace(tx, build.town(seed=8))
    assert kept(work) == 0
    renewed = replace(town, city=again)
    ours, right = both(renewed, hostile(renewed, 8))
    assert ours == right
    with town.database.transaction(SYSTEM) as tx:
        cities.remove(tx, again)
    assert kept(work) == 0


def test_a_grid_stored_off_the_millimetres_is_left_to_the_database(town: Town, work: Path) -> None:
    """Earlier versions let vertices lie a thousandth of a millimetre off; such a grid has no index."""
    town.run(
        "UPDATE cell_version SET geometry = ST_Translate(geometry, 0.0000004, 0), geometry_hash = 'off' || id"
    )
    points = hostile(town, 9)
    with capture_logs() as lines:
        ours, right = both(town, points)
    assert ours == right
    assert [line["event"] for line in lines] == ["index.impossible"]
    assert kept(work) == 0


def test_many_things_are_placed_as_each_alone(town: Town) -> None:
    degrees = coords.convert(hostile(town, 10), town.city.srid, coords.WGS84)
    points = shapely.points(np.round(degrees, 9)).tolist()
    with town.database.transaction(SYSTEM, patient=True) as tx:
        count = service.place_all(
            tx, town.city, [Subject("many", n, one, True) for n, one in enumerate(points)]
        )
        for number, one in list(enumerate(points))[::SOME]:
            service.place(tx, town.city, Subject("one", number, one, True))
    told = "SELECT subject_id, cell_id, release_id FROM placement WHERE subject_kind = %(kind)s ORDER BY 1"
    many = town.all(told, kind="many")
    assert many[::SOME] == town.all(told, kind="one")
    assert sum(row[1] is not None for row in many) == count > 0
    noted = "SELECT h.cell_id FROM placement_history h JOIN placement p ON p.id = h.placement_id"
    assert len(town.all(f"{noted} WHERE p.subject_kind = 'many'")) == len(points)
