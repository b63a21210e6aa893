"""Kernels are compiled once, for writable and read-only arrays, and kept where several processes may write."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from structlog.testing import capture_logs

import geo_app.roads.engine  # noqa: F401  # its kernels are registered before a test looks at the registry
from geo_app.core import kernels, settings


class Pair(NamedTuple):
    """Two arrays a kernel takes as one argument."""

    left: Any
    right: Any


def add(pair: Pair, out: Any) -> float:
    """Add two arrays into a third and return the sum."""
    total = 0.0
    for i in range(out.size):
        out[i] = pair.left[i] + pair.right[i]
        total += out[i]
    return total


def example() -> tuple[object, ...]:
    return Pair(np.ones(2), np.ones(2)), np.zeros(2)


def make() -> Any:
    """Return a fresh kernel of the same function, as another process would have it."""
    return kernels.kernel(example, writes=("out",))(add)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Path]]:
    """A way to choose the work folder; no kernel of the product is registered meanwhile."""

    def choose(place: Path) -> Path:
        monkeypatch.setenv("GEO_WORK", str(place))
        settings.current.cache_clear()
        return place

    monkeypatch.setattr(kernels, "_registry", {})
    monkeypatch.setattr(kernels, "_said", set())
    choose(tmp_path)
    yield choose
    monkeypatch.undo()
    settings.current.cache_clear()


def test_a_kernel_takes_writable_and_memory_mapped_arrays(
    work: Callable[[Path], Path], tmp_path: Path
) -> None:
    np.save(tmp_path / "a.npy", np.arange(3.0))
    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")
    kernel = make()
    assert kernel(kernels.frozen(Pair(mapped, mapped)), np.zeros(3)) == 6.0
    assert kernel(Pair(np.arange(3.0), np.arange(3.0)), np.zeros(3)) == 6.0


def test_what_was_compiled_is_loaded_by_the_next_process(work: Callable[[Path], Path]) -> None:
    make()(*example())
    again = make()
    assert again(*example()) == 4.0
    assert sum(again.stats.cache_hits.values()) == 1
    assert sum(again.stats.cache_misses.values()) == 0


def test_a_damaged_file_is_compiled_again(work: Callable[[Path], Path]) -> None:
    make()(*example())
    (kept,) = kernels.folder().iterdir()
    kept.write_bytes(kept.read_bytes()[:-1])
    again = make()
    assert again(*example()) == 4.0
    assert sum(again.stats.cache_misses.values()) == 1
    assert make()(*example()) == 4.0


def test_without_a_writable_folder_it_works_and_says_once_that_it_compiles(
    work: Callable[[Path], Path], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    work(tmp_path / "file")
    kernel = make()
    with capture_logs() as lines:
        assert kernel(*example()) == 4.0
        assert kernel(kernels.frozen(example()[0]), np.zeros(2)) == 4.0
    assert [line["event"] for line in lines] == ["kernels.compiling", "kernels.not_kept"]
    assert kernels.is_compiled()


def test_compiled_means_for_both_kinds_of_arrays(work: Callable[[Path], Path]) -> None:
    kernel = make()
    assert not kernels.is_compiled()
    kernel(*example())
    assert not kernels.is_compiled()
    assert f"{__name__}.add" in kernels.compile_all()
    assert kernels.is_compiled()
    make()
    assert kernels.is_compiled(), "another process sees the files"


def test_every_kernel_of_the_product_is_found_without_a_list(work: Callable[[Path], Path]) -> None:
    names = {path.relative_to(settings.CHECKOUT).as_posix() for path in kernels._sources()}
    assert {"geo_app/roads/search.py", "geo_app/roads/snap.py"} <= names


def test_another_source_is_another_folder(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text("A = 1")
    before = kernels.fingerprint([source])
    assert kernels.fingerprint([source]) == before
    source.write_text("A = 2")
    assert kernels.fingerprint([source]) != before


def test_kernels_are_serial_and_release_the_gil(work: Callable[[Path], Path]) -> None:
    options = make().targetoptions
    assert options["nogil"] is True
    assert not options.get("parallel")
    assert not options.get("fastmath")


COMPILE = """
import sys
import numpy as np
from geo_app.core import kernels
from tests.unit.core.test_kernels import Pair, make
kernel = make()
kinds = [np.int16, np.int32, np.int64, np.float32, np.float64]
for kind in kinds if sys.argv[1] == "up" else kinds[::-1]:
    ones = np.ones(3, dtype=kind)
    assert kernel(Pair(ones, ones), np.zeros(3)) == 6.0, kind
print(sum(kernel.stats.cache_hits.values()))
"""


def test_two_processes_that_compile_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    environment = os.environ | {"GEO_WORK": str(tmp_path), "PYTHONPATH": str(settings.CHECKOUT)}

    def start(order: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", COMPILE, order]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    both = [start("up"), start("down")]
    assert [process.wait() for process in both] == [0, 0]
    for process in both:
        process.communicate()
    third = start("up")
    assert third.communicate()[0].strip().endswith("5"), "all five variants are loaded, none compiled again"
