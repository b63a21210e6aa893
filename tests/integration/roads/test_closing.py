"""Roads closed and slowed: through the doors, in the database, in who is there first."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from shapely import Point

from geo_app.app import create_app
from geo_app.core import clock, coords, db
from geo_app.core.actor import SYSTEM, Actor, Scope
from geo_app.core.errors import BadInput, NotFound, OutOfScope, Stale
from geo_app.dispatch import service as dispatch
from geo_app.roads import closing, service
from geo_app.roads.model import Mode, NewOverride, Override, Stretch
from tests import build, people
from tests.integration.conftest import Run, Town

HOUR = timedelta(hours=1)
EAST, NORTH = build.TOWN_CORNER
FIRST = Stretch(1, 0, 1)
"""The stretch from the south-west corner of the town 100 m to the east."""


def lonlat(x: float, y: float) -> Point:
    return coords.to_lonlat(Point(EAST + x, NORTH + y), build.TOWN_SRID)


def closed(*stretches: Stretch, share: float | None = None, hours: float = 1) -> NewOverride:
    now = clock.now()
    return NewOverride(stretches, share, frozenset(Mode), now, now + hours * HOUR, "施工")


def close(town: Town, new: NewOverride) -> Override:
    with town.database.transaction(SYSTEM) as tx:
        made, _ = closing.override(tx, town.city, new)
    return made


def metres(tx: db.Transaction, town: Town, *at: Any) -> float | None:
    """Return how far it is along the southern border of the town's first block."""
    found = service.engine(tx, town.city.id, Mode.CAR, *at).route(
        Point(EAST, NORTH), Point(EAST + 100, NORTH)
    )
    return None if found is None else round(found.metres, 3)


def test_a_closed_road_is_gone_round_by_all_who_ask_from_then_on_until_it_is_opened(town: Town) -> None:
    with town.database.transaction(SYSTEM) as tx:
        before = service.engine(tx, town.city.id, Mode.CAR)
        assert metres(tx, town) == 100
    made = close(town, closed(FIRST))
    with town.database.transaction(SYSTEM) as tx:
        assert metres(tx, town) == 300
        assert metres(tx, town, made.ends_at) == 100, "at that moment it is open again"
        assert metres(tx, town, made.begins_at - HOUR) == 100
        asked_before = before.route(Point(EAST, NORTH), Point(EAST + 100, NORTH))
    assert asked_before is not None
    assert asked_before.metres == pytest.approx(100), "who began to ask before ends as they began"
    with town.database.transaction(SYSTEM) as tx:
        closing.lift(tx, made.id, made.version)
        assert metres(tx, town) == 100
    assert town.all("SELECT kind FROM fact WHERE kind LIKE 'roads.%%' ORDER BY id")[-2:] == [
        "roads.closed", "roads.opened",
    ]  # fmt: skip


