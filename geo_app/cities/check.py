"""Does a city's data hang together? What no later step would name plainly is found here, before anything is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from geo_app.cities.model import CityData
from geo_app.core.errors import BadInput
from geo_app.incidents.model import Channel
from geo_app.responders.model import Kind


def check(data: CityData) -> None:
    """Raise BadInput for the first code that stands twice and the first word or code that nothing knows."""
    layers: dict[str, Iterable[object]] = {
        "units": [row.code for row in data.units],
        "cells": [row.code for row in data.cells],
        "thematic": [(row.theme, row.code) for row in data.thematic],
        "departments": [row.code for row in data.departments],
        "responders": [row.code for row in data.responders],
        "routes": [row.code for row in data.routes],
        "categories": [row.code for row in data.categories],
    }
    for layer, codes in layers.items():
        _once(layer, codes)
    people = {row.code for row in data.responders}
    for route in data.routes:
        if route.responder not in people:
            raise BadInput("responder", route.responder, f"route {route.code} names no responder of the city")
    for responder in data.responders:
        _one_of("kind", responder.kind, Kind)
        for shift in responder.shifts:
            if not 0 <= shift.weekday <= 6:
                raise BadInput("weekday", shift.weekday, f"of {responder.code}: 0 (Monday) to 6 (Sunday)")
    for incident in data.incidents:
        _one_of("channel", incident.channel, Channel)


def _once(layer: str, codes: Iterable[object]) -> None:
    code, count = next(iter(Counter(codes).most_common(1)), (None, 0))
    if count > 1:
        raise BadInput(layer, code, f"a code stands once, this one {count} times")


def _one_of(field: str, value: str, words: type[StrEnum]) -> None:
    if value not in set(words):
        raise BadInput(field, value, "one of " + ", ".join(words))
