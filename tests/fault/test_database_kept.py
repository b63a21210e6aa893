"""The data of the private database is never lost, deleted or shared by two servers."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.fault.clusters import (
    account,
    ask,
    cluster,
    count,
    database,
    fill,
    kill,
)


@pytest.mark.parametrize("while_running", [True, False])
def test_losing_every_file_beside_the_data_keeps_the_data(
    folder: Path, ready: Any, *, while_running: bool
) -> None:
    fill(ready)
    if not while_running:
        database.down(folder)
    for name in ("passwords.json", "host", "wangge.conf", "lock"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "log")
    again = database.up(folder)
    assert count(again) == 10000
    assert again.owner_url != ready.owner_url
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        ask(ready.admin_url, "SELECT 1")


def test_a_data_folder_that_is_no_database_is_refused_and_kept(base: Path) -> None:
    kept = base / "database/data/letter.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("dear", encoding="utf-8")
    os.chown(kept.parent, account().pw_uid, account().pw_gid)
    with pytest.raises(database.DatabaseError, match="holds something else"):
        database.up(base / "database")
    assert kept.read_text(encoding="utf-8") == "dear"


def test_data_of_another_major_version_is_refused_and_kept(folder: Path) -> None:
    (folder / "data/PG_VERSION").write_text("14\n", encoding="ascii")
    with pytest.raises(database.DatabaseError, match="made by PostgreSQL 14"):
        database.up(folder)
    assert (folder / "data/base").exists()


def test_a_damaged_password_file_is_named_and_can_be_deleted(folder: Path, ready: Any) -> None:
    fill(ready)
    (folder / "passwords.json").write_text('{"wangge_ad', encoding="ascii")
    with pytest.raises(database.DatabaseError, match=r"passwords\.json is damaged\. Delete it"):
        database.up(folder)
    (folder / "passwords.json").unlink()
    assert count(database.up(folder)) == 10000


def test_passwords_that_are_refused_name_the_file_to_delete(folder: Path, ready: Any) -> None:
    wrong = dict.fromkeys(json.loads((folder / "passwords.json").read_text(encoding="ascii")), "wrong")
    (folder / "passwords.json").write_text(json.dumps(wrong), encoding="ascii")
    with pytest.raises(database.DatabaseError, match=r"delete .*passwords.json"):
        database.up(folder)


def test_a_folder_that_runs_on_another_machine_is_refused(folder: Path, ready: Any) -> None:
    """A process of another machine or container cannot be seen: only the name tells."""
    kill(folder / "data")
    (folder / "host").write_text("elsewhere", encoding="utf-8")
    for refused in (database.up, database.down):
        with pytest.raises(database.DatabaseError, match="machine elsewhere and not stopped there"):
            refused(folder)
    assert database.running(folder) is None
    (folder / "host").unlink()
    assert database.up(folder) == ready


def test_a_folder_that_was_stopped_may_move_to_another_machine(folder: Path, ready: Any) -> None:
    database.down(folder)
    assert not (folder / "host").exists()


def test_a_copy_of_a_running_database_does_not_disturb_it(
    folder: Path, ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = folder.with_name("copy")
    subprocess.run(["cp", "-a", str(folder), str(copy)], check=True)
    monkeypatch.setattr(cluster, "STOP_WAIT", 0.2)
    with pytest.raises(database.DatabaseError, match="using shared memory"):
        database.up(copy)
    assert not database.down(copy)
    assert ask(ready.app_url, "SELECT 1") == [(1,)]
