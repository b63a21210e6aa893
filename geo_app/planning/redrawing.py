"""How the map changes with a release: only what lies where the grid changed is drawn anew, band by band.

Pure. In every band the things whose source changed are drawn over what stands (`grids.redraw`); units above them are
united anew; what comes out as it was is left alone, here and in the bands farther out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo_app.planning import outlines
from geo_app.planning.bands import BANDS, CELLS, Band
from geo_app.planning.model import Outline, OutlineKey, Stood
from geo_app.planning.ranks import Rank
from grids import redraw as part
from grids.outlines import Shapes, union
from grids.redraw import Ground, Numbers

Key = tuple[Band, str]
Rows = tuple[list[Outline], list[OutlineKey]]
"""What begins, and what ends."""
Weights = Mapping[tuple[int, int], float]
Labels = Mapping[str, Mapping[int, Point]]
"""New labels in Web Mercator, by level and number."""


class Standing(Protocol):
    """What the map shows when a release begins: asked for as far as it is needed."""

    def outlines(self, band: Band, level: str, codes: Sequence[str]) -> dict[str, Stood]:
        """Return those of these things that are to be seen in a band."""
        ...

    def weights(self, band: Band, level: str) -> Weights:
        """Return what `outlines.weigh` says of all that stands."""
        ...


@dataclass(slots=True)
class Picture:
    """What is drawn anew over what stands; shapes in units of each band's grid."""

    standing: Standing
    ranks: Mapping[str, Rank]
    _stood: dict[Key, dict[int, Stood | None]] = field(default_factory=dict)
    _drawn: dict[Key, dict[int, BaseGeometry | None]] = field(default_factory=dict)

    def stood(self, key: Key, numbers: Numbers) -> list[Stood | None]:
        """Return what stands of these things, None where nothing is to be seen."""
        known = self._stood.setdefault(key, {})
        band, level = key
        codes = self.ranks[level].tier.codes
        asked = {codes[number]: number for number in numbers.tolist() if number not in known}
        if asked:
            found = self.standing.outlines(band, level, list(asked))
            known |= {number: found.get(code) for code, number in asked.items()}
        return [known[number] for number in numbers.tolist()]

    def before(self, key: Key, numbers: Numbers) -> Shapes:
        """Return the outlines of these things as they stand."""
        kept = np.array([one and one.shape for one in self.stood(key, numbers)], dtype=object)
        return outlines.from_mercator(key[0], kept)

    def now(self, key: Key, numbers: Numbers) -> Shapes:
        """Return the outlines of these things as they will be."""
        found = self.before(key, numbers)
        drawn = self._drawn.get(key, {})
        for place, number in enumerate(numbers.tolist()):
            if number in drawn:
                found[place] = drawn[number]
        return found

    def take(self, key: Key, drawn: Mapping[int, BaseGeometry | None]) -> Numbers:
        """Take over what was drawn, and return what does not look as it did; the rest stays to the last bit."""
        numbers = np.array(sorted(drawn), dtype=np.intp)
        new = np.array([drawn[number] for number in numbers.tolist()], dtype=object)
        old = self.before(key, numbers)
        same = shapely.equals_exact(shapely.normalize(new), shapely.normalize(old), 0.0)
        moved: Numbers = numbers[~(same | shapely.is_missing(new) & shapely.is_missing(old))]
        self._drawn[key] = {number: drawn[number] for number in moved.tolist()}
        return moved


def redraw(
    ranks: Mapping[str, Rank],
    cells: Callable[[Numbers], Shapes],
    changed: Numbers,
    labels: Labels,
    standing: Standing,
) -> Rows | None:
    """Return the outlines that are new and those that end; None when a level becomes too full to be shown in a band.

    `cells` gives polygons in Web Mercator, None for what is gone; `changed` are the cells whose polygon changed, also
    those that are new or gone.
    """
    picture = Picture(standing, ranks)
    opened, outdated = list[Outline](), list[OutlineKey]()
    moved: dict[str, Numbers] = {CELLS: changed}
    before: Band | None = None
    for band in reversed(BANDS):
        moved = _band(picture, band, before, cells, moved[band.base])
        for level, numbers in moved.items():
            rows = _rows(picture, (band, level), numbers, labels.get(level, {}))
            if rows is None:
                return None
            opened += rows[0]
            outdated += rows[1]
        before = band
    return opened, outdated


