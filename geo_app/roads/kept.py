"""The arrays of a city's network on disk: one .npy file each, mapped into memory and shared by all processes.

A folder holds the network, its grid and the graph of every mode. It is written beside its place and appears by
one rename, named by what it was made from, so readers never see half of it and nobody has to be told when a
network changes. Every array has a seal: the name of the folder and some of its bytes, mixed, so one that came from
elsewhere is not believed, though its name and shape fit. It is a cache: without it, it is built again in seconds.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from geo_app.core import kernels
from geo_app.roads import graph as graphs
from geo_app.roads import network as networks
from geo_app.roads import snap, speeds, turns
from geo_app.roads.graph import Graph, Star
from geo_app.roads.model import Mode, Restriction
from geo_app.roads.nearest import Ground
from geo_app.roads.network import Network, Shape
from geo_app.roads.snap import Grid

Arrays = Mapping[str, Any]
Thing = TypeVar("Thing", Network, Graph)
BLOCKS, BLOCK = 8, 4096
"""How many blocks of an array, spread from its begin to its end, a seal looks at, and their bytes."""
SOURCES = (networks, graphs, snap, speeds, turns)
"""Modules whose change makes other arrays of the same roads."""


def build(network: Network, restrictions: Sequence[Restriction] = ()) -> dict[Mode, Ground]:
    """Return what every mode needs to answer on `network`, in memory: read-only, as if it were mapped."""
    fixed = _frozen(network)
    grid = kernels.frozen(snap.grid_of(fixed))
    return {mode: Ground(fixed, grid, _frozen(graphs.build(fixed, mode, restrictions))) for mode in Mode}


def _frozen(thing: Thing) -> Thing:
    made: Any = thing
    return cast(Thing, replace(made, **{f.name: kernels.frozen(getattr(made, f.name)) for f in fields(made)}))


def folder(work: Path, city_id: int, version: str) -> Path:
    """Return the folder of a city's network; another version of roads, speeds or code has another one."""
    source = b"\0".join(Path(str(module.__file__)).read_bytes() for module in SOURCES)
    made_by = hashlib.sha256(source).hexdigest()[:8]
    return work / "cache" / "roads" / f"{city_id}-{version[:16]}-{made_by}"


def load(place: Path) -> dict[Mode, Ground] | None:
    """Return what `save` wrote to `place`, mapped read-only; None when it is missing, damaged or from elsewhere."""
    try:
        words = json.loads((place / "words.json").read_text(encoding="utf-8"))
        files = {file.stem: kernels.frozen(np.load(file, mmap_mode="r")) for file in place.glob("*.npy")}
        is_ours = words.pop("seals") == _seals(place.name, files, words)
        return _assemble(files, words) if is_ours else None
    except (OSError, ValueError, KeyError, EOFError):
        return None


def save(place: Path, grounds: Mapping[Mode, Ground]) -> None:
    """Write the arrays of all modes to `place`; when another process was quicker, its folder stays."""
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=place.parent, prefix=".new-"))
    unfinished.chmod(0o755)
    try:
        _write(unfinished, place.name, grounds)
        if load(place) is None:
            shutil.rmtree(place, ignore_errors=True)
        unfinished.rename(place)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        if load(place) is None:
            raise


def _write(place: Path, key: str, grounds: Mapping[Mode, Ground]) -> None:
    some = next(iter(grounds.values()))
    network, grid = some.network, some.grid
    things = {"network": network, "grid": grid} | {mode.value: grounds[mode].graph for mode in grounds}
    arrays = dict(named for prefix, thing in things.items() for named in _arrays(prefix, thing))
    for name, array in arrays.items():
        with (place / f"{name}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    words = {
        "class_names": network.class_names,
        "street_names": network.street_names,
        "grid": [grid.x, grid.y, grid.size, grid.columns, grid.rows],
    }
    with (place / "words.json").open("w", encoding="utf-8") as file:
        json.dump(words | {"seals": _seals(key, arrays, words)}, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())


def _seals(key: str, arrays: Arrays, words: Mapping[str, Any]) -> dict[str, str]:
    """Return the seal of each array, and of the words, in a folder called `key`."""
    text = np.frombuffer(json.dumps(words, sort_keys=True).encode(), dtype=np.uint8)
    return {name: _seal(f"{key}/{name}", array) for name, array in {**arrays, "words": text}.items()}


def _seal(name: str, array: NDArray[Any]) -> str:
    seal = hashlib.blake2b(f"{name} {array.dtype.str} {array.shape}".encode(), digest_size=16)
    content = array.reshape(-1).view(np.uint8)
    for start in np.linspace(0, max(len(content) - BLOCK, 0), BLOCKS, dtype=np.int64):
        seal.update(content[start : start + BLOCK].tobytes())
    return seal.hexdigest()


def _arrays(prefix: str, thing: Any) -> Iterator[tuple[str, Any]]:
    """Return every array of `thing` with its name: `walk.inward.costs`."""
    names = thing._fields if hasattr(thing, "_fields") else [field.name for field in fields(thing)]
    for name in names:
        value = getattr(thing, name)
        if isinstance(value, np.ndarray):
            yield f"{prefix}.{name}", value
        elif hasattr(value, "_fields"):
            yield from _arrays(f"{prefix}.{name}", value)


def _assemble(files: Arrays, words: Mapping[str, Any]) -> dict[Mode, Ground]:
    shape = Shape(**_part(files, "network.shape", Shape._fields))
    plain = [field.name for field in fields(Network) if f"network.{field.name}" in files]
    network = Network(
        **_part(files, "network", tuple(plain)),
        shape=shape,
        class_names=tuple(words["class_names"]),
        street_names=tuple(words["street_names"]),
    )
    x, y, size, columns, rows = words["grid"]
    grid = Grid(files["grid.offsets"], files["grid.segments"], x, y, size, columns, rows)
    return {mode: Ground(network, grid, _graph(files, mode)) for mode in Mode}


def _graph(files: Arrays, mode: Mode) -> Graph:
    outward, inward = (Star(**_part(files, f"{mode}.{name}", Star._fields)) for name in ("outward", "inward"))
    plain = _part(files, f"{mode}", ("ways", "times", "fresh", "splits"))
    return Graph(mode=mode, outward=outward, inward=inward, **plain)


def _part(files: Arrays, prefix: str, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: files[f"{prefix}.{name}"] for name in names}
