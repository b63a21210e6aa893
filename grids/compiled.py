"""How this package compiles its inner loops.

`grids` may not know where machine code is kept. `geo_app.planning.kept` adopts the kernels named there, so that they
are compiled once for a work folder; a program that imports `grids` alone compiles them in memory. They are called with
read-only arrays only (`frozen`), so that one variant of each serves what is in memory and what is mapped from disk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Return `function` compiled on its first call: serial, without the GIL, the same answers everywhere."""
    return cast(Function, njit(nogil=True, error_model="numpy")(function))


def frozen(given: Any) -> Any:
    """Return plain read-only arrays, also of memory-mapped ones, alone or in tuples."""
    if isinstance(given, tuple):
        values = map(frozen, given)
        return given._make(values) if hasattr(given, "_make") else tuple(values)
    if isinstance(given, np.ndarray):
        view = np.asarray(given).view()
        view.flags.writeable = False
        return view
    return given
