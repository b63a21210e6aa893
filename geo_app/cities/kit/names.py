"""What a place is called beside its name, in the fields of a places layer.

`aliases` are other names in use, `former_names` (曾用名) what the place was called before; both are optional lists
with ; between.
"""

from __future__ import annotations

from collections.abc import Mapping

from geo_app.cities.kit.findings import Findings
from geo_app.cities.kit.manifest import Layer


def told(
    layer: Layer, row: Mapping[str, str | None], number: int, findings: Findings
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the aliases and the former names; a former name that is still in use is left out, and that is said."""
    name = row.get("name")
    aliases = tuple(one for one in _each(row.get("aliases")) if one != name)
    former = []
    for one in _each(row.get("former_names")):
        if one == name or one in aliases:
            message = f"{one!r} stands as a former name and as a name in use; it is taken as one in use"
            findings.note(layer.name, "former_name", message, row=number)
        else:
            former.append(one)
    return aliases, tuple(former)


def _each(text: str | None) -> tuple[str, ...]:
    """Return the names of a list, each once, in their order."""
    return tuple(dict.fromkeys(one.strip() for one in (text or "").split(";") if one.strip()))
