"""`geo incidents …`: the same verbs from a shell, twice as well as once."""

from __future__ import annotations

import csv
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.core.command import Pace
from geo_app.core.errors import BadInput, Refused, Stale
from geo_app.geocoding import service as geocoding
from geo_app.incidents import service
from geo_app.incidents.model import Channel, NewReport
from tests.integration.conftest import Run, Town
from tests.sizes import size

HEAD = [
    "key",
    "category",
    "channel",
    "description",
    "lon",
    "lat",
    "frame",
    "address",
    "occurred_at",
    "closed_at",
]


def spot(town: Town) -> tuple[str, str]:
    """Return a place in a cell of the town."""
    x, y = town.one("SELECT ST_X(point), ST_Y(point) FROM incident ORDER BY id LIMIT 1")
    return repr(x), repr(y)


def table(file: Path, rows: list[list[str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEAD, *rows])
    return file


def many(town: Town, count: int) -> list[list[str]]:
    x, y = spot(town)
    return [
        [str(n), "0102", "patrol", f"垃圾 {n}", x, y, "wgs84", "", "2026-05-01 08:00", "2026-05-01 09:00"]
        for n in range(count)
    ]


def count(town: Town) -> int:
    return int(town.one("SELECT count(*) FROM incident"))


def test_a_report_with_a_key_comes_in_once_and_is_listed_shown_and_located(geo: Run, town: Town) -> None:
    x, y = spot(town)
    words = [
        "incidents",
        "report",
        "--category",
        "0102",
        "--description",
        "垃圾",
        "--address",
        "世上没有的地方",
        "--key",
        "K1",
        "--json",
    ]
    made = geo(*words)
    assert geo(*words)["id"] == made["id"]
    assert (made["location"], made["position"], made["cell"]) == ("unknown", None, None)
    assert [one["id"] for one in geo("incidents", "list", "--location", "unsettled", "--json")] == [
        made["id"]
    ]
    place = ["incidents", "locate", made["id"], "--position", x, y, "--frame", "wgs84", "--json"]
    located = geo(*place)
    assert (located["location"], located["cell"] is None) == ("sure", False)
    assert geo(*place) == located == geo("incidents", "show", made["id"], "--json")
    with pytest.raises(Stale):
        geo(*place, "--version", made["version"])


def test_coordinates_without_a_frame_are_refused(geo: Run) -> None:
    with pytest.raises(BadInput, match="--frame"):
        geo("incidents", "report", "--category", "0102", "--description", "a", "--position", "117", "39")


def test_a_table_is_loaded_once_all_of_it_or_nothing(geo: Run, town: Town, tmp_path: Path) -> None:
    before, rows = count(town), many(town, size("loaded_rows"))
    file = table(tmp_path / "may.csv", rows)
    assert geo("incidents", "load", file, "--dry-run", "--json")["new"] == len(rows)
    assert count(town) == before
    assert geo("incidents", "load", file, "--json") == {
        "file": "may.csv", "rows": len(rows), "new": len(rows), "known": 0, "near": 0, "refused": [],
    }  # fmt: skip
    assert count(town) == before + len(rows)
    placed = "SELECT count(*) FROM placement WHERE subject_kind = 'incident' AND cell_id IS NOT NULL"
    assert town.one(placed) == before + len(rows)
    again = geo("incidents", "load", table(file, [*rows, ["new", *rows[0][1:]]]), "--json")
    assert (again["new"], again["known"], count(town)) == (1, len(rows), before + len(rows) + 1)


def test_every_refused_row_is_told_and_nothing_is_loaded(
    geo: Run, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = many(town, 5)
    rows[1][1], rows[1][2], rows[3][4] = "9999", "pigeon", "east"
    rows[4][4:8] = ["", "", "", "39.9,116.4"]  # an address that is a point with its axes swapped
    before = count(town)
    told: list[str] = []
    monkeypatch.setattr("click.echo", lambda text="", **_: told.append(str(text)))
    file = table(tmp_path / "may.csv", rows)
    with pytest.raises(Refused, match="3 of 5 rows"):
        geo("incidents", "load", file)
    assert [line.partition(":")[0] for line in told[:4]] == [
        "row 3, category", "row 3, channel", "row 5, lon", "row 6, address",
    ]  # fmt: skip
    assert count(town) == before


def test_a_table_of_addresses_is_located_as_each_alone_is(geo: Run, town: Town, tmp_path: Path) -> None:
    said = ["中山路1号", "一社区", "世上没有的地方", *(f"中山路{n}号" for n in range(2, geocoding.MANY))]
    when = "2026-05-01T08:00:00+08:00"
    rows = [[str(n), "0102", "patrol", "垃圾", "", "", "", one, when, ""] for n, one in enumerate(said)]
    geo("incidents", "load", table(tmp_path / "may.csv", rows))
    found = town.all(
        "SELECT i.location, ST_X(i.point), ST_Y(i.point), i.uncertainty FROM report r"
        " JOIN incident i ON i.id = r.incident_id WHERE r.source = 'may.csv' ORDER BY r.source_key::int"
    )
    new = NewReport(category="0102", channel=Channel.PATROL, description="垃圾", occurred_at=clock.now())
    with town.database.transaction(SYSTEM) as tx:
        alone = [service.locate(tx, town.city, replace(new, address=one)) for one in said]
    assert found == [
        (one.verdict, one.point and one.point.x, one.point and one.point.y, one.uncertainty) for one in alone
    ]
    assert len(set(found)) > 2


class Beats:
    """A pace without waiting, which is interrupted after `most` incidents."""

    def __init__(self, most: int) -> None:
        self.waits: list[float] = []
        self._most = most

    def __enter__(self) -> Beats:
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def until(self, seconds: float) -> bool:
        """Note the wait."""
        self.waits.append(seconds)
        return len(self.waits) <= self._most


def test_the_past_is_played_in_order_and_an_interrupted_run_goes_on(geo: Run, town: Town) -> None:
    real = town.all("SELECT id FROM incident ORDER BY occurred_at")
    first, rest = Beats(1), Beats(9)
    assert "played 1, 0 were played before, 2 left" in geo(
        "incidents", "replay", "--speed", "3600", obj=first
    )
    assert "played 2, 1 were played before, 0 left" in geo("incidents", "replay", "--speed", "3600", obj=rest)
    assert rest.waits == [0, 1]
    assert "played 0, 3 were played before, 0 left" in geo("incidents", "replay", obj=Beats(9))
    played = "SELECT source_key FROM report JOIN incident i ON i.id = incident_id WHERE i.is_exercise ORDER BY i.id"
    assert town.all(played) == [f"1/{one}" for one in real]
    assert town.one("SELECT count(*) FROM fact WHERE kind = 'incident.reported'") == 3


def test_a_replay_tells_each_as_a_line_of_json_and_sums_up(geo: Run, town: Town) -> None:
    first, second, third = town.all("SELECT id FROM incident ORDER BY occurred_at")
    town.run(
        "UPDATE incident SET location = 'unknown', point = NULL, address = NULL WHERE id = %(id)s", id=second
    )
    said = geo("incidents", "replay", "--json", obj=Beats(2), is_lines=True)
    assert [one.get("again") for one in said] == [first, second, None]
    assert said[0]["id"] == town.one("SELECT max(id) FROM incident")
    assert "nobody knows where" in said[1]["left_out"]
    assert said[-1] == {"played": 1, "before": 0, "left": 2}
    assert [one.get("again") for one in geo("incidents", "replay", "--json", obj=Beats(9), is_lines=True)] == [
        second, third, None,
    ]  # fmt: skip


def test_exercises_are_not_played_again_unless_the_run_is_another(geo: Run, town: Town) -> None:
    geo("incidents", "replay", obj=Beats(9))
    assert "played 3, 0 were played before" in geo("incidents", "replay", "--run", "second", obj=Beats(9))
    assert town.one("SELECT count(*) FROM incident WHERE is_exercise") == 6


def test_an_interrupt_ends_the_waiting_and_nothing_else() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Pace() as pace:
        assert pace.until(0)
        os.kill(os.getpid(), signal.SIGINT)
        assert not pace.until(3600)
    assert signal.getsignal(signal.SIGINT) is before
