"""city.toml: the city, its layers, and the mends somebody decided on. Read whole, wrong words are refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo_app.cities.kit.columns import Field
from geo_app.cities.model import CategoryRow, CityInfo, DepartmentRow, Level, UnitRow
from geo_app.core import coords
from geo_app.core.errors import BadInput
from grids import code as grid_code

FILE = "city.toml"
KINDS = (
    "units", "cells", "thematic", "roads", "places", "households", "departments", "responders", "routes", "incidents",
)  # fmt: skip
SECTIONS = {"city", "units", "categories", "departments", "layers", "mends", "generate"}
LAYER = {"kind", "name", "file", "frame", "encoding", "table", "header", "columns", "where", "numbers", "area", "theme",
         "directed", "time_format", "empty"}  # fmt: skip
MENDS = {"drop", "yield", "fill", "reshape", "detach"}


@dataclass(frozen=True, slots=True)
class Layer:
    """One file of the kit and how to read it."""

    kind: str
    name: str
    file: Path
    frame: str | None
    encoding: str | None
    table: str | None
    """Layer of a GeoPackage, sheet of a workbook, or file inside a zip, where there are several."""
    header: tuple[str, ...]
    """Column names of a CSV that has none of its own."""
    fields: Mapping[str, Field]
    where: Mapping[str, tuple[str, ...]]
    """Rows are taken when each of these columns has one of its values."""
    empty: tuple[str, ...]
    """Texts that stand for nothing, such as NA."""
    numbers: Layer | None
    """For cells without codes: the file that knows community codes by name."""
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mend:
    """A decision about one defect of the base cells."""

    cell: str
    what: str
    to: str | None
    area: float
    reason: str


@dataclass(frozen=True, slots=True)
class Kit:
    """A city kit as its city.toml describes it."""

    folder: Path
    info: CityInfo
    units: tuple[UnitRow, ...]
    categories: tuple[CategoryRow, ...]
    departments: tuple[DepartmentRow, ...]
    layers: tuple[Layer, ...]
    mends: tuple[Mend, ...]
    generate: Mapping[str, Any]

    def of_kind(self, kind: str) -> tuple[Layer, ...]:
        """Return the layers of a kind, as they stand."""
        return tuple(layer for layer in self.layers if layer.kind == kind)


def read(folder: Path, environment: Mapping[str, str]) -> Kit:
    """Return the kit in `folder`, `$NAMES` in file names taken from `environment`; BadInput names what is wrong."""
    path = folder / FILE
    if not path.is_file():
        raise BadInput("kit", str(folder), f"a folder with a {FILE}")
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(FILE, str(path), f"TOML in UTF-8 ({error})") from error
    _only(FILE, given, SECTIONS)
    layers = tuple(
        _layer(folder, f"layers[{number}]", one, environment)
        for number, one in enumerate(_tables(given, "layers"), 1)
    )
    if sum(layer.kind == "cells" for layer in layers) != 1:
        raise BadInput("layers", [layer.kind for layer in layers], "exactly one layer of kind cells")
    return Kit(
        folder,
        _info(given.get("city")),
        tuple(_unit(f"units[{number}]", one) for number, one in enumerate(_tables(given, "units"), 1)),
        tuple(_category(f"categories[{n}]", one) for n, one in enumerate(_tables(given, "categories"), 1)),
        tuple(
            _department(f"departments[{n}]", one) for n, one in enumerate(_tables(given, "departments"), 1)
        ),
        layers,
        tuple(_mend(f"mends[{number}]", one) for number, one in enumerate(_tables(given, "mends"), 1)),
        given.get("generate", {}),
    )


def _info(given: object) -> CityInfo:
    if not isinstance(given, dict):
        raise BadInput("city", given, f"{FILE} has a [city] table")
    texts = ("code", "name", "name_en", "jurisdiction", "time_zone", "attribution", "code_scheme")
    _only("city", given, {*texts, "epsg"})
    found = {key: _text("city", given, key) for key in texts}
    if re.fullmatch(r"[a-z0-9-]{1,40}", found["code"]) is None:
        raise BadInput("city.code", found["code"], "1 to 40 of a-z, 0-9 and -")
    if re.fullmatch(r"[0-9A-Za-z]{1,12}", found["jurisdiction"]) is None:
        raise BadInput("city.jurisdiction", found["jurisdiction"], "1 to 12 letters or digits")
    try:
        ZoneInfo(found["time_zone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadInput("city.time_zone", found["time_zone"], "a zone of the IANA database") from error
    if found["code_scheme"] not in grid_code.SCHEMES:
        raise BadInput("city.code_scheme", found["code_scheme"], "one of " + ", ".join(grid_code.SCHEMES))
    return CityInfo(**found, srid=_epsg(given.get("epsg")), is_generated=False)


def _epsg(given: object) -> int:
    rule = "the EPSG number of a projected frame in metres"
    if not isinstance(given, int):
        raise BadInput("city.epsg", given, rule)
    try:
        crs = CRS.from_epsg(given)
    except CRSError as error:
        raise BadInput("city.epsg", given, rule) from error
    if not crs.is_projected or any(axis.unit_conversion_factor != 1 for axis in crs.axis_info):
        raise BadInput("city.epsg", given, rule)
    return given


def _layer(folder: Path, where: str, given: Mapping[str, Any], environment: Mapping[str, str]) -> Layer:
    _only(where, given, LAYER)
    kind = _text(where, given, "kind")
    if kind not in {*KINDS, "numbers"}:
        raise BadInput(f"{where}.kind", kind, "one of " + ", ".join(KINDS))
    frame = given.get("frame")
    if frame is not None:
        coords.parse(str(frame))
    columns = given.get("columns", {})
    numbers = given.get("numbers")
    wanted = {
        key: tuple(map(str, values if isinstance(values, list) else [values]))
        for key, values in given.get("where", {}).items()
    }
    return Layer(
        kind,
        str(given.get("name", kind)),
        expanded(folder, where, _text(where, given, "file"), environment),
        frame,
        given.get("encoding"),
        given.get("table"),
        tuple(given.get("header", ())),
        {name: Field.read(where, name, one) for name, one in columns.items()},
        wanted,
        tuple(given.get("empty", ())),
        None
        if numbers is None
        else _layer(folder, f"{where}.numbers", {"kind": "numbers", **numbers}, environment),
        {key: str(given[key]) for key in ("area", "theme", "directed", "time_format") if key in given},
    )


def expanded(folder: Path, where: str, given: str, environment: Mapping[str, str]) -> Path:
    """Return the path of a file of the kit: relative to its folder, `$NAMES` taken from `environment`."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in environment:
            raise BadInput(f"{where}.file", given, f"set the environment variable {found[1]}")
        return environment[found[1]]

    path = Path(re.sub(r"\$(\w+)", value, given))
    return path if path.is_absolute() else folder / path


