"""Who may do what with the private database."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.fault.clusters import (
    IS_ROOT,
    account,
    ask,
    database,
    until,
)


def test_the_server_has_given_up_root(shared_folder: Path, shared: Any) -> None:
    status = Path(f"/proc/{database.running(shared_folder)}/status").read_text(encoding="utf-8")
    facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert facts["Uid"].split() == [str(account().pw_uid)] * 4
    if IS_ROOT:
        assert facts["Groups"].split() in ([], [str(account().pw_gid)])
    assert account().pw_uid != 0


def test_no_tcp_port_is_open(shared_folder: Path, shared: Any) -> None:
    tables = [Path(f"/proc/net/{name}").read_text(encoding="ascii") for name in ("tcp", "tcp6")]
    listening = {line.split()[9] for table in tables for line in table.splitlines()[1:]}
    links = [str(entry.readlink()) for entry in Path(f"/proc/{database.running(shared_folder)}/fd").iterdir()]
    inodes = {link[8:-1] for link in links if link.startswith("socket:")}
    assert inodes
    assert not inodes & listening
    assert ask(shared.app_url, "SHOW listen_addresses") == [("",)]


def test_the_password_file_is_closed_to_others_again(shared_folder: Path, shared: Any) -> None:
    kept = shared_folder / "passwords.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.stat().st_uid == os.geteuid()
    kept.chmod(0o644)
    database.up(shared_folder)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(set(json.loads(kept.read_text(encoding="ascii")).values())) == 3


def test_nobody_enters_without_the_password(shared: Any) -> None:
    for role in ("wangge_admin", "wangge_owner", "wangge_app"):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            ask(f"postgresql://{role}:guess@/wangge?host={shared.socket}", "SELECT 1")


def test_passwords_stay_out_of_the_log(folder: Path, ready: Any) -> None:
    """PostgreSQL writes a failing statement to its log, with all that stands in it."""
    ask(ready.admin_url, "ALTER ROLE wangge_app PASSWORD 'another'")
    ask(ready.admin_url, "ALTER ROLE wangge_admin SET default_transaction_read_only = on")
    with pytest.raises(database.DatabaseError, match="read-only transaction"):
        database.up(folder)

    def logged() -> str:
        return "".join(path.read_text(encoding="utf-8") for path in (folder / "log").iterdir())

    until(lambda: "cannot execute ALTER ROLE in a read-only transaction" in logged())
    known = json.loads((folder / "passwords.json").read_text(encoding="ascii"))
    assert not [word for word in known.values() if word in logged()]


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE t (id int)", "CREATE SCHEMA s", "CREATE DATABASE d", "CREATE ROLE r"]
)
def test_the_application_role_creates_nothing(shared: Any, sql: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(shared.app_url, sql)


def test_the_owner_makes_databases_with_the_extensions_and_is_no_superuser(shared: Any) -> None:
    ask(shared.owner_url, "CREATE DATABASE trial")
    assert ask(shared.owner_url, "SELECT postgis_lib_version() >= '3.3', similarity('a', 'b')", "trial") == [
        (True, 0)
    ]
    ask(
        shared.owner_url,
        "CREATE TABLE t (a int, r int4range, EXCLUDE USING gist (a WITH =, r WITH &&))",
        "trial",
    )
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(shared.owner_url, "COPY (SELECT 1) TO '/dev/null'")
    owned = "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'wangge_app'::regrole AND deptype = 'o'"
    assert ask(shared.admin_url, owned) == [(0,)]
