"""History cast on the cells of a draft: how much lies in each, brought up to date edit by edit.

A base is cast once for a process; a draft follows from what was cast before by the cells that differ. Nothing in a
cast changes, so threads share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from geo_app.insight import recoding
from geo_app.insight.ground import Ground
from geo_app.insight.model import Homes, Integers, Open, Past, Weights
from geo_app.planning.lineage import NO_ORIGINS, Origins
from grids.draft import Draft
from grids.locate import Locator
from grids.model import MILLIMETRE, Cell
from grids.recast import Landed, Move

MANY = 400
"""Cells that differ from which on the whole is cast anew, with the base's Locator patched."""


@dataclass(frozen=True, slots=True)
class Base:
    """A partition with its Locator and the history on it."""

    draft: Draft
    locator: Locator
    past: Past
    weights: Weights
    homes: Homes


@dataclass(frozen=True, slots=True)
class Cast:
    """The history, the open cases and the households on the cells of one draft."""

    base: Base
    draft: Draft
    ground: Ground
    past: Landed
    open: Landed
    homes: Landed
    given: Open
    """The open cases as they were given."""
    heavy: Integers
    """What each incident of `past` weighs."""
    incidents: Integers
    """By place of the ground."""
    workload: Integers
    cases: Integers
    households: Integers
    redrawn: Mapping[str, bool]
    """Codes that differ from the base, and whether their land does, nodes on borders apart."""
    origins: Origins
    """The base's cells that new codes come from."""

    @classmethod
    def of(cls, base: Base, now_open: Open) -> Cast:
        """Cast history on the base itself."""
        ground = Ground.of(base.draft.partition.cells.values())
        past, cases = (Landed.of(base.locator, xy) for xy in (base.past.xy, now_open.xy))
        homes = Landed.of(base.locator, base.homes.xy, base.homes.each)
        none = np.zeros(len(ground.cells), dtype=np.int64)
        heavy = base.weights.each[past.order]
        empty = cls(
            base, base.draft, ground, past, cases, homes, now_open, heavy, none, none, none, none, {}, NO_ORIGINS
        )  # fmt: skip
        return empty._counted(*[ground.places] * 3)

    def with_open(self, now_open: Open) -> Cast:
        """Return this with the cases that are open now."""
        if now_open is self.given or np.array_equal(now_open.xy, self.given.xy):
            return self
        cases, before = Landed.of(self.base.locator, now_open.xy), self.base.draft.cells
        if self.redrawn:
            was = [found for code in self.redrawn if (found := before.get(code)) is not None]
            now = [found for code in self.redrawn if (found := self.ground.get(code)) is not None]
            is_much = len(self.redrawn) > MANY
            cases = (
                cases.anew(_patched(self)) if is_much else cases.after(Move.of(was, now, self.draft.near))[0]
            )
        return replace(self, open=cases, given=now_open)._counted((), self.ground.places, ())

    def to(self, draft: Draft, codes: Iterable[str]) -> Cast:
        """Return the cast on another draft of the same base; `codes` are those that may differ from here, or more."""
        pairs = [(self.ground.get(code), draft.cells.get(code)) for code in codes]
        pairs = [pair for pair in pairs if not _is_same(*pair)]
        if not pairs:
            return self
        made = replace(self._on(pairs), draft=draft)
        touched = [cell for pair in pairs for cell in pair if cell is not None]
        made = replace(made, origins=made._coming_from(touched))
        redrawn = [pair for pair in pairs if None in pair or not has_same_land(*pair)]
        was = [mine for mine, _ in redrawn if mine is not None]
        now = [other for _, other in redrawn if other is not None]
        if len(redrawn) > MANY:
            whole = _patched(made)
            past, cases, homes = (one.anew(whole) for one, _ in made.things())
            return replace(made, past=past, open=cases, homes=homes)._counted(*[made.ground.places] * 3)
        move = Move.of(was, now, draft.near)
        (past, in_past), (cases, in_cases), (homes, in_homes) = (one.after(move) for one, _ in made.things())
        return replace(made, past=past, open=cases, homes=homes)._counted(in_past, in_cases, in_homes)

    def _on(self, pairs: Sequence[tuple[Cell | None, Cell | None]]) -> Cast:
        """Return this on the ground after each cell that was became the one that is; the points stay for now."""
        gone = [mine.code for mine, other in pairs if mine is not None and other is None]
        ground = self.ground.after(gone, [other for _, other in pairs if other is not None])
        redrawn = dict(self.redrawn)
        for code in (cell.code for mine, other in pairs if (cell := mine or other) is not None):
            was, now = self.base.draft.cells.get(code), ground.get(code)
            redrawn.pop(code, None)
            if not _is_same(was, now):
                redrawn[code] = _is_redrawn(was, now)
        room = np.zeros(len(ground.cells) - len(self.incidents), dtype=np.int64)
        incidents, workload, cases, households = (np.concatenate([one, room]) for one in self._counts())
        return replace(
            self, ground=ground, incidents=incidents, workload=workload, cases=cases, households=households,
            redrawn=redrawn,
        )  # fmt: skip

    def _coming_from(self, touched: Sequence[Cell]) -> Origins:
        """Return where new codes come from, after the cells `touched` changed."""
        before = self.base.draft.cells
        was = {code: found for code in self.redrawn if (found := before.get(code)) is not None}
        now = {code: found for code in self.redrawn if (found := self.ground.get(code)) is not None}
        return recoding.origins(recoding.Both(was, now), self.origins, touched)

    def things(self) -> tuple[tuple[Landed, Integers], ...]:
        """Return incidents, open cases and households with how many are in each place of the ground."""
        return (self.past, self.incidents), (self.open, self.cases), (self.homes, self.households)

    def _counts(self) -> tuple[Integers, ...]:
        return self.incidents, self.workload, self.cases, self.households

    def _counted(self, past: Iterable[str], cases: Iterable[str], homes: Iterable[str]) -> Cast:
        """Return this with the points of some cells counted anew."""
        incidents, workload, open_cases, households = (one.copy() for one in self._counts())
        for code in past:
            members = self.past.members(code)
            place = self.ground.places[code]
            incidents[place], workload[place] = len(members), self.heavy[members].sum()
        for code in cases:
            open_cases[self.ground.places[code]] = len(self.open.members(code))
        for code in homes:
            households[self.ground.places[code]] = self.homes.many(self.homes.members(code))
        return replace(self, incidents=incidents, workload=workload, cases=open_cases, households=households)


