"""Why a step of a plan is not made: what the grid cannot be, what somebody else did, what is locked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo_app.core.errors import Conflict, Refused
from geo_app.plans.model import Lock, Touch
from grids.refusal import Refusal


class EditRefused(Refused):
    """The edit would tear the grid, or is none."""

    def __init__(self, refusal: Refusal, place: BaseGeometry) -> None:
        super().__init__(f"{refusal.message}; {refusal.advice}")
        self.refusal, self._place = refusal, place

    def members(self) -> dict[str, object]:
        """Return the reason, the cells, the place as GeoJSON (lon, lat; null for nowhere) and the advice."""
        return {
            "reason": str(self.refusal.reason),
            "codes": list(self.refusal.codes),
            "place": None if self._place.is_empty else self._place.__geo_interface__,
            "advice": self.refusal.advice,
        }


class ChangedMeanwhile(Conflict):
    """Somebody else changed these cells since you looked at them."""

    def __init__(self, touches: Sequence[Touch], seq: int) -> None:
        self.cells = sorted({touch.code for touch in touches})
        self.by = sorted({touch.actor for touch in touches})
        self.seq = seq
        super().__init__(f"{', '.join(self.by)} changed {_some(self.cells)} since you looked at it")

    def members(self) -> dict[str, object]:
        """Return the cells, who changed them, and the newest step."""
        return {"cells": self.cells, "by": self.by, "seq": self.seq}


class IsLocked(Conflict):
    """A cell or its unit is locked in this plan."""

    def __init__(self, codes: Sequence[str], lock: Lock) -> None:
        self.cells, self.lock = sorted(codes), lock
        super().__init__(f"{lock.actor} locked {lock.code} in this plan; unlock it first")

    def members(self) -> dict[str, object]:
        """Return the cells that would change, the lock and whose it is."""
        return {
            "cells": self.cells,
            "by": [self.lock.actor],
            "lock": {"kind": self.lock.kind, "code": self.lock.code},
        }


@dataclass(frozen=True, slots=True)
class Clash:
    """A step that cannot be made again on a newer release: which cells, and why."""

    seq: int
    cells: tuple[str, ...]
    why: str

    def data(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"seq": self.seq, "cells": list(self.cells), "why": self.why}


class RebaseConflict(Conflict):
    """Steps of the plan do not fit the newest release; leave them out, or take them back first."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        self.clashes = tuple(clashes)
        super().__init__(f"{len(self.clashes)} steps of the plan do not fit the newest release")

    def members(self) -> dict[str, object]:
        """Return the steps that do not fit."""
        return {"conflicts": [clash.data() for clash in self.clashes]}


def _some(codes: Sequence[str]) -> str:
    return ", ".join(codes[:3]) + (f" and {len(codes) - 3} more" if len(codes) > 3 else "")
