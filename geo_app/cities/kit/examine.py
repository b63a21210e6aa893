"""Read a whole kit: what is wrong with it, what is mended, and the city it makes when nothing refuses it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_app.cities.kit import (
    cells,
    generate,
    households,
    layers,
    links,
    manifest,
    numbers,
    read,
    roads,
    shapes,
)
from geo_app.cities.kit.findings import Findings
from geo_app.cities.kit.manifest import Kit, Layer
from geo_app.cities.kit.shapes import Ground, Located
from geo_app.cities.model import (
    CellRow,
    CityData,
    DepartmentRow,
    HouseholdRow,
    IncidentRow,
    LayerRow,
    Level,
    PlaceRow,
    ResponderRow,
    RestrictionRow,
    RoadRow,
    RouteRow,
    ThematicRow,
    UnitRow,
)  # fmt: skip
from geo_app.core import coords, frames
from geo_app.core.errors import BadInput

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, and the city when nothing refuses it."""

    kit: Kit
    findings: Findings
    data: CityData | None


def examine(folder: Path, environment: Mapping[str, str], until: datetime) -> Report:
    """Return the report on the kit in `folder`; generated incidents end at `until`.

    BadInput when city.toml itself cannot be read; whatever is wrong with a layer is a finding.
    """
    kit = manifest.read(folder, environment)
    findings = Findings()
    data = _Reader(kit, findings).read(environment, until)
    return Report(kit, findings, None if findings.refused else data)


def code(folder: Path, environment: Mapping[str, str]) -> str:
    """Return the code of the city that the kit in `folder` makes."""
    return manifest.read(folder, environment).info.code


