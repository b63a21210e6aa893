"""The private database after a kill at the worst moment, and beside everything that looks like it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fault.clusters import (
    DUMPABLE,
    IS_ROOT,
    LIMIT,
    SUBREAPER,
    account,
    ask,
    count,
    database,
    fill,
    kill,
    postmaster,
    processes,
    sleeper,
    until,
)


def test_killing_every_process_keeps_committed_rows(folder: Path, ready: Any) -> None:
    fill(ready)
    for _ in range(2):
        kill(folder / "data")
        ready = database.up(folder)
        assert count(ready) == 10000


def test_a_zombie_server_does_not_block_the_next_start(folder: Path) -> None:
    """A killed server whose parent has not asked for it still counts for kill(pid, 0)."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(SUBREAPER, 1, 0, 0, 0)
    try:
        ready = database.up(folder)
        fill(ready)
        pid = database.running(folder)
        kill(folder / "data")
        until(lambda: "zombie" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
        assert (folder / "run/.s.PGSQL.5432.lock").exists()
        assert database.running(folder) is None
        again = database.up(folder)
        assert database.running(folder) != pid
        assert count(again) == 10000
        database.down(folder)
    finally:
        libc.prctl(SUBREAPER, 0, 0, 0, 0)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def test_a_session_that_outlives_its_server_is_waited_for(folder: Path, ready: Any) -> None:
    """A busy session does not notice that the server is gone, and still writes."""
    fill(ready)
    endless = "import psycopg2, sys; psycopg2.connect(sys.argv[1]).cursor().execute(sys.argv[2])"
    loop = "DO $$ BEGIN LOOP END LOOP; END $$"
    command = [sys.executable, "-c", endless, ready.owner_url.replace("+psycopg2", ""), loop]
    busy = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    running = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'DO $$%'"
    until(lambda: ask(ready.admin_url, running))
    (session,) = ask(ready.admin_url, running)[0]
    server = database.running(folder)
    os.kill(server, signal.SIGKILL)
    until(lambda: server not in processes(folder / "data"))
    with pytest.raises(database.DatabaseError, match=str(session)):
        postmaster.clear(folder / "data", folder / "run", 0.2)
    assert (folder / "data/postmaster.pid").exists()
    os.kill(session, signal.SIGKILL)
    busy.wait(timeout=LIMIT)
    assert count(database.up(folder)) == 10000


@pytest.mark.parametrize("as_server", [True, False], ids=["of the server's user", "of this user"])
def test_a_pid_file_that_names_another_program_is_stale(folder: Path, ready: Any, *, as_server: bool) -> None:
    fill(ready)
    kill(folder / "data")
    pid_file = folder / "data/postmaster.pid"
    lines = pid_file.read_text(encoding="utf-8").splitlines()
    with sleeper(as_server=as_server) as pid:
        pid_file.write_text("\n".join([str(pid), *lines[1:]]) + "\n", encoding="utf-8")
        (folder / "run/.s.PGSQL.5432.lock").write_text(
            "\n".join([str(pid), *lines[1:]]) + "\n", encoding="utf-8"
        )
        assert database.running(folder) is None
        assert count(database.up(folder)) == 10000
        assert Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("text", ["", "\n", "what", "99999999\n"])
def test_a_half_written_pid_file_is_stale(folder: Path, text: str) -> None:
    pid_file = folder / "data/postmaster.pid"
    pid_file.write_text(text, encoding="utf-8")
    os.chown(pid_file, account().pw_uid, account().pw_gid)
    assert ask(database.up(folder).app_url, "SELECT 1") == [(1,)]


def test_a_process_we_may_not_look_into_counts_as_alive(base: Path) -> None:
    """Taking "permission denied" for "gone" would start a second server on the same data."""
    data = base / "data"
    data.mkdir()
    opened, hold = os.pipe()
    told, tell = os.pipe()
    hidden = os.fork()
    if hidden == 0:
        become_server()
        ctypes.CDLL(None).prctl(DUMPABLE, 0, 0, 0, 0)
        os.write(tell, b"!")
        os.close(hold)
        os.read(opened, 1)
        os._exit(0)
    (data / "postmaster.pid").write_text(f"{hidden}\n", encoding="utf-8")
    for path in (data, data / "postmaster.pid"):
        os.chown(path, account().pw_uid, account().pw_gid)
    assert os.read(told, 1) == b"!"
    until(lambda: Path(f"/proc/{hidden}/mem").stat().st_uid == 0)
    looking = os.fork()
    if looking == 0:
        become_server()
        os._exit(0 if postmaster.serving(data) == hidden else 1)
    assert os.waitpid(looking, 0)[1] == 0
    os.close(hold)
    os.waitpid(hidden, 0)
    for end in (opened, told, tell):
        os.close(end)
    assert postmaster.serving(data) is None


def become_server() -> None:
    if IS_ROOT:
        os.setgroups([])
        os.setgid(account().pw_gid)
        os.setuid(account().pw_uid)
