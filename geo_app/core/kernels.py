"""Kernels: the numeric inner loops of the engines, compiled by numba and kept in the work folder.

A kernel is compiled per argument type, on its first call, and the machine code is kept in
`<work>/cache/kernels/<key>/`, where the key hashes the source of every kernel and of what stands beside it,
the versions of what compiles them and the processor: any change starts a new folder. Each compiled variant
is one file that carries its own checksum and appears by rename, so processes that compile at once cannot
disturb each other and a half-written file is compiled again. Without a writable folder kernels still work, in
memory only.

Kernels are serial and release the GIL (numba's parallel threading aborts on concurrent calls). Signatures
are never written out: one for writable arrays refuses memory-mapped ones. `compile_all` calls every kernel
on its `example` with writable and with read-only arrays instead.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import pickle
import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import caching, compiler, registry, serialize

from geo_app.core import log, settings

Function = TypeVar("Function", bound=Callable[..., Any])
Example = Callable[[], tuple[Any, ...]]
CHECKOUT = settings.CHECKOUT
PACKAGES = ("grids", "geo_app")
MARKS = ("@kernels.kernel", "@kernels.part", "@kernels.inner", "kernels.adopt(", "njit(")
"""What a module says that makes kernels."""


@dataclass(frozen=True, slots=True)
class _Kernel:
    """A registered kernel, tiny arguments for it, and the names of the arguments it writes into."""

    name: str
    dispatcher: Any
    example: Example
    writes: frozenset[str]

    def variants(self) -> Iterator[tuple[Any, ...]]:
        """The example's arguments: once writable, once with every array it only reads made read-only."""
        yield self.example()
        names = signature(self.dispatcher.py_func).parameters
        yield tuple(
            given if name in self.writes else frozen(given)
            for name, given in zip(names, self.example(), strict=True)
        )


_registry: dict[str, _Kernel] = {}
_said: set[str] = set()
# numba's own types stop half-way; these four are called untyped.
_njit: Any = numba.njit
_serialize: Any = serialize
_result: Any = compiler.CompileResult
_typeof: Any = numba.typeof


def kernel(example: Example, writes: tuple[str, ...] = ()) -> Callable[[Function], Function]:
    """Return a decorator that makes a function a kernel: compiled, serial, without the GIL, kept on disk.

    `example` gives tiny arguments that exercise it; `writes` names the arrays it changes. A parallel or
    optimistic (fast-math) kernel cannot be had here on purpose: answers must be the same everywhere.
    """

    def make(function: Function) -> Function:
        return adopt(part(function), example, writes)

    return make


def part(function: Function) -> Function:
    """Compile a function that only kernels call; its code is kept inside theirs."""
    compiled: Any = numba.njit(nogil=True, error_model="numpy")(function)
    return cast(Function, compiled)


def inner(function: Function) -> Function:
    """Compile a part that makes no array and returns none: who holds the arrays it works on is not counted there.

    In an inner loop the counting, which has to be safe between threads, takes as long as the work.
    """
    compiled: Any = _njit(nogil=True, error_model="numpy", _nrt=False)(function)
    return cast(Function, compiled)


def adopt(dispatcher: Function, example: Example, writes: tuple[str, ...] = ()) -> Function:
    """Register a function numba has already wrapped, for packages that may not import this one (`grids`)."""
    wrapped: Any = dispatcher
    name = f"{wrapped.py_func.__module__}.{wrapped.py_func.__qualname__}"
    wrapped._cache = _Kept(name)
    _registry[name] = _Kernel(name, wrapped, example, frozenset(writes))
    return dispatcher


def frozen(given: Any) -> Any:
    """Return `given` with its arrays as read-only plain arrays, also memory-mapped ones; tuples keep their type.

    Callers freeze what a kernel only reads: then one compiled variant serves arrays in memory and on disk.
    """
    if isinstance(given, np.ndarray):
        view = np.asarray(given).view()
        view.flags.writeable = False
        return view
    if isinstance(given, tuple):
        values = map(frozen, given)
        return given._make(values) if hasattr(given, "_make") else tuple(values)
    return given


