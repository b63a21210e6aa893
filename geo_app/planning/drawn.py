"""Outlines and unit shapes in the database: how the map looks, and from when until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import shapely

from geo_app.core import db
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City, Unit
from geo_app.planning import outlines
from geo_app.planning.bands import BANDS, CELLS, Band
from geo_app.planning.model import Drawing, OutlineKey, Stood

SQL = db.statements(__file__)
DRAWN = [(band.first, str(level)) for band in BANDS for level in (band.base, *band.above)]
"""Every band with its levels."""


class Standing:
    """What the map shows at an instant, drawn with the units of `since`; of the release in force then for None."""

    def __init__(self, tx: db.Transaction, city: City, at: datetime, since: datetime | None = None) -> None:
        self._tx, self._city, self._at, self._since = tx, city, at, since

    @property
    def units(self) -> Sequence[Unit]:
        """The units it was drawn with: those of the instant its release began."""
        since = self._since or self._tx.value(SQL.begun, city_id=self._city.id, at=self._at)
        return [] if since is None else organisation.units(self._tx, self._city, since)

    def is_whole(self) -> bool:
        """Return whether every level is to be seen in every band it belongs to, drawn as we draw."""
        bands, levels = zip(*DRAWN, strict=True)
        return bool(
            self._tx.value(
                SQL.is_whole, city_id=self._city.id, bands=list(bands), levels=list(levels), at=self._at
            )
        )

    def digests(self) -> Mapping[OutlineKey, str]:
        """Return the digest of every outline."""
        rows = self._tx.all(SQL.outline_digests, dict, city_id=self._city.id, at=self._at)
        return {(row["band"], row["level"], row["code"]): row["digest"] for row in rows}

    def outlines(self, band: Band, level: str, codes: Sequence[str]) -> dict[str, Stood]:
        """Return those of these things that are to be seen in a band."""
        rows = self._tx.all(
            SQL.standing_outlines, lambda row: tuple(row.values()),
            city_id=self._city.id, band=band.first, level=level, codes=list(codes), at=self._at,
        )  # fmt: skip
        shapes, labels = (
            shapely.from_wkb(np.array([bytes(row[place]) for row in rows], dtype=object)).tolist()
            for place in (3, 4)
        )
        return {
            code: Stood(name, shape, label, digest)
            for (code, name, digest, *_), shape, label in zip(rows, shapes, labels, strict=True)
        }

    def weights(self, band: Band, level: str) -> dict[tuple[int, int], float]:
        """Return what `outlines.weigh` says of all that stands."""
        rows = self._tx.all(
            SQL.outline_weights, lambda row: ((int(row["x"]), int(row["y"])), float(row["bytes"])),
            city_id=self._city.id, band=band.first, level=level, at=self._at, side=outlines.side(band),
            thing=outlines.THING_BYTES, point=outlines.POINT_BYTES, has_labels=outlines.has_labels(band, level),
            has_names=level != CELLS,
        )  # fmt: skip
        return dict(rows)


def write(
    tx: db.Transaction,
    city: City,
    release_id: int,
    drawing: Drawing,
    span: tuple[datetime, datetime | None],
) -> None:
    """Write what changes of how the map looks during a span of time; what stands after it stays."""
    since, until = span
    bands, levels, codes = ([key[part] for key in drawing.outdated] for part in range(3))
    tx.run(
        SQL.close_outlines, city_id=city.id, bands=bands, levels=levels, codes=codes, since=since, until=until
    )
    valid = f"[{since.isoformat()},{'' if until is None else until.isoformat()})"
    columns = ("city_id", "band", "level", "code", "name", "valid", "shape", "label", "digest")
    rows = (
        (city.id, one.band, one.level, one.code, one.name, valid, one.shape, one.label, one.digest)
        for one in drawing.outlines
    )
    tx.copy("outline", columns, rows)
    ids = {unit.code: unit.id for unit in organisation.units(tx, city, since)}
    gone = [*drawing.gone, *(shape.code for shape in drawing.units)]
    tx.run(SQL.close_unit_shapes, city_id=city.id, codes=gone, since=since, until=until)
    columns = ("release_id", "unit_id", "city_id", "level", "cells", "area", "outline", "label", "valid")
    units = (
        (release_id, ids[one.code], city.id, one.level, one.cells, one.area, one.outline, one.label, valid)
        for one in drawing.units
    )
    tx.copy("unit_shape", columns, units)


def forget(tx: db.Transaction, city: City, at: datetime) -> None:
    """Let nothing of a city be drawn any more, so that it may be drawn anew at `at`."""
    tx.run(SQL.forget_outlines, city_id=city.id)
    tx.run(SQL.forget_unit_shapes, city_id=city.id)
    tx.run(SQL.drawn_anew, city_id=city.id, at=at)
