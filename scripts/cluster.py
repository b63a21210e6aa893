"""One private PostgreSQL cluster in a folder: make it, start it, stop it, mend what a kill left behind.

Every step is either complete or repeated by the next start: a data folder appears in one rename, roles and
extensions are made if missing, passwords are set again when their file was lost. Only the standard library.
"""

import contextlib
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import dbfolder
import postgis
import postmaster
from dbfolder import ADMIN, APP, DATABASE, OWNER
from postgis import DatabaseError, Programs

START_WAIT = 300  # seconds; replaying the log after a crash can take this long
STOP_WAIT = 60  # seconds

SETTINGS = """\
# Written at every start by scripts/database.py. Your own settings: ALTER SYSTEM.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0777
port = 5432
max_connections = 200
shared_buffers = 128MB
fsync = on
wal_level = replica
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = '{log}'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
"""

# Also run when everything is there, so that a start which was killed half-way is completed.
PREPARE = """\
DO $$ BEGIN
  IF to_regrole('{owner}') IS NULL THEN CREATE ROLE {owner}; END IF;
  IF to_regrole('{app}') IS NULL THEN CREATE ROLE {app}; END IF;
END $$;
ALTER ROLE {owner} LOGIN NOSUPERUSER NOCREATEROLE CREATEDB PASSWORD '{owner_password}';
ALTER ROLE {app} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD '{app_password}';
\\connect template1
{extensions}
{leakproof}
\\connect postgres
SELECT 'CREATE DATABASE {database} OWNER {owner}'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
\\connect {database}
{extensions}
{leakproof}
"""

VERSIONS = """\
SELECT extname, extversion FROM pg_extension
UNION ALL
SELECT 'postgresql', split_part(current_setting('server_version'), ' ', 1)
UNION ALL
SELECT 'leakproof', '' FROM pg_proc WHERE oid = ANY (ARRAY[{marked}]::regprocedure[]) AND proleakproof
HAVING count(*) = cardinality(ARRAY[{marked}]);
"""
LEAKPROOF = Path(__file__).parent.parent / "geo_app" / "migrations" / "leakproof.sql"


