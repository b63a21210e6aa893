"""Arrays on disk answer like those in memory; damaged ones are not believed."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shapely import LineString, Point, affinity

from geo_app.core import settings
from geo_app.roads import kept
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Mode, Road

ROADS = tuple(
    Road(
        i,
        i,
        i + 1,
        "residential",
        f"纬{i}路",
        0,
        LineString([(i * 100, 0), (i * 100 + 50, 30), (i * 100 + 100, 0)]),
    )
    for i in range(20)
)
RESPONDERS = np.array([[0.0, 0.0], [700.0, 90.0], [1500.0, 10.0]])


def made() -> dict[Mode, kept.Ground]:
    return kept.build(networks.build(ROADS))


def test_what_is_read_back_answers_the_same_from_read_only_arrays(tmp_path: Path) -> None:
    kept.save(tmp_path / "city", made())
    read = kept.load(tmp_path / "city")
    assert read is not None
    for mode, ground in made().items():
        expected = NetworkEngine(ground).nearest(Point(800, 0), RESPONDERS, 3)
        assert NetworkEngine(read[mode]).nearest(Point(800, 0), RESPONDERS, 3) == expected
        assert read[mode].network.street_names == ground.network.street_names
        assert not read[mode].graph.inward.costs.flags.writeable


def test_a_network_without_roads_can_be_kept(tmp_path: Path) -> None:
    kept.save(tmp_path / "city", kept.build(networks.build(())))
    read = kept.load(tmp_path / "city")
    assert read is not None
    assert NetworkEngine(read[Mode.CAR]).nearest(Point(0, 0), RESPONDERS, 1).unreachable == 3


def test_nothing_is_read_where_nothing_is(tmp_path: Path) -> None:
    assert kept.load(tmp_path / "nowhere") is None


@pytest.mark.parametrize("file", ["walk.inward.costs.npy", "network.shape.vertices.npy", "words.json"])
@pytest.mark.parametrize("harm", ["gone", "cut", "empty"])
def test_damaged_arrays_are_not_believed_and_written_anew(tmp_path: Path, file: str, harm: str) -> None:
    kept.save(tmp_path / "city", made())
    harmed = tmp_path / "city" / file
    content = harmed.read_bytes()
    harmed.unlink()
    if harm != "gone":
        harmed.write_bytes(content[: len(content) // 2] if harm == "cut" else b"")
    assert kept.load(tmp_path / "city") is None
    kept.save(tmp_path / "city", made())
    assert kept.load(tmp_path / "city") is not None
    assert [path.name for path in tmp_path.iterdir()] == ["city"]


CORNER = (0, 0)


def _of_another_city(place: Path) -> None:
    """Keep a city of as many roads, with names as long, a few metres off."""
    moved = [
        replace(
            road,
            name=road.name.replace("纬", "经"),
            geometry=affinity.scale(road.geometry, 1.5, 1.2, origin=(0, 0)),
        )
        for road in ROADS
    ]
    kept.save(place, kept.build(networks.build(moved)))


@pytest.mark.parametrize("file", ["walk.inward.costs.npy", "network.shape.vertices.npy", "words.json"])
def test_what_belongs_to_another_city_is_not_believed_though_name_and_shape_fit(
    tmp_path: Path, file: str
) -> None:
    kept.save(tmp_path / "city", made())
    _of_another_city(tmp_path / "other" / "city")
    ours, foreign = tmp_path / "city" / file, tmp_path / "other" / "city" / file
    content = ours.read_bytes()
    assert len(foreign.read_bytes()) == len(content)
    assert foreign.read_bytes() != content
    ours.write_bytes(foreign.read_bytes())
    assert kept.load(tmp_path / "city") is None
    ours.write_bytes(content)
    assert kept.load(tmp_path / "city") is not None


def test_a_whole_folder_of_another_name_is_not_believed(tmp_path: Path) -> None:
    kept.save(tmp_path / "other", made())
    (tmp_path / "other").rename(tmp_path / "city")
    assert kept.load(tmp_path / "city") is None
    kept.save(tmp_path / "city", made())
    assert kept.load(tmp_path / "city") is not None


def test_a_file_of_zeros_in_the_place_of_an_array_is_not_believed(tmp_path: Path) -> None:
    kept.save(tmp_path / "city", made())
    file = tmp_path / "city" / "car.outward.packed.npy"
    np.save(file, np.zeros_like(np.load(file)))
    assert kept.load(tmp_path / "city") is None


def _save(place: Path) -> None:
    kept.save(place, made())


def test_processes_that_write_at_once_leave_one_whole_folder(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_save, args=(tmp_path / "city",)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert kept.load(tmp_path / "city") is not None
    assert [path.name for path in tmp_path.iterdir()] == ["city"]


ANSWER = """
import sys
from pathlib import Path
from shapely import Point
from geo_app.core import kernels
from geo_app.roads import kept
from geo_app.roads.engine import NetworkEngine
from tests.unit.roads.test_kept import RESPONDERS, made
kernels.compile_all()
compiled = {name: set(kernel.dispatcher.overloads) for name, kernel in kernels._registry.items()}
built = made()
kept.save(Path(sys.argv[1]), built)
for grounds in (built, kept.load(Path(sys.argv[1]))):
    for ground in grounds.values():
        assert NetworkEngine(ground).nearest(Point(800, 0), RESPONDERS, 2).reaches
        assert NetworkEngine(ground).route(Point(800, 0), Point(0, 0))
assert compiled == {name: set(kernel.dispatcher.overloads) for name, kernel in kernels._registry.items()}
"""


def test_once_all_is_compiled_no_question_compiles_anything(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(settings.CHECKOUT)}
    command = [sys.executable, "-c", ANSWER, str(tmp_path / "city")]
    assert subprocess.run(command, env=environment, check=False).returncode == 0


def test_another_version_has_another_folder(tmp_path: Path) -> None:
    one, other = networks.fingerprint(4548, ROADS), networks.fingerprint(4548, ROADS[::-1])
    assert one != other
    assert networks.fingerprint(4549, ROADS) != one
    assert kept.folder(tmp_path, 1, one) != kept.folder(tmp_path, 1, other)
    assert kept.folder(tmp_path, 1, one) == kept.folder(tmp_path, 1, networks.fingerprint(4548, ROADS))
