"""The index of a grid on disk: whole or made again, shared by processes, thrown away with its city."""

from __future__ import annotations

import errno
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from geo_app.planning import indexes
from grids.locate import Locator
from tests import tilings

CELLS = tilings.cells(3, 3, extent=300.0, seed=5)
POINTS = tilings.points(200, extent=300.0, seed=6)
RIGHT = Locator.of(CELLS).cells_of(POINTS).tolist()


@pytest.fixture(autouse=True)
def another_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is open yet."""
    fresh()
    yield
    fresh()


def fresh() -> None:
    """Close every index, as a process that starts."""
    indexes.forget_all()


def make() -> Locator:
    return indexes.make(CELLS)


def never() -> Locator:
    raise AssertionError("it is there already")


def test_an_index_is_made_once_and_mapped_by_the_next_process(tmp_path: Path) -> None:
    place = indexes.folder(tmp_path, 1, "a" * 64)
    assert indexes.of(place, make).cells_of(POINTS).tolist() == RIGHT
    fresh()
    shared = indexes.of(place, never)
    assert shared.cells_of(POINTS).tolist() == RIGHT
    assert not shared.index.entries.flags.writeable
    assert indexes.of(place, never) is shared


@pytest.mark.parametrize("harm", ["cut", "flipped", "lost", "empty", "no sums"])
def test_a_damaged_index_is_made_again(tmp_path: Path, harm: str) -> None:
    """A kernel trusts its arrays: a wrong entry would be read as a place in memory."""
    place = indexes.folder(tmp_path, 1, "a" * 64)
    indexes.of(place, make)
    fresh()
    leaves = place / "leaves.npy"
    content = leaves.read_bytes()
    if harm == "cut":
        leaves.write_bytes(content[:-8])
    elif harm == "flipped":
        leaves.write_bytes(content[:-8] + bytes(8))
    elif harm == "empty":
        leaves.write_bytes(b"")
    else:
        (leaves if harm == "lost" else place / indexes.SUMS).unlink()
    assert indexes.find(place) is None
    assert indexes.of(place, make).cells_of(POINTS).tolist() == RIGHT
    fresh()
    assert indexes.of(place, never).cells_of(POINTS).tolist() == RIGHT


def test_without_a_folder_to_write_the_index_is_kept_in_memory_and_the_log_says_so(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder", encoding="utf-8")
    place = indexes.folder(tmp_path, 1, "a" * 64)
    with capture_logs() as lines:
        made = indexes.of(place, make)
    assert [line["event"] for line in lines] == ["index.not_kept"]
    assert made.cells_of(POINTS).tolist() == RIGHT
    assert indexes.of(place, never) is made


def test_a_full_disk_leaves_nothing_half_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = indexes.folder(tmp_path, 1, "a" * 64)

    def full(_self: Locator, folder: Path) -> None:
        (folder / "codes.npy").write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched, capture_logs() as lines:
        patched.setattr(Locator, "save", full)
        assert indexes.of(place, make).cells_of(POINTS).tolist() == RIGHT
    assert lines[0]["reason"] == "No space left on device"
    assert list(place.parent.iterdir()) == []


def test_processes_that_make_it_at_once_all_get_it(tmp_path: Path) -> None:
    place = indexes.folder(tmp_path, 1, "a" * 64)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        answers = pool.map(_answer, [place] * 4)
    assert answers == [RIGHT] * 4
    assert list(place.parent.iterdir()) == [place]


def _answer(place: Path) -> list[int]:
    return indexes.of(place, make).cells_of(POINTS).tolist()


def test_old_indexes_of_a_city_go_and_those_of_others_stay(tmp_path: Path) -> None:
    other = indexes.folder(tmp_path, 11, "a" * 64)
    indexes.of(other, make)
    places = [indexes.folder(tmp_path, 1, f"{number}" * 64) for number in range(indexes.ON_DISK + 2)]
    left = other.parent / ".new-left"
    left.mkdir()
    os.utime(left, (0, 0))
    for age, place in enumerate(places):
        indexes.of(place, make)
        os.utime(place, (1e9 + age, 1e9 + age))
    assert {*other.parent.iterdir()} == {other, *places[-indexes.ON_DISK :]}
    indexes.forget(tmp_path, 1)
    assert {*other.parent.iterdir()} == {other}
    assert indexes.find(places[-1]) is None


def test_another_version_of_the_code_has_another_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = indexes.folder(tmp_path, 1, "a" * 64)
    monkeypatch.setattr(indexes, "_source", lambda: "other")
    assert indexes.folder(tmp_path, 1, "a" * 64) != before


def test_a_grid_of_nothing_can_be_kept(tmp_path: Path) -> None:
    place = indexes.folder(tmp_path, 1, "a" * 64)
    indexes.of(place, lambda: indexes.make([]))
    fresh()
    assert indexes.of(place, never).cells_of(np.zeros((1, 2))).tolist() == [-1]