def _unit(where: str, given: Mapping[str, Any]) -> UnitRow:
    _only(where, given, {"level", "code", "name", "parent"})
    level = _text(where, given, "level")
    if level not in set(Level):
        raise BadInput(f"{where}.level", level, "one of " + ", ".join(Level))
    return UnitRow(
        Level(level), _text(where, given, "code"), _text(where, given, "name"), given.get("parent")
    )


def _category(where: str, given: Mapping[str, Any]) -> CategoryRow:
    _only(where, given, {"code", "name", "name_en", "skill", "respond_minutes", "is_urgent"})
    minutes, is_urgent = given.get("respond_minutes"), given.get("is_urgent", False)
    if not isinstance(minutes, int) or minutes < 1:
        raise BadInput(f"{where}.respond_minutes", minutes, "a whole number of minutes from 1")
    if not isinstance(is_urgent, bool):
        raise BadInput(f"{where}.is_urgent", is_urgent, "true or false")
    code, name, name_en = (_text(where, given, key) for key in ("code", "name", "name_en"))
    return CategoryRow(code, name, name_en, given.get("skill"), minutes, is_urgent)


def _department(where: str, given: Mapping[str, Any]) -> DepartmentRow:
    _only(where, given, {"code", "name", "name_en"})
    code, name, name_en = (_text(where, given, key) for key in ("code", "name", "name_en"))
    return DepartmentRow(code, name, name_en)


def _mend(where: str, given: Mapping[str, Any]) -> Mend:
    _only(where, given, {"cell", "what", "to", "area", "reason"})
    cell, what, reason = (_text(where, given, key) for key in ("cell", "what", "reason"))
    if what not in MENDS:
        raise BadInput(f"{where}.what", what, "one of " + ", ".join(sorted(MENDS)))
    area, to = given.get("area"), given.get("to")
    if not isinstance(area, int | float) or isinstance(area, bool) or area <= 0:
        raise BadInput(f"{where}.area", area, "the square metres of the mend")
    if (what == "yield") != (to is not None):
        raise BadInput(f"{where}.to", to, "the cell that gets the land, for what = yield only")
    return Mend(cell, what, to, float(area), reason)


def _tables(given: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = given.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadInput(name, found, f"tables, each headed [[{name}]]")
    return found


def _text(where: str, given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{where}.{key}", value, "a text that is not empty")
    return value


def _only(where: str, given: Mapping[str, Any], known: set[str]) -> None:
    for key in given:
        if key not in known:
            raise BadInput(f"{where}.{key}", given[key], "known words here are " + ", ".join(sorted(known)))
