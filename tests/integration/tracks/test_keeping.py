"""Every position on shift goes into the track, once, however late; where somebody was off duty goes nowhere."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.organisation import service as organisation
from geo_app.tracks import jobs
from geo_app.tracks.model import LONGEST_KEPT
from tests.integration.conftest import Raw, Town
from tests.integration.tracks.walking import WHERE, kept, spot, tell

IN_REST = "SELECT count(*) FROM track_position WHERE tableoid = 'track_rest'::regclass"
NEWEST = "SELECT at FROM responder_position WHERE responder_id = %(id)s"


def test_a_late_batch_belongs_to_the_track_although_it_is_not_the_newest(
    town: Town, town_client: FlaskClient, people: list[int]
) -> None:
    now = clock.now()
    late = [now - timedelta(minutes=minutes) for minutes in (50, 20, 35)]
    assert tell(town, town_client, people[0], [now])["stored"] == 1
    for _ in range(2):
        assert tell(town, town_client, people[0], [*late, now]) == {"stored": 0, "older": 4, "refused": []}
        assert town.all(WHERE, id=people[0]) == [*sorted(late), now]
    assert town.one(NEWEST, id=people[0]) == now
    assert town.all(WHERE, id=people[1]) == []


def test_of_a_batch_every_moment_is_kept_and_the_first_word_about_one_stands(
    town: Town, town_client: FlaskClient, people: list[int]
) -> None:
    now = clock.now()
    moments = [now - timedelta(seconds=10 * number) for number in range(40)]
    assert tell(town, town_client, people[0], [*moments, *moments])["stored"] == 1
    tell(town, town_client, people[0], moments[:3], (300.0, 300.0))
    assert town.all(WHERE, id=people[0]) == moments[::-1]
    assert town.one("SELECT count(DISTINCT ST_AsText(point)) FROM track_position") == 1


def test_where_somebody_is_off_shift_is_kept_nowhere(
    town: Town, town_client: FlaskClient, people: list[int]
) -> None:
    now = clock.now()
    day = town.one(
        "SELECT extract(isodow FROM %(at)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::int", at=now
    )
    town.run("INSERT INTO shift (responder_id, weekday, starts, ends) VALUES (%(id)s, %(day)s, '08:00', '09:00')",
             id=people[1], day=(day + 2) % 7)  # fmt: skip
    assert len(tell(town, town_client, people[1], [now, now - timedelta(minutes=5)])["refused"]) == 2
    assert town.one("SELECT count(*) FROM track_position") == 0


def test_where_somebody_was_who_had_signed_off_is_refused_also_when_it_comes_late(
    town: Town, town_client: FlaskClient, people: list[int]
) -> None:
    def switch(status: str) -> None:
        with town.database.transaction(SYSTEM) as tx:
            tx.run(Raw("UPDATE responder SET status = %(s)s WHERE id = %(id)s"), s=status, id=people[0])

    before = clock.now() - timedelta(minutes=1)
    switch("off")
    during = clock.now()
    refused = tell(town, town_client, people[0], [during])["refused"]
    assert [(one["field"], "signed off" in one["rule"]) for one in refused] == [("at", True)]
    assert tell(town, town_client, people[0], [before]) == {"stored": 1, "older": 0, "refused": []}
    switch("free")
    after = clock.now()
    told = tell(town, town_client, people[0], [during, after])
    assert (told["stored"], [one["index"] for one in told["refused"]]) == (1, [0])
    assert town.all(WHERE, id=people[0]) == [before, after]


def test_days_border_at_midnight_of_utc_and_the_city_without_loss(
    town: Town, town_client: FlaskClient, people: list[int]
) -> None:
    utc = (clock.now() - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    local = utc - timedelta(hours=8)
    second = timedelta(seconds=1)
    moments = [local - second, local, local + second, utc - second, utc, utc + second]
    tell(town, town_client, people[0], moments)
    with town.database.transaction(SYSTEM) as tx:
        jobs.make_days(tx)
    assert town.all(WHERE, id=people[0]) == moments
    lies = "SELECT tableoid::regclass::text, count(*) FROM track_position GROUP BY 1 ORDER BY 1"
    assert town.all(lies) == [
        (f"track_position_{utc - second:%Y_%m_%d}", 4), (f"track_position_{utc:%Y_%m_%d}", 2),
    ]  # fmt: skip


def test_a_position_of_a_day_without_a_partition_waits_and_moves_in(
    town: Town, town_client: FlaskClient, people: list[int]
) -> None:
    late = clock.now() - timedelta(days=40)
    tell(town, town_client, people[0], [late])
    assert (town.one(IN_REST), town.all(WHERE, id=people[0])) == (1, [late])
    for _ in range(2):
        with town.database.transaction(SYSTEM) as tx:
            jobs.make_days(tx)
        assert (town.one(IN_REST), town.all(WHERE, id=people[0])) == (0, [late])
    tell(town, town_client, people[0], [late, late + timedelta(seconds=1)])
    assert town.one(IN_REST) == 0


def test_what_would_be_past_its_term_on_arrival_is_not_kept(
    town: Town, town_client: FlaskClient, people: list[int]
) -> None:
    old = clock.now() - LONGEST_KEPT
    young = old + timedelta(hours=1)
    assert tell(town, town_client, people[0], [old, young])["refused"] == []
    assert town.all(WHERE, id=people[0]) == [young]


def test_partitions_are_there_before_their_day(town: Town) -> None:
    made = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'track_position'::regclass"
    assert town.one(made) == 1 + 8, "the net, and the days the schema came with"
    with town.database.transaction(SYSTEM) as tx:
        jobs.make_days(tx)
    for ahead in range(8):
        name = f"track_position_{clock.now() + timedelta(days=ahead):%Y_%m_%d}"
        assert town.one("SELECT to_regclass(%(name)s) IS NOT NULL", name=name), name


def test_a_track_goes_with_its_city(town: Town, people: list[int]) -> None:
    kept(town, [(people[0], clock.now() - timedelta(hours=1), spot(town, (60, 60)))])
    with town.database.transaction(SYSTEM) as tx:
        organisation.remove_city(tx, town.city)
    assert town.one("SELECT count(*) FROM track_position") == 0
