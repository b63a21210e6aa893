"""Outside geocoders: each answer is understood and brought to WGS 84; nothing is asked without a setting."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from shapely import Point

from geo_app.core import coords
from geo_app.core.errors import NotReady, WrongSetup
from geo_app.geocoding import service, sources
from geo_app.geocoding.model import Candidate, How
from geo_app.organisation.model import City

X, Y = 116.31, 40.07
CITY = City(1, "a", "北京市", "Beijing", "110100", 4548, "Asia/Shanghai", "", False, "own")
ANSWERS = {
    "nominatim": [{"display_name": "龙泽苑", "lon": str(X), "lat": str(Y)}],
    "amap": {"status": "1", "geocodes": [{"formatted_address": "龙泽苑", "location": f"{X},{Y}"}]},
    "baidu": {"status": 0, "result": {"location": {"lng": X, "lat": Y}, "confidence": 80, "level": "小区"}},
    "tianditu": {"status": "0", "location": {"lon": X, "lat": Y, "score": 90, "keyWord": "龙泽苑"}},
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_becomes_a_candidate_in_wgs84(name: str) -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return json.dumps(ANSWERS[name]).encode()

    (source,) = sources.configured(f"{name}:secret", fetch)
    (found,) = source.find("龙泽苑", "北京市")
    expected = coords.to_wgs84(np.array([[X, Y]]), sources.SERVICES[name].frame)[0]
    assert (found.position.x, found.position.y) == pytest.approx(tuple(expected), abs=1e-8)
    assert found.how == How.SOURCE
    assert found.notes == (name,)
    assert found.score <= 0.8
    assert urlsplit(asked[0]).scheme == "https"
    assert any(
        "龙泽苑" in value for values in parse_qs(urlsplit(asked[0]).query).values() for value in values
    )


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b"[1]", b'{"geocodes": [{"location": "x"}]}', b"null"]
)
def test_a_senseless_answer_is_an_error_or_nothing(body: bytes) -> None:
    for name in ANSWERS:
        (source,) = sources.configured(name, lambda _url: body)
        try:
            assert source.find("a", "b") == []
        except NotReady as error:
            assert name in str(error)  # noqa: PT017  # either is right


def test_no_setting_asks_nobody_and_an_unknown_name_is_refused() -> None:
    assert sources.configured("") == ()
    with pytest.raises(WrongSetup, match="gogle"):
        sources.configured("gogle:1")


def test_outside_is_asked_only_when_we_are_not_sure() -> None:
    def fetch(_url: str) -> bytes:
        return json.dumps(ANSWERS["amap"]).encode()

    asked = sources.configured("amap:k", fetch)
    ours = Candidate("a", None, Point(X, Y), 0.9, How.NAME, 10.0, 1)
    assert service.ask_outside(CITY, "a", [ours], asked) == [ours]
    doubtful = replace(ours, score=0.4)
    assert [one.how for one in service.ask_outside(CITY, "a", [doubtful], asked)] == [How.SOURCE, How.NAME]