def _is_same(one: Cell | None, other: Cell | None) -> bool:
    """Return whether two cells are one, or neither is there."""
    if one is None or other is None:
        return one is other
    names = (one.code, one.name, one.community) == (other.code, other.name, other.community)
    return one is other or (names and has_same_land(one, other))


def has_same_land(one: Cell | None, other: Cell | None) -> bool:
    """Return whether two cells have one polygon, vertex by vertex."""
    if one is None or other is None:
        return one is other
    return one.geometry is other.geometry or bool(shapely.equals_identical(one.geometry, other.geometry))


def _is_redrawn(was: Cell | None, now: Cell | None) -> bool:
    """Return whether the land is another; a node on a border bends it by nothing anybody could measure."""
    if was is None or now is None:
        return was is not now
    if has_same_land(was, now):
        return False
    least = MILLIMETRE * min(was.geometry.length, now.geometry.length)
    if abs(was.area - now.area) > least:
        return True
    return bool(shapely.symmetric_difference(was.geometry, now.geometry).area > least)


def _patched(cast: Cast) -> Locator:
    """Return the Locator of a cast's cells, from that of its base."""
    found = {code: cast.ground.get(code) for code in cast.redrawn}
    before = cast.base.draft.cells
    gone = [code for code, cell in found.items() if cell is None and code in before]
    return cast.base.locator.patch([cell for cell in found.values() if cell is not None], gone)