@dataclass(frozen=True, slots=True)
class Cluster:
    """One private database: its folder, the account its server runs as, the programs it runs with."""

    folder: Path
    account: pwd.struct_passwd
    programs: Programs

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "data"

    def run(
        self, *command: str, text: str = "", keep: tuple[int, ...] = ()
    ) -> "subprocess.CompletedProcess[str]":
        """Run `command` as the server's account with `text` as input; `keep` are descriptors it inherits."""
        drop = os.geteuid() == 0
        return subprocess.run(
            command,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd="/",
            umask=0o077,
            env=self.programs.environment,
            pass_fds=keep,
            start_new_session=True,
            user=self.account.pw_uid if drop else None,
            group=self.account.pw_gid if drop else None,
            extra_groups=[] if drop else None,
        )

    def ask(self, role: str, password: str, database: str, sql: str) -> "subprocess.CompletedProcess[str]":
        """Run `sql` with psql as `role`; the password travels in the environment, never in the arguments."""
        quiet = "-c client_min_messages=warning"
        if role == ADMIN:
            quiet += " -c log_min_error_statement=panic"  # a failing statement may hold a password
        environment = {**self.programs.environment, "PGPASSWORD": password, "PGOPTIONS": quiet}
        command = [self.programs.path("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", str(dbfolder.sockets(self.folder)), "-U", role, "-d", database]
        return subprocess.run(
            command, input=sql, capture_output=True, text=True, check=False, env=environment
        )


def check(cluster: Cluster) -> None:
    """Refuse a folder that this user, this machine or this PostgreSQL must not touch."""
    dbfolder.check_host(cluster.folder)
    if cluster.run("/usr/bin/test", "-x", str(cluster.folder)).returncode != 0:
        raise DatabaseError(
            f"User {cluster.account.pw_name} cannot reach {cluster.folder}, because a folder above it is private. "
            f"Choose another work folder, for example {Path('/var/lib/wangge')}."
        )
    version = cluster.data / "PG_VERSION"
    if cluster.data.exists() and cluster.data.stat().st_uid != cluster.account.pw_uid:
        raise DatabaseError(
            f"{cluster.data} belongs to user {cluster.data.owner()}, but the server would run as "
            f"{cluster.account.pw_name}. Run this as the user who made it, or choose another folder."
        )
    if version.exists() and version.read_text(encoding="ascii").strip() != postgis.MAJOR:
        raise DatabaseError(
            f"{cluster.data} was made by PostgreSQL {version.read_text(encoding='ascii').strip()}, "
            f"this is {postgis.MAJOR}. Use the server that made it, by DATABASE_URL, or choose another folder."
        )
    if not version.exists() and cluster.data.exists() and any(cluster.data.iterdir()):
        raise DatabaseError(
            f"{cluster.data} holds something else than a database. Move it away, or choose another folder."
        )


def create(cluster: Cluster, held: int) -> None:
    """Make the data folder: beside its place first, then moved there in one step.

    initdb inherits the lock `held`, so if this program is killed nobody starts anew while initdb still writes.
    """
    fresh = cluster.folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    dbfolder.give(fresh, cluster.account, 0o700)
    known = dbfolder.random_passwords()
    dbfolder.keep_private(cluster.folder / dbfolder.PASSWORDS, json.dumps(known))
    # PostgreSQL's account may not open our standard input: the password goes through a file of its own.
    handed = cluster.folder / "initdb.password"
    dbfolder.write_private(handed, known[ADMIN])
    os.chown(handed, cluster.account.pw_uid, cluster.account.pw_gid)
    try:
        done = cluster.run(
            *(cluster.programs.path("initdb"), "-D", str(fresh), "-U", ADMIN, f"--pwfile={handed}"),
            *("--auth=scram-sha-256", "--locale=C.UTF-8", "--encoding=UTF8", "--data-checksums"),
            keep=(held,),
        )
    finally:
        handed.unlink()
    if done.returncode != 0:
        raise DatabaseError(f"initdb could not make {fresh}:\n{done.stdout.strip()}")
    with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("include '../wangge.conf'\n")
        file.flush()
        os.fsync(file.fileno())  # without this line PostgreSQL would listen on TCP
    fresh.rename(cluster.data)
    dbfolder.sync(cluster.folder)


def passwords(cluster: Cluster) -> dict[str, str]:
    """Return the password of each role; when their file was lost, set a new one for the administrator first."""
    if not (cluster.folder / dbfolder.PASSWORDS).exists():
        stop(cluster.folder)
        postmaster.clear(cluster.data, dbfolder.default_sockets(cluster.folder), STOP_WAIT)
        settle(cluster)
        fresh = dbfolder.random_passwords()
        alone = (cluster.programs.path("postgres"), "--single", "-D", str(cluster.data), "postgres")
        done = cluster.run(*alone, text=f"ALTER ROLE {ADMIN} PASSWORD '{fresh[ADMIN]}';\n")
        if done.returncode != 0:
            raise DatabaseError(f"New passwords could not be set:\n{done.stdout.strip()}")
        dbfolder.keep_private(cluster.folder / dbfolder.PASSWORDS, json.dumps(fresh))
    return dbfolder.read_passwords(cluster.folder)


def start(cluster: Cluster) -> None:
    """Start the server unless it runs; return when it answers."""
    if postmaster.serving(cluster.data) is not None:
        return
    postmaster.clear(cluster.data, dbfolder.default_sockets(cluster.folder), STOP_WAIT)
    settle(cluster)
    (cluster.folder / "host").write_text(socket.gethostname(), encoding="utf-8")
    log = cluster.folder / "log"
    done = cluster.run(
        *(cluster.programs.path("pg_ctl"), "start", "-w", "-t", str(START_WAIT)),
        *("-D", str(cluster.data), "-l", str(log / "start.log")),
    )
    if done.returncode != 0:
        said = (log / "start.log").read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
        raise DatabaseError("\n".join(["PostgreSQL did not start. It said:", *said, f"More is in {log}."]))


def stop(folder: Path) -> bool:
    """End the sessions and the server of `folder`; return False when none ran."""
    data = folder / "data"
    pid = postmaster.serving(data)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)  # end the sessions, write everything out
        deadline = time.monotonic() + STOP_WAIT
        while postmaster.serving(data) is not None:
            if time.monotonic() > deadline:
                raise DatabaseError(
                    f"PostgreSQL (process {pid}) did not stop in {STOP_WAIT} s; see {folder / 'log'}."
                )
            time.sleep(0.02)
    if not (data / "postmaster.pid").exists():
        (folder / "host").unlink(missing_ok=True)
    return pid is not None


