"""The private database: made completely or not at all, reached from anywhere, commands repeatable."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fault.clusters import (
    IS_ROOT,
    LIMIT,
    SCRIPTS,
    ask,
    database,
    postgis,
    start_up,
    until,
)


def test_a_fresh_database_is_made_with_roles_extensions_and_passwords(base: Path) -> None:
    """Initdb cannot read a password from our standard input once root is dropped."""
    ready = database.up(base / "database")
    assert ready.versions["postgis"] >= "3.3"
    assert {"btree_gist", "pg_trgm"} <= ready.versions.keys()
    for url, role in ((ready.owner_url, "owner"), (ready.app_url, "app"), (ready.admin_url, "admin")):
        assert ask(url, "SELECT current_user::text") == [(f"wangge_{role}",)]
    assert sorted(path.name for path in (base / "database").iterdir()) == [
        *("data", "host", "lock", "log", "passwords.json", "run", "urls.json", "wangge.conf")
    ]


@pytest.mark.parametrize("victims", ["the start", "the start and initdb"])
def test_an_interrupted_initdb_is_repeated(base: Path, victims: str) -> None:
    folder = base / "database"
    fresh = folder / "data.new"
    with start_up(folder) as starting:
        until((fresh / "PG_VERSION").exists)
        starting.kill()
    if victims == "the start and initdb":
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.fsencode(fresh) in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
    assert not (folder / "data").exists()
    ready = database.up(folder)
    assert ask(ready.app_url, "SELECT 1") == [(1,)]
    assert not fresh.exists()


def test_two_starts_at_once_make_one_database(base: Path) -> None:
    with start_up(base / "database") as one, start_up(base / "database") as two:
        answers = [process.communicate(timeout=LIMIT) for process in (one, two)]
    assert [one.returncode, two.returncode] == [0, 0], answers
    assert answers[0][0] == answers[1][0]


def test_a_start_that_waits_too_long_for_another_says_who_holds_the_lock(base: Path) -> None:
    with postgis.lock(base / "lock", 1), pytest.raises(database.DatabaseError, match="is held by another"):  # noqa: SIM117
        with postgis.lock(base / "lock", 0):
            pass


def test_a_start_killed_before_roles_and_database_were_made_is_completed(folder: Path, ready: Any) -> None:
    ask(ready.admin_url, "DROP DATABASE wangge", "postgres")
    ask(ready.admin_url, "DROP ROLE wangge_app", "postgres")
    ask(ready.admin_url, "ALTER ROLE wangge_owner PASSWORD 'another'", "postgres")
    again = database.up(folder)
    assert again == ready
    assert ask(again.app_url, "SELECT postgis_lib_version() >= '3.3'") == [(True,)]


@pytest.mark.parametrize("name", ["long" * 30, "网 格", "a,b'c"])
def test_a_path_no_socket_can_have_still_works(seed: Path, base: Path, name: str) -> None:
    folder = base / name
    subprocess.run(["cp", "-a", str(seed), str(folder)], check=True)
    ready = database.up(folder)
    assert len(os.fsencode(f"{ready.socket}/.s.PGSQL.5432")) <= 107
    assert ask(ready.app_url.replace("%20", " "), "SELECT 1") == [(1,)]
    assert database.url(folder) == ready.owner_url
    database.down(folder)
    if Path(ready.socket).parent != folder:
        Path(ready.socket).rmdir()


def test_a_socket_folder_somebody_else_made_is_refused(folder: Path) -> None:
    (folder / "run").rmdir()
    (folder / "run").symlink_to("/var/tmp")
    with pytest.raises(database.DatabaseError, match="belongs to somebody else"):
        database.up(folder)


def test_a_folder_the_server_cannot_reach_is_refused(base: Path) -> None:
    """A checkout in root's home cannot be reached by PostgreSQL's own account."""
    (base / "private").mkdir(mode=0o700 if IS_ROOT else 0o500)
    said = "User postgres cannot reach" if IS_ROOT else "cannot be made"
    with pytest.raises(database.DatabaseError, match=said):
        database.up(base / "private/database")


def test_the_default_work_folder_of_root_is_outside_every_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEO_WORK", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert database.work_folder().parent == Path("/var/lib/wangge")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert database.work_folder() == SCRIPTS.parent / ".work"


def test_a_name_the_start_program_would_take_for_a_command_is_refused(base: Path) -> None:
    with pytest.raises(database.DatabaseError, match="choose another name"):
        database.up(base / "$(touch x)")


def test_chinese_text_is_searched_sorted_and_kept(shared: Any) -> None:
    """With plain locale C the trigrams of Chinese text are empty."""
    assert ask(shared.app_url, "SELECT similarity('人民大路', '人民路') > 0.2") == [(True,)]
    sort = "SELECT string_agg(v, '' ORDER BY v COLLATE \"zh-x-icu\") FROM unnest(ARRAY['中', '北', '上']) v"
    assert ask(shared.app_url, sort) == [("北上中",)]
    assert ask(shared.app_url, "SHOW server_encoding") == [("UTF8",)]
    assert ask(shared.app_url, "SHOW timezone") == [("UTC",)]


def test_projections_find_their_data(shared: Any) -> None:
    there = "ST_Transform(ST_SetSRID(ST_Point(116.4, 39.9), 4326), 4548)"
    ((x, y),) = ask(shared.app_url, f"SELECT ST_X({there}), ST_Y({there})")
    assert (x, y) == pytest.approx((448688.856, 4418598.001), abs=0.001)


def test_every_command_can_be_repeated(folder: Path) -> None:
    def run(verb: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, str(SCRIPTS / "database.py"), verb, "--dir", str(folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    first, pid = json.loads(run("up").stdout), database.running(folder)
    assert json.loads(run("up").stdout) == first
    assert database.running(folder) == pid
    assert json.loads(run("status").stdout)["pid"] == pid
    assert run("url").stdout.strip() == first["owner_url"]
    assert [run("down").stdout, run("down").stdout] == ["stopped\n", "was not running\n"]
    assert [run("status").returncode, run("nothing").returncode] == [1, 2]
    assert "PostgreSQL 15 with PostGIS is in" in run("install").stdout


def test_a_refusal_is_one_sentence_and_exit_code_1(base: Path) -> None:
    command = [sys.executable, str(SCRIPTS / "database.py"), "url", "--dir", str(base / "none")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert (
        done.stderr
        == f"database: There is no {base}/none/passwords.json. Start the database: that makes it.\n"
    )
