"""Areas are called by more than their official name, and only by what people really say."""

from __future__ import annotations

import pytest

from geo_app.geocoding import naming
from geo_app.geocoding.model import Kind


@pytest.mark.parametrize(
    ("kind", "name", "spoken"),
    [
        (Kind.COMMUNITY, "龙泽苑社区", ["龙泽苑"]),
        (Kind.COMMUNITY, "龙锦苑东二区社区", ["龙锦苑东二区"]),
        (Kind.COMMUNITY, "霍营小区社区", ["霍营小区"]),
        (Kind.COMMUNITY, "智慧社社区", ["智慧社"]),
        (Kind.COMMUNITY, "朱辛庄村", ["朱辛庄"]),
        (Kind.COMMUNITY, "天通西苑第二社区", ["天通西苑第二", "天通西苑二区", "天通苑西二区"]),
        (Kind.COMMUNITY, "天通苑第一社区", ["天通苑第一", "天通苑一区"]),
        (Kind.COMMUNITY, "Precinct 14", ["14 Precinct"]),
        (Kind.STREET, "霍营街道", ["霍营"]),
        (Kind.STREET, "东小口镇", ["东小口"]),
        (Kind.REGION, "昌平区", ["昌平"]),
        (Kind.COMPOUND, "龙泽苑社区", []),
    ],
)
def test_what_an_area_is_called_beside_its_name(kind: Kind, name: str, spoken: list[str]) -> None:
    assert list(naming.spoken(kind, name)) == spoken