def settle(cluster: Cluster) -> None:
    """Make the folders the server writes to, and write its settings."""
    place = dbfolder.default_sockets(cluster.folder)
    dbfolder.give(cluster.folder / "log", cluster.account, 0o700)
    dbfolder.give(place, cluster.account, 0o755)
    settings = SETTINGS.format(sockets=place, log=str(cluster.folder / "log").replace("'", "''"))
    written = cluster.folder / "wangge.conf"
    written.write_text(settings, encoding="utf-8")
    written.chmod(0o644)


def prepared(cluster: Cluster, known: dict[str, str]) -> dict[str, str]:
    """Return the versions of PostgreSQL and its extensions, after completing roles, database and extensions."""
    versions = _versions(cluster, known)
    if versions is None:
        _wait_until_accepting(cluster)
        sql = PREPARE.format(
            owner=OWNER,
            app=APP,
            owner_password=known[OWNER],
            app_password=known[APP],
            database=DATABASE,
            extensions="\n".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in postgis.EXTENSIONS),
            leakproof=LEAKPROOF.read_text(encoding="utf-8"),
        )
        done = cluster.ask(ADMIN, known[ADMIN], "postgres", sql)
        if done.returncode != 0:
            kept = cluster.folder / dbfolder.PASSWORDS
            raise DatabaseError(
                f"The database in {cluster.folder} could not be prepared: {done.stderr.strip()}\n"
                f"If it refuses the password, delete {kept}: the next start makes new ones, data stays."
            )
        versions = _versions(cluster, known)
    if versions is None:
        raise DatabaseError(
            f"The database in {cluster.folder} does not answer role {APP}; see {cluster.folder / 'log'}."
        )
    return versions


def _versions(cluster: Cluster, known: dict[str, str]) -> dict[str, str] | None:
    """Return versions by name as the application role sees them, or None when anything is missing."""
    marked = re.findall(
        r"^ALTER FUNCTION (.*) LEAKPROOF;$", LEAKPROOF.read_text(encoding="utf-8"), re.MULTILINE
    )
    sql = VERSIONS.format(marked=", ".join(f"'{name}'" for name in marked))
    answered = cluster.ask(APP, known[APP], DATABASE, sql)
    found = dict(line.split("|", 1) for line in answered.stdout.splitlines() if "|" in line)
    is_marked = found.pop("leakproof", None) is not None
    is_whole = is_marked and found.keys() >= {"postgresql", *postgis.EXTENSIONS}
    return found if answered.returncode == 0 and is_whole else None


def _wait_until_accepting(cluster: Cluster) -> None:
    deadline = time.monotonic() + START_WAIT
    ready = [cluster.programs.path("pg_isready"), "-q", "-h", str(dbfolder.sockets(cluster.folder))]
    while cluster.run(*ready).returncode != 0:
        if postmaster.serving(cluster.data) is None or time.monotonic() > deadline:
            raise DatabaseError(
                f"The server of {cluster.data} accepts no connections; see {cluster.folder / 'log'}."
            )
        time.sleep(0.05)