class _Reader:
    """Reads a kit layer by layer; each layer is judged even when one before it is refused."""

    def __init__(self, kit: Kit, findings: Findings) -> None:
        self.kit, self.findings = kit, findings
        self.ground = Ground(kit.info.srid)
        self.parents: dict[str, BaseGeometry] = {}
        self.theme_shapes: dict[str, list[BaseGeometry]] = {}
        self.layers: list[LayerRow] = []

    def read(self, environment: Mapping[str, str], until: datetime) -> CityData | None:
        """Return the city; None when its base could not be made."""
        units = [*self.kit.units, *self._each("units", self._units)]
        (base,) = self.kit.of_kind("cells")
        made = self._try(base, self._cells)
        if made is None:
            return None
        communities, cell_rows = made
        self._note(base, len(cell_rows))
        self._known_parents(base, units, communities)
        if cell_rows:
            self.ground = Ground.of(self.kit.info.srid, cell_rows)
        thematic: list[ThematicRow] = self._each(
            "thematic", lambda one: layers.thematic(one, self.ground, self.findings)
        )
        road_rows, restrictions = self._roads()
        places: list[PlaceRow] = self._each(
            "places",
            lambda one: self._doubted(
                one, layers.places(one, self.ground, cell_rows, self.findings), cell_rows
            ),
        )
        homes: list[HouseholdRow] = self._each(
            "households",
            lambda one: self._doubted(
                one, households.households(one, self.ground, cell_rows, self.findings), cell_rows
            ),
        )
        departments: list[DepartmentRow] = [
            *self.kit.departments,
            *self._each("departments", layers.departments),
        ]
        people: list[ResponderRow] = self._each(
            "responders",
            lambda one: self._doubted(
                one, layers.responders(one, self.ground, cell_rows, self.findings), cell_rows
            ),
        )
        routes: list[RouteRow] = self._each(
            "routes", lambda one: layers.routes(one, self.ground, self.findings)
        )
        categories = {category.code for category in self.kit.categories}
        incidents: list[IncidentRow] = self._each(
            "incidents",
            lambda one: self._doubted(
                one,
                layers.incidents(one, self.ground, self.kit.info.time_zone, categories, self.findings),
                cell_rows,
            ),
        )
        city = CityData(
            self.kit.info, (*units, *communities), tuple(cell_rows), tuple(thematic), tuple(road_rows),
            tuple(places), tuple(departments), tuple(people), tuple(routes), self.kit.categories, tuple(incidents),
            tuple(self.layers), tuple(restrictions), tuple(homes),
        )  # fmt: skip
        return self._generated(city, environment, until)

    def _each(self, kind: str, read_one: Callable[[Layer], list[Thing]]) -> list[Thing]:
        found: list[Thing] = []
        for layer in self.kit.of_kind(kind):
            given = self._try(layer, read_one)
            if given is not None:
                self._note(layer, len(given))
                found += given
        return found

    def _roads(self) -> tuple[list[RoadRow], list[RestrictionRow]]:
        """Return the roads of all layers one after the other, and the restrictions among them."""
        found: list[RoadRow] = []
        restrictions: list[RestrictionRow] = []
        for layer in self.kit.of_kind("roads"):
            drawn = self._try(layer, lambda one: roads.roads(one, self.ground, self.findings))
            if drawn is not None:
                self._note(layer, len(drawn.roads))
                restrictions += roads.behind(drawn.restrictions, len(found))
                found += drawn.roads
        return found, restrictions

    def _note(self, layer: Layer, features: int) -> None:
        """Note what a layer was read from; its raw lines and areas stay in that file."""
        count = sum(one.layer.partition("#")[0] == layer.name for one in self.layers)
        name = layer.name if count == 0 else f"{layer.name}#{count + 1}"
        with layer.file.open("rb") as file:
            fingerprint = hashlib.file_digest(file, "sha256").hexdigest()
        self.layers.append(LayerRow(name, layer.file.name, fingerprint, layer.frame or "none", features))

    def _try(self, layer: Layer, read_one: Callable[[Layer], Thing]) -> Thing | None:
        """Return what a layer gives; what is wrong with it as a whole is a finding."""
        try:
            return read_one(layer)
        except BadInput as error:
            self.findings.refuse(layer.name, error.field.rpartition(".")[2], str(error))
            return None

    def _units(self, layer: Layer) -> list[UnitRow]:
        table = read.table(layer)
        rows = shapes.fields(layer, table)
        if table.geometry is not None:
            located = shapes.locate(layer, table, self.ground, self.findings)
            for row, shape in zip(located.rows, located.shapes, strict=True):
                self.parents[row.get("code") or ""] = shapely.make_valid(
                    shape, method="structure", keep_collapsed=False
                )
        found = []
        for row, number in zip(rows, table.numbers, strict=True):
            code, name, level = row.get("code"), row.get("name"), row.get("level") or "street"
            if code is None or name is None or level not in set(Level):
                message = f"a unit has a code, a name and a level, got {code!r}, {name!r}, {level!r}"
                self.findings.refuse(layer.name, "unit", message, row=number)
                continue
            found.append(UnitRow(Level(level), code, name, row.get("parent")))
        return found

    def _cells(self, layer: Layer) -> tuple[list[UnitRow], list[CellRow]]:
        located = shapes.locate(layer, read.table(layer), self.ground, self.findings)
        pieces = cells.pieces(layer.name, located, self.findings)
        polygons = cells.mend(self.kit, layer.name, pieces, self.ground, self.findings)
        cells.outside(layer.name, pieces, polygons, self.parents, self.findings)
        if layer.numbers is None:
            return numbers.as_given(layer.name, pieces, polygons, self.findings)
        known = numbers.Known.of(shapes.fields(layer.numbers, read.table(layer.numbers)))
        return numbers.number(layer.name, pieces, polygons, known, self.findings)

    def _known_parents(self, base: Layer, units: list[UnitRow], communities: list[UnitRow]) -> None:
        codes: set[str] = set()
        for unit in [*units, *communities]:
            if unit.code in codes:
                self.findings.refuse(base.name, "duplicate_code", f"the unit code {unit.code!r} stands twice")
            codes.add(unit.code)
        for unit in [*units, *communities]:
            if unit.parent is not None and unit.parent not in codes:
                message = f"{unit.name} ({unit.code}) belongs to {unit.parent!r}, which is no unit of the kit"
                self.findings.refuse(base.name, "parent", message)

    def _doubted(self, layer: Layer, made: tuple[list[Thing], Located], rows: list[CellRow]) -> list[Thing]:
        """Return what a layer of points gave; say so when another frame than the stated one fits better."""
        found, located = made
        if layer.frame is not None and len(located.raw) and rows:
            city = shapely.coverage_union_all(np.array([row.geometry for row in rows], dtype=object))
            lonlat = coords.to_lonlat(city, self.kit.info.srid)
            doubt = frames.doubt(located.raw, layer.frame, list(shapely.get_parts(lonlat)))
            if doubt is not None:
                self.findings.note(layer.name, "frame", str(doubt))
        return found

    def _generated(self, city: CityData, environment: Mapping[str, str], until: datetime) -> CityData | None:
        """Return the city with what is generated where it has none of its own, when all of it hangs together."""
        self._bare(city)
        try:
            whole = self._lively(city, environment, until) if self.kit.generate else city
        except BadInput as error:
            self.findings.refuse("generate", error.field.rpartition(".")[2], str(error))
            return None
        links.check(whole, self.findings)
        return whole

    def _lively(self, city: CityData, environment: Mapping[str, str], until: datetime) -> CityData:
        wanted = self.kit.generate
        scene = generate.Scene.of(city.cells, city.roads)
        people, routes, incidents = list(city.responders), list(city.routes), list(city.incidents)
        skills = tuple(sorted({one.skill for one in city.categories if one.skill is not None}))
        if "responders" in wanted:
            people += generate.responders(wanted["responders"], scene, city.departments, skills)
        if "routes" in wanted:
            routes += generate.routes(wanted["routes"], scene, people)
        if "incidents" in wanted:
            given = dict(wanted["incidents"])
            given["mix"] = manifest.expanded(
                self.kit.folder, "generate.incidents", str(given.get("mix")), environment
            )
            incidents += generate.incidents(given, scene, city.categories, until, city.info.time_zone)
        return replace(city, responders=tuple(people), routes=tuple(routes), incidents=tuple(incidents))

    def _bare(self, city: CityData) -> None:
        """Name the communities that no road touches: nobody can be sent there by road."""
        if not city.roads:
            return
        tree = shapely.STRtree(np.array([cell.geometry for cell in city.cells], dtype=object))
        lines = np.array([road.geometry for road in city.roads], dtype=object)
        touched = {
            city.cells[index].community
            for index in set(tree.query(lines, predicate="intersects")[1].tolist())
        }
        bare = [unit for unit in city.units if unit.level is Level.COMMUNITY and unit.code not in touched]
        if bare:
            names = ", ".join(f"{unit.name} ({unit.code})" for unit in bare)
            self.findings.note("roads", "no_roads", f"{len(bare)} communities hold no road: {names}")