def compile_all(*, backwards: bool = False) -> list[str]:
    """Compile every kernel of the product for writable and read-only arrays; return their names in order.

    Modules with kernels are found by their source, so none can be forgotten. What is kept already is
    loaded instead, so a second run takes a moment, and one that goes `backwards` meets another in the middle.
    """
    for module in _sources():
        importlib.import_module(".".join(module.relative_to(CHECKOUT).with_suffix("").parts))
    items = list(_registry.values())
    for item in reversed(items) if backwards else items:
        for arguments in item.variants():
            item.dispatcher(*arguments)
    return sorted(_registry)


def is_compiled() -> bool:
    """Tell whether every kernel imported so far is compiled, here or on disk, for both kinds of arrays."""
    return all(
        types in item.dispatcher.overloads or _file(item.name, types).exists()
        for item in list(_registry.values())
        for types in (tuple(_typeof(given) for given in arguments) for arguments in item.variants())
    )


def folder() -> Path:
    """Return the folder this version's compiled kernels are kept in."""
    return settings.current().work_path / "cache" / "kernels" / _key()


class _Kept(caching._Cache):
    """One file per compiled variant of one kernel.

    numba's own cache shares an index file: two processes that compile different variants at once can make
    it point at the wrong machine code.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def cache_path(self) -> str:
        """The folder, as numba reports it."""
        return str(folder())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the kept variant for `sig`, None when there is none or its checksum is wrong."""
        target_context.refresh()
        content = _read(_file(self._name, _types(sig)))
        if content is None:
            _say_once("kernels.compiling", first=self._name, folder=str(folder()))
            return None
        return _result._rebuild(target_context, *pickle.loads(content))  # noqa: S301 - our file

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a variant that was just compiled; an unwritable folder costs the next process a moment."""
        _write(_file(self._name, _types(sig)), _serialize.dumps(data._reduce()))

    def enable(self) -> None:
        """Do nothing: keeping is always on."""

    def disable(self) -> None:
        """Do nothing: keeping is always on."""

    def flush(self) -> None:
        """Do nothing: a new source has a new folder."""


def _types(sig: Any) -> tuple[Any, ...]:
    return tuple(sig if isinstance(sig, tuple) else sig.args)


def _file(name: str, types: tuple[Any, ...]) -> Path:
    variant = hashlib.sha256(", ".join(map(str, types)).encode()).hexdigest()[:16]
    return folder() / f"{name}-{variant}.kernel"


def _read(path: Path) -> bytes | None:
    """Return what `_write` put there; None when absent, unreadable or damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content[32:] if hashlib.sha256(content[32:]).digest() == content[:32] else None


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
            os.fchmod(handle, 0o644)
        Path(temporary).replace(path)
    except OSError as error:
        _say_once("kernels.not_kept", folder=str(path.parent), reason=error.strerror)


def _say_once(event: str, **keys: str | None) -> None:
    """Log `event` the first time in this process: one line, not one a kernel."""
    if event not in _said:
        _said.add(event)
        log.write(event, **keys)


@lru_cache(maxsize=1)
def _key() -> str:
    beside = {source for module in _sources() for source in module.parent.glob("*.py")}
    return fingerprint(sorted({Path(__file__).resolve(), *beside}))


def fingerprint(sources: Sequence[Path]) -> str:
    """Return a name for everything the machine code of kernels in `sources` depends on.

    numba freezes the constants a kernel reads from other modules, so `sources` is whatever stands beside one.
    """
    packages = [f"{name} {version(name)}" for name in ("numba", "llvmlite", "numpy")]
    processor = registry.cpu_target.target_context.codegen().magic_tuple()
    machine = (platform.python_version(), *packages, *map(str, processor))
    found = hashlib.sha256("\n".join(machine).encode())
    for source in sources:
        found.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return found.hexdigest()[:16]


@lru_cache(maxsize=1)
def _sources() -> tuple[Path, ...]:
    """Return every module that makes kernels, in order of path."""
    found = (path for package in PACKAGES for path in (CHECKOUT / package).rglob("*.py"))
    return tuple(sorted(path for path in found if _makes_kernels(path)))


def _makes_kernels(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return path != Path(__file__).resolve() and any(mark in text for mark in MARKS)