def test_another_process_that_only_reads_the_database_sees_it_too(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(town, closed(FIRST))
    monkeypatch.setattr(service, "_engines", service._Engines())
    monkeypatch.setattr(service, "_schedules", service._Schedules())
    with town.database.transaction(SYSTEM) as tx:
        assert metres(tx, town) == 300


def test_what_is_rolled_back_was_never_closed(town: Town) -> None:
    def give_up(tx: db.Transaction) -> None:
        closing.override(tx, town.city, closed(FIRST))
        assert metres(tx, town) == 300
        raise NotFound("given up")

    with pytest.raises(NotFound, match="given up"), town.database.transaction(SYSTEM) as tx:
        give_up(tx)
    with town.database.transaction(SYSTEM) as tx:
        assert metres(tx, town) == 100
        closing.override(tx, town.city, closed(Stretch(2)))
        assert metres(tx, town) == 100, "another road was closed in the same state"


def test_candidates_go_round_what_is_closed_and_with_everything_closed_nobody_is_reachable_and_that_is_told(
    town: Town,
) -> None:
    incident = town.all("SELECT id FROM incident WHERE state <> 'closed' ORDER BY id")[1]
    with town.database.transaction(SYSTEM) as tx:
        usual = dispatch.candidates(tx, incident, 5)
    assert usual.candidates
    assert usual.unreachable == 0
    close(town, closed(*(Stretch(source) for source in range(1, 59)), share=0.5))
    with town.database.transaction(SYSTEM) as tx:
        slowed = dispatch.candidates(tx, incident, 5)
    assert sum(one.seconds for one in slowed.candidates) > sum(one.seconds for one in usual.candidates)
    close(town, closed(*(Stretch(source) for source in range(1, 59))))
    with town.database.transaction(SYSTEM) as tx:
        found = dispatch.candidates(tx, incident, 5)
    assert (found.candidates, found.others) == ((), ())
    assert found.unreachable == len(usual.candidates)
    assert not found.is_estimate


def test_the_same_closing_twice_is_one_and_a_longer_one_is_another(town: Town) -> None:
    with town.database.transaction(SYSTEM) as tx:
        first, is_new = closing.override(tx, town.city, closed(FIRST, hours=2))
        again, is_again = closing.override(tx, town.city, closed(FIRST))
        longer, is_longer = closing.override(tx, town.city, closed(FIRST, hours=3))
    assert (is_new, is_again, is_longer) == (True, False, True)
    assert first == again
    assert longer.id != first.id


def test_a_closing_outlives_an_import_and_speaks_of_the_roads_there_are(town: Town) -> None:
    made = close(town, closed(FIRST, Stretch(2)))
    with town.database.transaction(SYSTEM) as tx:
        roads = service.store.roads(tx, town.city.id)
        service.import_roads(tx, town.city.id, town.city.srid, [roads[0], *roads[2:]])
        assert metres(tx, town) == 300
        kept = closing.get(tx, made.id)
        assert [road.stretch.source_id for road in kept.roads] == [1]
        service.import_roads(tx, town.city.id, town.city.srid, roads[2:])
        assert closing.get(tx, made.id).roads == ()
        assert metres(tx, town) == 300, "there is no such road any more"


def test_a_source_cut_into_several_stretches_is_closed_as_a_whole_or_by_one_of_them(town: Town) -> None:
    with town.database.transaction(SYSTEM) as tx:
        roads = service.store.roads(tx, town.city.id)
        one_way = [replace(road, source_id=7) for road in roads]
        service.import_roads(tx, town.city.id, town.city.srid, one_way)
    part = close(town, closed(Stretch(7, 0, 1)))
    assert len(part.roads) == 1
    with town.database.transaction(SYSTEM) as tx:
        assert metres(tx, town) == 300
    whole = close(town, closed(Stretch(7)))
    assert len(whole.roads) == len(roads)
    with town.database.transaction(SYSTEM) as tx:
        assert metres(tx, town) is None


def test_changes_name_the_version_they_were_made_on(town: Town) -> None:
    made = close(town, closed(FIRST))
    with town.database.transaction(SYSTEM) as tx:
        later = closing.change(tx, made.id, 1, 0.5, made.ends_at + HOUR, "半幅施工")
    assert (later.version, later.share, later.ends_at) == (2, 0.5, made.ends_at + HOUR)
    for act in (
        lambda tx: closing.change(tx, made.id, 1, None, made.ends_at, "x"),
        lambda tx: closing.lift(tx, made.id, 1),
    ):
        with pytest.raises(Stale, match="version 2"), town.database.transaction(SYSTEM) as tx:
            act(tx)
    with town.database.transaction(SYSTEM) as tx:
        opened = closing.lift(tx, made.id, 2)
        assert closing.lift(tx, made.id, 3) == opened, "open is open"
        assert closing.overrides(tx, town.city, also_past=False) == []
        assert closing.overrides(tx, town.city, also_past=True) == [opened]


def test_what_has_not_begun_is_taken_back_and_never_holds(town: Town) -> None:
    now = clock.now()
    made = close(town, replace(closed(FIRST), begins_at=now + HOUR, ends_at=now + 2 * HOUR))
    with town.database.transaction(SYSTEM) as tx:
        assert metres(tx, town) == 100
        assert metres(tx, town, now + 1.5 * HOUR) == 300
        opened = closing.lift(tx, made.id, 1)
        assert opened.ends_at == opened.begins_at
        assert metres(tx, town, now + 1.5 * HOUR) == 100


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (closed, "stretches"), (lambda: closed(Stretch(999)), "stretches"),
        (lambda: closed(Stretch(1, 5, 6)), "stretches"), (lambda: closed(FIRST, share=1.5), "share"),
        (lambda: closed(FIRST, hours=-1), "ends_at"), (lambda: replace(closed(FIRST), reason=" "), "reason"),
        (lambda: replace(closed(FIRST), modes=frozenset()), "modes"),
    ],
)  # fmt: skip
def test_what_cannot_be_closed_is_named(still_town: Town, new: Callable[[], NewOverride], field: str) -> None:
    with pytest.raises(BadInput, match=f"{field}:"):
        close(still_town, new())
    assert still_town.one("SELECT count(*) FROM road_override") == 0


