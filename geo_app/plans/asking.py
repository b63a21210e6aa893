"""What planners ask for, read: places in degrees become millimetres, codes that are left out are proposed."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from shapely import Point, Polygon

from geo_app.core import coords
from geo_app.core.errors import BadInput
from geo_app.core.reasons import CONTROL
from geo_app.organisation.model import City
from grids import code as codes
from grids import edits
from grids.edits import Edit, Restore
from grids.model import Cell
from grids.refusal import Reason, Refusal, Refused
from grids.rings import PER_METRE

LONGEST_NAME = 60
OWN_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
"""What a code must look like where a city follows no scheme."""


def millimetres(data: Any, city: City) -> Any:
    """Return JSON with every place given as lon and lat made a vertex of the city's frame."""
    if isinstance(data, Mapping):
        if set(data) == {"lon", "lat"}:
            return _vertex(data, city)
        return {name: millimetres(one, city) for name, one in data.items()}
    return [millimetres(one, city) for one in data] if isinstance(data, list) else data


def read(data: Any) -> Edit:
    """Return the edit; Refused when it is none, or one that only an undo makes."""
    wrong = next((one for one in _texts(data) if len(one) > 100 or CONTROL.search(one)), None)
    if wrong is not None:
        raise Refused(
            Refusal(Reason.MALFORMED, (), Point(), "a text of 100 characters at most, none of them hidden")
        )
    found = edits.read(data)
    if isinstance(found, Restore):
        raise Refused(Refusal(Reason.MALFORMED, (), Point(), "an undo is asked for by its own door"))
    return found


def beginning(cell: Cell, city: City) -> str:
    """Return what the codes of a cell's pieces begin with: its community's, or its own where there is no scheme."""
    return f"{cell.code}-" if codes.SCHEMES[city.code_scheme] is None else cell.community


def proposed(cell: Cell, pieces: Sequence[Polygon], used: Collection[str], city: City) -> list[str]:
    """Return codes for the pieces of a cell: the largest keeps its own, the others get new ones of its community."""
    largest = max(range(len(pieces)), key=lambda n: (pieces[n].area, -n))
    others = [piece for n, piece in enumerate(pieces) if n != largest]
    new = list(_new_codes(cell, [(one.bounds[0], one.bounds[3]) for one in others], used, city))
    new.insert(largest, cell.code)
    return new


def check_code(code: str, city: City) -> None:
    """Refuse a code that is none of the city's scheme."""
    scheme = codes.SCHEMES[city.code_scheme]
    if OWN_CODE.fullmatch(code) is None:
        raise BadInput("codes", code, "1 to 40 of letters, digits, dot, hyphen, underscore")
    if scheme is not None and re.fullmatch(scheme.rule, code, re.ASCII) is None:
        raise BadInput("codes", code, f"a grid code of {scheme.name} ({sum(scheme.digits)} digits)")


def check_name(name: str) -> None:
    """Refuse a name nobody can read on a map."""
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise BadInput("name", name, f"1 to {LONGEST_NAME} characters")


def _new_codes(
    cell: Cell, places: Sequence[tuple[float, float]], used: Collection[str], city: City
) -> Sequence[str]:
    scheme = codes.SCHEMES[city.code_scheme]
    if scheme is None:
        free = (f"{cell.code}-{n}" for n in range(1, len(used) + len(places) + 1))
        return [one for one in free if one not in used][: len(places)]
    try:
        return codes.propose(cell.community, places, used, scheme)
    except codes.BadCode as error:
        raise BadInput("codes", cell.community, "codes of your own: none can be proposed here") from error


def _texts(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    if isinstance(data, Mapping):
        return [text for pair in data.items() for one in pair for text in _texts(one)]
    return [text for one in data for text in _texts(one)] if isinstance(data, list | tuple) else []


def _vertex(data: Mapping[str, Any], city: City) -> list[int]:
    lon, lat = data["lon"], data["lat"]
    if not all(
        isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one)
        for one in (lon, lat)
    ):
        raise BadInput("edit", dict(data), "a place: lon and lat in degrees")
    if abs(lon) > 180 or abs(lat) > 90:
        raise BadInput("edit", dict(data), "a place: lon and lat in degrees")
    place = coords.to_metric(Point(lon, lat), city.srid)
    if not (math.isfinite(place.x) and math.isfinite(place.y)):
        raise BadInput("edit", dict(data), "a place in the city")
    return [round(place.x * PER_METRE), round(place.y * PER_METRE)]
