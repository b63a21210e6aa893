"""Run the private database: PostgreSQL 15 with PostGIS in a folder, reached by a unix socket only.

    python3 scripts/database.py up --dir FOLDER      start it (make it first if need be); print its addresses
    python3 scripts/database.py down|status|url --dir FOLDER
    python3 scripts/database.py install | work-folder

In the folder: `data` (PostgreSQL's own, never deleted here), `passwords.json` and `urls.json` (0600), `log`,
`run` (the socket), `lock`, `host` (the machine it runs on). Everything may be killed at any moment: the next
`up` mends.
Three roles: `wangge_admin` makes roles and extensions, `wangge_owner` owns the database and migrates,
`wangge_app` serves. As root the server runs as Debian's user postgres. Only the standard library.
"""

import argparse
import hashlib
import json
import os
import pwd
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import cluster
import dbfolder
import postgis
import postmaster
from cluster import Cluster
from dbfolder import ADMIN, APP, OWNER
from postgis import DatabaseError

LOCK_WAIT = 900  # seconds; the other start may be installing packages


@dataclass(frozen=True, slots=True)
class Ready:
    """A running database: SQLAlchemy addresses of the three roles, the socket folder, versions by name."""

    owner_url: str
    app_url: str
    admin_url: str
    socket: str
    versions: dict[str, str]


def up(folder: Path, unpacked: Path | None = None) -> Ready:
    """Start the database in `folder`, making it first if need be, and return its addresses.

    PostgreSQL is the system's; where it has none, an ordinary user's is unpacked in `dist` of the work folder.
    `unpacked` forces it to be taken from (and fetched into) that folder.
    Safe to call at any time, also twice at once. Errors: DatabaseError with what to do.
    """
    folder = folder.resolve()
    _make_folder(folder)
    with postgis.lock(folder / "lock", LOCK_WAIT) as held:
        programs = postgis.install(unpacked or work_folder() / "dist", unpacked is not None)
        private = Cluster(folder, _account(), programs)
        cluster.check(private)
        if not (private.data / "PG_VERSION").exists():
            cluster.create(private, held)
        passwords = cluster.passwords(private)
        cluster.start(private)
        versions = cluster.prepared(private, passwords)
        owner, app, admin = (dbfolder.url(folder, role, passwords[role]) for role in (OWNER, APP, ADMIN))
        ready = Ready(owner, app, admin, str(dbfolder.sockets(folder)), versions)
        dbfolder.keep_private(folder / dbfolder.ADDRESSES, json.dumps(asdict(ready)))
        return ready


def down(folder: Path) -> bool:
    """Stop the database in `folder`, ending its sessions; return False when it was not running."""
    folder = folder.resolve()
    if not (folder / "data").exists():
        return False
    with postgis.lock(folder / "lock", LOCK_WAIT):
        dbfolder.check_host(folder)
        return cluster.stop(folder)


def url(folder: Path) -> str:
    """Return the owner's address of the database in `folder`, whether it runs or not."""
    folder = folder.resolve()
    return dbfolder.url(folder, OWNER, dbfolder.read_passwords(folder)[OWNER])


def running(folder: Path) -> int | None:
    """Return the process number of the server of `folder`, or None when it is not running."""
    return postmaster.serving(folder.resolve() / "data")


def work_folder() -> Path:
    """Return the folder for database, caches and logs: GEO_WORK, or one that belongs to this checkout.

    As root it lies under /var/lib, because PostgreSQL's own account cannot reach into root's home.
    """
    chosen = os.environ.get("GEO_WORK")
    if chosen:
        return Path(chosen).absolute()
    checkout = Path(__file__).resolve().parent.parent
    if os.geteuid() == 0:
        return Path("/var/lib/wangge") / hashlib.sha256(os.fsencode(checkout)).hexdigest()[:8]
    return checkout / ".work"


def _make_folder(folder: Path) -> None:
    """Make `folder` and its missing parents passable for the server's account, whatever the umask says."""
    if set(str(folder)) & set('"$`\\\n'):
        raise DatabaseError(
            f'{folder} holds one of the characters " $ ` \\ or a line end: choose another name.'
        )
    try:
        for path in (*reversed(folder.parents), folder):
            if not path.exists():
                path.mkdir(exist_ok=True)
                path.chmod(0o755)
    except OSError as error:
        raise DatabaseError(f"{folder} cannot be made: {error.strerror}. Choose another folder.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DatabaseError(
            f"{folder} belongs to user {folder.owner()}: run this as that user or choose another."
        )


def _account() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError as error:
        raise DatabaseError("There is no user postgres: run `apt-get install postgresql-common`.") from error


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="database.py", description="Run the private database in a folder.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    said = {
        "up": "start it, making it first if need be; print its addresses as JSON",
        "down": "stop it",
        "status": "print whether it runs; exit 1 if it does not",
        "url": "print the owner's address",
        "install": "install PostgreSQL and PostGIS if missing, no more",
        "work-folder": "print the default work folder",
    }
    for verb, text in said.items():
        options = verbs.add_parser(verb, help=text)
        if verb != "work-folder":
            options.add_argument("--dir", type=Path, default=None, help="its folder (default: WORK/database)")
            options.add_argument(
                "--dist", type=Path, help="take PostgreSQL from this folder, fetched without root"
            )
    return parser.parse_args()


def _do(verb: str, folder: Path, unpacked: Path | None) -> int:
    """Do what the command line asks and return the exit code."""
    if verb == "up":
        print(json.dumps(asdict(up(folder, unpacked))))
    elif verb == "down":
        print("stopped" if down(folder) else "was not running")
    elif verb == "status":
        pid = running(folder)
        print(json.dumps({"running": pid is not None, "pid": pid, "dir": str(folder)}))
        return 0 if pid is not None else 1
    elif verb == "url":
        print(url(folder))
    else:
        programs = postgis.install(unpacked or work_folder() / "dist", unpacked is not None)
        print(f"PostgreSQL {postgis.MAJOR} with PostGIS is in {programs.folder}")
    return 0


def main() -> int:
    """Run the command line: 0 done, 1 refused with the reason, 2 wrong use."""
    given = _arguments()
    if given.verb == "work-folder":
        print(work_folder())
        return 0
    try:
        return _do(given.verb, given.dir or work_folder() / "database", given.dist)
    except DatabaseError as error:
        print(f"database: {error}", file=sys.stderr)
    except OSError as error:
        print(f"database: {error.filename or 'the system'}: {error.strerror}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