def test_a_city_without_roads_and_an_override_there_is_not_are_named(town: Town) -> None:
    town.run("DELETE FROM road_network")
    with pytest.raises(NotFound, match="no roads"):
        close(town, closed(FIRST))
    with pytest.raises(NotFound, match="no override 77"), town.database.transaction(SYSTEM) as tx:
        closing.get(tx, 77)


def test_who_is_bound_to_a_part_of_the_city_closes_no_road(still_town: Town) -> None:
    town = still_town
    unit = town.one("SELECT min(id) FROM unit WHERE level = 'street'")
    bound = Actor("gu", None, Scope(units=(unit,)))
    with pytest.raises(OutOfScope, match="小城"), town.database.transaction(bound) as tx:
        closing.override(tx, town.city, closed(FIRST))


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid.uuid4().hex}


def body(**said: Any) -> dict[str, Any]:
    until = (clock.now() + HOUR).isoformat()
    return {"share": None, "ends_at": until, "reason": "施工", **said}


def test_a_road_is_found_closed_changed_and_opened_through_the_doors(
    town: Town, town_client: FlaskClient
) -> None:
    place = lonlat(50, 3)
    (found, *_) = town_client.get(f"/api/roads?lon={place.x}&lat={place.y}").get_json()["features"]
    assert found["properties"] == {
        "stretch": {"source_id": 1, "from_node": 0, "to_node": 1}, "road_class": "residential", "name": "中山路",
        "metres": 3.0,
    }  # fmt: skip
    said = body(stretches=[found["properties"]["stretch"]])
    once = key()
    answer = town_client.post("/api/roads/overrides", json=said, headers=once)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    again = town_client.post("/api/roads/overrides", json=said, headers=once)
    assert again.get_json() == answer.get_json()
    path = answer.headers["Location"]
    assert town_client.get(path).get_json() == answer.get_json()
    ends = [f"{one.x},{one.y}" for one in (lonlat(0, 0), lonlat(100, 0))]
    way = f"/api/roads/route?mode=car&start={ends[0]}&target={ends[1]}"
    assert town_client.get(way).get_json()["metres"] == 300
    (listed,) = town_client.get("/api/roads/overrides").get_json()["features"]
    assert listed["properties"]["is_in_force"]
    assert listed["geometry"]["coordinates"] == [found["geometry"]["coordinates"]]
    slow = town_client.patch(path, json=body(share=0.5), headers={**key(), "If-Match": '"1"'})
    assert (slow.status_code, slow.headers["ETag"], slow.get_json()["properties"]["share"]) == (
        200,
        '"2"',
        0.5,
    )
    assert town_client.get(way).get_json()["metres"] == 100
    for headers, status in (({"If-Match": '"1"'}, 412), ({}, 428)):
        refused = town_client.post(f"{path}/open", json={}, headers={**key(), **headers})
        assert refused.status_code == status
    opened = town_client.post(f"{path}/open", json={}, headers={**key(), "If-Match": '"2"'})
    assert not opened.get_json()["properties"]["is_in_force"]
    assert town_client.get("/api/roads/overrides").get_json()["features"] == []
    assert len(town_client.get("/api/roads/overrides?past=yes").get_json()["features"]) == 1


def test_a_street_is_closed_by_name_and_the_road_at_a_place_by_pointing(
    town: Town, town_client: FlaskClient
) -> None:
    street = town_client.post("/api/roads/overrides", json=body(name="中山路"), headers=key()).get_json()
    assert len(street["geometry"]["coordinates"]) == town.one("SELECT count(*) FROM road")
    assert street["properties"]["streets"] == ["中山路"]
    place = lonlat(50, 3)
    spot = {"lon": place.x, "lat": place.y, "frame": "wgs84"}
    pointed = town_client.post("/api/roads/overrides", json=body(position=spot, modes=["car"]), headers=key())
    assert [one["source_id"] for one in pointed.get_json()["properties"]["stretches"]] == [1]
    assert pointed.get_json()["properties"]["modes"] == ["car"]
    nowhere = {"lon": lonlat(5000, 0).x, "lat": place.y, "frame": "wgs84"}
    for wrong, field in (
        (body(), "stretches"), (body(name="中山路", position=spot), "stretches"), (body(name="无名路"), "name"),
        (body(position=nowhere), "position"), (body(name="中山路", ends_at="tomorrow"), "ends_at"),
        (body(stretches=[{"source_id": 1, "from_node": 0, "to_node": None}]), "stretches"),
        (body(name="中山路", share=0), "share"), (body(name="中山路", modes=["boat"]), "modes"),
    ):  # fmt: skip
        refused = town_client.post("/api/roads/overrides", json=wrong, headers=key())
        assert (refused.status_code, refused.get_json()["field"].split(".")[0]) == (422, field)