def _band(
    picture: Picture, band: Band, nearer: Band | None, cells: Callable[[Numbers], Shapes], changed: Numbers
) -> dict[str, Numbers]:
    """Draw a band anew where its base changed, and return by level what does not look as it did."""
    rank, key = picture.ranks[band.base], (band, band.base)

    def sources(numbers: Numbers) -> Shapes:
        if nearer is None:
            return outlines.to_grid(cells(numbers))
        return outlines.scaled(picture.now((nearer, band.base), numbers), nearer.unit / band.unit)

    ground = Ground(rank.boxes, band.unit, sources, lambda numbers: picture.before(key, numbers))
    moved = {band.base: picture.take(key, part.redraw(ground, changed, band.tolerance))}
    below = band.base
    for level in band.above:
        rank = picture.ranks[below]
        units = np.union1d(rank.units(moved[below]), rank.moved())
        members = rank.members(units)
        shapes = picture.now((band, below), np.concatenate([*members, np.empty(0, dtype=np.intp)]))
        split = np.split(shapes, np.cumsum([len(one) for one in members])[:-1]) if members else []
        united = {unit: union(own) for unit, own in zip(units.tolist(), split, strict=True)}
        moved[str(level)] = picture.take((band, str(level)), united)
        below = str(level)
    return moved


def _rows(picture: Picture, key: Key, moved: Numbers, labels: Mapping[int, Point]) -> Rows | None:
    """Return what of a level begins and ends in a band: what moved, got another name, or another label.

    None when a tile would have more of it than it may.
    """
    band, level = key
    rank = picture.ranks[level]
    numbers = np.unique(np.concatenate([moved, np.flatnonzero(rank.is_renamed), [*labels]]).astype(np.intp))
    stood = picture.stood(key, numbers)
    shapes = outlines.to_mercator(band, picture.now(key, numbers))
    points = np.full(len(numbers), None, dtype=object)
    for place, (number, one) in enumerate(zip(numbers.tolist(), stood, strict=True)):
        points[place] = labels.get(number, one and one.label)
    seen = np.flatnonzero(~shapely.is_missing(shapes))
    points = outlines.inside(shapes[seen], points[seen])
    rows = outlines.write(band, rank.tier, numbers[seen], shapes[seen], points)
    digests = {row.code: row.digest for row in rows}
    known = {rank.tier.codes[number]: one for number, one in zip(numbers.tolist(), stood, strict=True) if one}
    opened = [row for row in rows if row.code not in known or known[row.code].digest != row.digest]
    ends = [(band.first, level, code) for code, one in known.items() if digests.get(code) != one.digest]
    if opened and band is not BANDS[-1]:
        there = np.array([one is not None for one in stood], dtype=bool)
        less = outlines.weigh(band, rank.tier, numbers[there], *_kept(stood))
        more = outlines.weigh(band, rank.tier, numbers[seen], shapes[seen], points)
        if _is_too_full(picture.standing.weights(band, level), less, more):
            return None
    return opened, ends


def _kept(stood: Sequence[Stood | None]) -> tuple[Shapes, Shapes]:
    """Return the shapes and labels of what there is."""
    there = [one for one in stood if one is not None]
    shapes, labels = ([one.shape for one in there], [one.label for one in there])
    return np.array(shapes, dtype=object), np.array(labels, dtype=object)


def _is_too_full(stands: Weights, less: Weights, more: Weights) -> bool:
    return any(
        stands.get(tile, 0.0) - less.get(tile, 0.0) + size > outlines.MOST_BYTES
        for tile, size in more.items()
    )
