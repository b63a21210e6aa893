"""A point in words."""

from __future__ import annotations

import pytest

from geo_app.geocoding.model import Kind, Near
from geo_app.organisation.model import Level, Unit
from geo_app.planning import describing
from geo_app.planning.model import OUTSIDE

UNITS = (Unit(1, Level.COMMUNITY, "c", "龙泽苑社区", 2), Unit(2, Level.STREET, "s", "龙泽园街道", 3))


def near(kind: Kind, name: str, metres: float) -> Near:
    """Return something beside a point."""
    return Near(kind, name, None, None, None, metres)


@pytest.mark.parametrize(
    ("beside", "text"),
    [
        ([near(Kind.NUMBER, "文华西路12号", 30)], "文华西路12号附近，龙泽苑社区"),
        ([near(Kind.NUMBER, "文华西路12号", 3)], "文华西路12号，龙泽苑社区"),
        ([near(Kind.POI, "亭子", 20), near(Kind.NUMBER, "文华西路12号", 50)], "文华西路12号附近，龙泽苑社区"),
        ([near(Kind.POI, "亭子", 20), near(Kind.NUMBER, "文华西路12号", 90)], "亭子附近，龙泽苑社区"),
        ([], "龙泽苑社区"),
    ],
)
def test_a_point_is_said_by_its_address_and_community(beside: list[Near], text: str) -> None:
    assert describing.words(beside, UNITS, OUTSIDE).text == text