def test_the_way_is_told_step_by_step_in_both_languages(town: Town, town_client: FlaskClient) -> None:
    ends = f"start={lonlat(0, 50).x},{lonlat(0, 50).y}&target={lonlat(100, 50).x},{lonlat(100, 50).y}"
    way = town_client.get(f"/api/roads/route?mode=car&{ends}").get_json()
    assert (way["mode"], way["is_estimate"], way["metres"]) == ("car", False, 200)
    assert [(one["turn"], one["name"], one["words"], one["words_en"]) for one in way["steps"]] == [
        ("set_off", "中山路", "出发,沿中山路行200米", "Set off along 中山路 for 200 m")
    ]
    assert sum(one["seconds"] for one in way["steps"]) == pytest.approx(way["seconds"], abs=1e-5)
    for wrong, field in (
        ("start=1&target=2,3", "start"),
        ("start=1,2", "target"),
        (f"{ends}&mode=boat", "mode"),
    ):
        refused = town_client.get(f"/api/roads/route?{wrong}")
        assert (refused.status_code, refused.get_json()["field"]) == (422, field)


def test_how_far_one_gets_is_told_by_the_door_and_shrinks_when_roads_are_closed(
    town: Town, town_client: FlaskClient, geo: Run
) -> None:
    place = lonlat(0, 0)
    path = f"/api/roads/isochrone?mode=car&seconds=60&lon={place.x}&lat={place.y}"
    usual = town_client.get(path).get_json()
    assert usual["properties"]["metres"] > 0
    assert shapely.geometry.shape(usual["geometry"]).covers(lonlat(100, 100))
    assert town_client.get(f"{path}&way=in").get_json()["properties"]["is_inward"]
    said = json.loads(geo("roads", "isochrone", place.x, place.y, "--seconds", "60", "--mode", "car"))
    assert said == usual
    close(town, closed(FIRST))
    assert town_client.get(path).get_json()["properties"]["metres"] < usual["properties"]["metres"]
    for wrong, field in (("seconds=0", "seconds"), ("way=up", "way"), ("frame=moon", "lon.frame")):
        refused = town_client.get(f"{path}&{wrong}".replace("seconds=60&", "", wrong.startswith("seconds")))
        assert (refused.status_code, refused.get_json()["field"]) == (422, field)


def test_only_who_may_manage_roads_closes_them(town: Town) -> None:
    client = create_app(town.settings, town.database).test_client()
    for role, status in (("worker", 403), ("observer", 403), ("dispatcher", 201)):
        bearer = {"Authorization": f"Bearer {people.token(town.database, role)}"}
        assert client.get("/api/roads/overrides", headers=bearer).status_code == 200
        answer = client.post("/api/roads/overrides", json=body(name="中山路"), headers={**key(), **bearer})
        assert answer.status_code == status
        assert answer.get_json().get("permission") == (None if status == 201 else "road.manage")


def test_the_command_line_closes_a_road_once_lists_it_and_opens_it(town: Town, geo: Run) -> None:
    place, until = lonlat(50, 3), (clock.now() + HOUR).isoformat()
    (near, *_) = geo("roads", "near", "--json", "--", place.x, place.y)
    assert near["stretch"] == "1:0:1"
    said = ("roads", "close", "1:0:1", "--until", until, "--reason", "施工", "--json")
    (first,), (again,) = geo(*said), geo(*said)
    assert first == again
    assert (first["share"], first["roads"]) == ("closed", 1)
    assert geo("roads", "closed", "--json") == [first]
    steps = geo(
        "roads", "route", lonlat(0, 0).x, lonlat(0, 0).y, lonlat(100, 0).x, lonlat(100, 0).y, "--json"
    )
    assert sum(step["metres"] for step in steps) == pytest.approx(300)
    (opened,) = geo("roads", "open", first["id"], "--json")
    assert opened["version"] == 2
    assert geo("roads", "closed", "--json") == []
