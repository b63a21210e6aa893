"""What refers to what in a city: departments, cells, responders, junctions and codes must be there and fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from geo_app.cities.kit.findings import Findings
from geo_app.cities.model import CityData
from geo_app.roads import network
from geo_app.roads.model import BrokenRoad
from grids import code as grid_code


def check(city: CityData, findings: Findings) -> None:
    """Refuse a city whose rows name what is not there, or carry a code twice; storing it would fail as well."""
    _once("departments", (row.code for row in city.departments), findings)
    _once("categories", (row.code for row in city.categories), findings)
    _once("responders", (row.code for row in city.responders), findings)
    _once("routes", (row.code for row in city.routes), findings)
    _once("thematic", (f"{row.theme}/{row.code}" for row in city.thematic), findings)
    departments = {row.code for row in city.departments}
    for person in city.responders:
        if person.department is not None and person.department not in departments:
            message = f"{person.code} belongs to {person.department!r}, which is no department of the kit"
            findings.refuse("responders", "department", message)
    people = {row.code for row in city.responders}
    for route in city.routes:
        if route.responder not in people:
            findings.refuse(
                "routes", "responder", f"{route.code} is walked by {route.responder!r}, who is not there"
            )
    _codes(city, findings)
    try:
        network.check(network.build(city.roads), city.restrictions)
    except BrokenRoad as error:
        findings.refuse("roads", "network", str(error))


def _once(layer: str, codes: Iterable[str], findings: Findings) -> None:
    for code, count in Counter(codes).items():
        if count > 1:
            findings.refuse(layer, "duplicate_code", f"the code {code!r} stands {count} times")


def _codes(city: CityData, findings: Findings) -> None:
    """Refuse cells whose code does not follow the scheme that the kit names."""
    pattern = grid_code.SCHEMES[city.info.code_scheme]
    for cell in city.cells:
        try:
            if pattern is not None:
                grid_code.check(cell.code, pattern)
        except grid_code.BadCode as error:
            findings.refuse("cells", "code", str(error))
