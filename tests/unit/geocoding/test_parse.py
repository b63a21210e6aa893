"""The parts of an address."""

from __future__ import annotations

import pytest

from geo_app.geocoding import parse


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("浙江省杭州市余杭区闲林街道", "浙江省/prov 杭州市/city 余杭区/district 闲林街道/town"),
        ("北京市昌平区天通苑北街道", "北京市/city 昌平区/district 天通苑北街道/town"),
        ("学府路12号3号楼2单元501", "学府路/road 12号/roadno 3号楼/houseno 2单元/cellno 501/roomno"),
        ("龙泽苑47-6-746", "龙泽苑/poi 47/houseno -/redundant 6/cellno -/redundant 746/roomno"),
        ("红光村4组", "红光村/community 4组/road"),
        ("滨江宝龙广场6楼", "滨江宝龙广场/poi 6楼/floorno"),
        ("新世纪小区东门对面", "新世纪小区/poi 东门/subpoi 对面/assist"),
        ("杭州市余杭区杭州市余杭区", "杭州市/city 余杭区/district 杭州市/redundant 余杭区/redundant"),
        ("", ""),
    ],
)
def test_an_address_is_taken_apart(said: str, parts: str) -> None:
    told = " ".join(f"{said[part.start : part.end]}/{part.label}" for part in parse.parts(said))
    assert told == parts
