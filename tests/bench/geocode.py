"""How soon an address is found among 200,000 places: the 95th of 100 answers, over ways to say and to misspell."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable

import numpy as np
from pypinyin import lazy_pinyin
from shapely import Point

from geo_app.core import clock, db, migrate
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.geocoding import service
from geo_app.geocoding.model import Kind, NewPlace
from geo_app.organisation import service as organisation
from geo_app.organisation.model import NewCity
from tests.bench.registry import Row, milliseconds, row
from tests.databases import Place, Server, connected, digest, work

ROADS, NUMBERS, ESTATES, BUILDINGS, POIS = 1000, 100, 5000, 18, 5000
QUESTIONS = 600
SEED = 20261122
FIRST = "云望槐柳桃杏梅竹松兰荷菊桂枫榆柏明文安永和平康福景瑞清晓晨春秋翠碧金银玉锦丹青紫凤鹤雁鹿龙石泉井桥塔书墨琴砚"
SECOND = "荫溪园亭台阁堂坊苑泽岭坡湾塘渡林庭轩华安宁和兴盛昌泰祥顺德善仁义信学贤才新光辉霞风月露星雨雪"
ESTATE = ("家园", "花园", "名苑", "小区", "新村", "雅居", "华庭", "公馆", "嘉园")
POI = ("派出所", "幼儿园", "卫生服务站", "超市", "第一小学", "停车场", "健身房", "银行")


@row("geocode")
def geocode() -> Row:
    """Time whole answers, one after the other, on one connection."""
    server = Server(work() / "database")
    try:
        key = digest("geo_app/migrations/**/*", "geo_app/geocoding/*", "tests/bench/geocode.py")
        with server.clone(server.template("bench_places", key, _fill)) as place:
            return _measure(place)
    finally:
        server.leave()


def _measure(place: Place) -> Row:
    opened = db.Database(place.app_url, _settings(place))
    times = []
    found = 0
    with opened.transaction(SYSTEM) as tx:
        city = organisation.city(tx, "bench")
        service.geocode(tx, city, "云荫路1号")
        for name, said in _questions():
            answers: list[str] = []

            def ask(said: str = said, answers: list[str] = answers) -> None:
                answers += [one.name for one in service.geocode(tx, city, said)]

            times.append(milliseconds(ask))
            found += name in answers[:1]
    opened.dispose()
    times.sort()
    return Row(
        name="geocode",
        ours=times[int(0.95 * len(times))],
        unit="ms",
        note=f"p95 of {len(times)}, p50 {statistics.median(times):.1f} ms, worst {times[-1]:.1f} ms; "
        f"{ROADS * NUMBERS + ESTATES * (BUILDINGS + 1) + POIS} places; the place meant came first {found} times",
    )


def _questions() -> list[tuple[str, str]]:
    """Return names with what is said for them: exact, with areas and flats, misspelt, in pinyin, in digits."""
    rng = random.Random(SEED)
    every = _places()
    ways: tuple[Callable[[str], str], ...] = (
        lambda name: name,
        lambda name: f"北京市昌平区{name}2单元501",
        lambda name: rng.choice(FIRST) + name[1:],
        lambda name: name[:1] + rng.choice(SECOND) + name[2:],
        lambda name: name.replace("号楼", "栋"),
        lambda name: f"{name}附近往东100米",
        lambda name: "".join(lazy_pinyin(name)),
    )
    return [
        (name, ways[turn % len(ways)](name))
        for turn, (_, name, _, _) in enumerate(rng.sample(every, QUESTIONS))
    ]


def _places() -> list[tuple[Kind, str, str | None, str | None]]:
    rng = random.Random(SEED + 1)
    stems = [a + b + c for a in FIRST for b in SECOND for c in ("", "东", "西", "南", "北")]
    rng.shuffle(stems)
    roads = [f"{stem}{rng.choice(('路', '街', '大街', '巷'))}" for stem in stems[:ROADS]]
    made: list[tuple[Kind, str, str | None, str | None]] = [
        (Kind.NUMBER, f"{road}{number}号", road, f"{number}号")
        for road in roads
        for number in range(1, NUMBERS + 1)
    ]
    for number in range(ESTATES):
        name = f"{stems[(number * 7) % len(stems)]}{ESTATE[number % len(ESTATE)]}"
        made.append((Kind.COMPOUND, name, None, None))
        made += [(Kind.BUILDING, f"{name}{one}号楼", None, None) for one in range(1, BUILDINGS + 1)]
    made += [
        (Kind.POI, f"{stems[(number * 11) % len(stems)]}{POI[number % len(POI)]}", None, None)
        for number in range(POIS)
    ]
    return made


def _fill(place: Place) -> None:
    migrate.upgrade(place.owner_url, place.app_url)
    every = _places()
    spots = np.random.default_rng(SEED).uniform((116.2, 39.8), (116.6, 40.2), (len(every), 2))
    new = [
        NewPlace(kind, name, road, number, None, (), Point(x, y))
        for (kind, name, road, number), (x, y) in zip(every, np.round(spots, 6), strict=True)
    ]
    opened = db.Database(place.app_url, _settings(place))
    with opened.transaction(SYSTEM, patient=True) as tx:
        info = NewCity("bench", "测城", "Bench", "990101", 4548, "Asia/Shanghai", "made up", True, "own")
        city = organisation.add_city(tx, info, clock.now())
        service.add_places(tx, city, new, {})
    opened.dispose()
    with connected(place.owner_url) as cursor:
        cursor.execute("ANALYZE place, place_name, place_gram")


def _settings(place: Place) -> Settings:
    return Settings(
        work=str(work()), database_url=place.owner_url, app_database_url=place.app_url, log_level="warning"
    )
