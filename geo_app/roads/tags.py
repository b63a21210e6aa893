"""What OpenStreetMap's tags of a way mean for each mode: direction, limit, access. Tables, after the OSM wiki."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from geo_app.roads.model import OPEN, Access, Mode

Tags = Mapping[str, str]
ONEWAY = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1}
TWO_WAYS = frozenset({"no", "false", "0", "reversible", "alternating"})
ROUND = frozenset({"roundabout", "circular"})
KEYS = {
    Mode.WALK: ("access", "foot"),
    Mode.EBIKE: ("access", "vehicle", "bicycle"),
    Mode.CAR: ("access", "vehicle", "motor_vehicle", "motorcar"),
    Mode.EMERGENCY: ("access", "vehicle", "motor_vehicle", "emergency"),
}
"""Keys that speak of each mode; a later one says it more exactly and wins."""
BARRED = frozenset({"no", "agricultural", "forestry", "agricultural;forestry", "military", "use_sidepath"})
PRIVATE = frozenset({"private", "destination", "delivery", "customers", "permit", "residents"})
ALLOWED = frozenset({"yes", "designated", "permissive", "official", "public", "dismount", "unknown"})
NO_LIMIT = frozenset({"none", "signals", "variable", "walk"})
LIMIT = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|mph)?")
MPH = 1.609344


def oneway(tags: Tags) -> int:
    """Return 1 along the way, -1 against it, 0 both; a roundabout and a motorway are one-way unless they say no."""
    if "oneway" in tags:
        return ONEWAY.get(tags["oneway"], 0)
    return 1 if tags.get("junction") in ROUND or tags["highway"] == "motorway" else 0


def maxspeed(tags: Tags) -> float | None:
    """Return the limit in km/h, of several the lowest; None when there is none, or none that can be read."""
    found = [LIMIT.fullmatch(word.strip()) for word in tags.get("maxspeed", "").split(";")]
    limits = [float(one[1]) * (MPH if one[2] == "mph" else 1.0) for one in found if one is not None]
    return min((limit for limit in limits if limit > 0), default=None)


def access(tags: Tags) -> Access:
    """Return who may not use the way, who only with business there, and who may go against its one-way."""
    said = {
        mode: next((tags[key] for key in reversed(keys) if key in tags), "") for mode, keys in KEYS.items()
    }
    barred = frozenset(mode for mode, word in said.items() if word in BARRED)
    private = frozenset(mode for mode, word in said.items() if word in PRIVATE)
    is_free = tags.get("oneway:bicycle") == "no" or tags.get("cycleway", "").startswith("opposite")
    both = frozenset({Mode.EBIKE}) if is_free else frozenset()
    return Access(barred, private, both) if barred or private or both else OPEN


def problems(tags: Tags) -> Iterator[tuple[str, str]]:
    """Yield the rule and the text of each tag that is not understood; the way is then taken without it."""
    direction = tags.get("oneway")
    if direction is not None and direction not in ONEWAY and direction not in TWO_WAYS:
        yield "oneway", f"oneway={direction} is not known: taken as both ways"
    limit = tags.get("maxspeed")
    if limit is not None and limit not in NO_LIMIT and maxspeed(tags) is None:
        yield "maxspeed", f"maxspeed={limit} cannot be read: no limit taken"
    for key in sorted({key for keys in KEYS.values() for key in keys} & set(tags)):
        if tags[key] not in BARRED | PRIVATE | ALLOWED:
            yield "access", f"{key}={tags[key]} is not known: taken as open"
