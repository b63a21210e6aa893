"""What lies in the folder of a private database: passwords, socket, the name of its machine; and whose it is."""

import hashlib
import json
import os
import pwd
import secrets
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote

import postmaster
from postgis import DatabaseError

ADMIN, OWNER, APP = "wangge_admin", "wangge_owner", "wangge_app"
DATABASE = "wangge"
PASSWORDS = "passwords.json"
ADDRESSES = "urls.json"  # where `geo` finds a running database
SOCKET_PATH_LIMIT = 107  # bytes, of the whole path of a unix socket


def sockets(folder: Path) -> Path:
    """Return the folder of the socket: where the running server says, else where one would be put."""
    return postmaster.socket_folder(folder / "data") or default_sockets(folder)


def url(folder: Path, role: str, password: str) -> str:
    """Return the SQLAlchemy address of the database in `folder` for `role`."""
    return f"postgresql+psycopg2://{role}:{password}@/{DATABASE}?host={quote(str(sockets(folder)), safe='/')}"


def check_host(folder: Path) -> None:
    """Refuse a folder whose server was started on another machine and not stopped there."""
    recorded = folder / "host"
    here = socket.gethostname()
    there = recorded.read_text(encoding="utf-8").strip() if recorded.exists() else ""
    if there not in {"", here}:
        raise DatabaseError(
            f"The database in {folder} was last started on machine {there} and not stopped there; this is {here}. "
            f"Two servers on one folder destroy it. "
            f"If it surely runs no more on {there}, delete {recorded} and try again."
        )


def read_passwords(folder: Path) -> dict[str, str]:
    """Return the password of each role, and close the file to others if somebody opened it."""
    kept = folder / PASSWORDS
    try:
        if kept.stat().st_mode & 0o077:
            kept.chmod(0o600)
        read = json.loads(kept.read_text(encoding="ascii"))
        return {role: str(read[role]) for role in (ADMIN, OWNER, APP)}
    except FileNotFoundError as error:
        raise DatabaseError(f"There is no {kept}. Start the database: that makes it.") from error
    except PermissionError as error:
        raise DatabaseError(f"{kept} belongs to user {kept.owner()}: run this as that user.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DatabaseError(
            f"{kept} is damaged. Delete it: the next start makes new passwords, data stays."
        ) from error


def random_passwords() -> dict[str, str]:
    """Return a new password for each role."""
    return {role: secrets.token_hex(24) for role in (ADMIN, OWNER, APP)}


def keep_private(path: Path, text: str) -> None:
    """Put `text` into `path` in one step, on disk when this returns and never readable by anybody else."""
    if path.exists() and path.stat().st_mode & 0o077 == 0 and path.read_text(encoding="ascii") == text:
        return
    fresh = path.with_name(f"{path.name}.new")
    write_private(fresh, text)
    fresh.rename(path)
    sync(path.parent)


def write_private(path: Path, text: str) -> None:
    """Write `text` to a new file `path` which nobody else may read, and bring it to the disk."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(text)
        file.flush()
        os.fsync(descriptor)


def sync(folder: Path) -> None:
    """Bring renames inside `folder` to the disk, so that a power cut does not undo them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def give(folder: Path, account: pwd.struct_passwd, mode: int) -> None:
    """Make `folder` if missing and give it to `account` with `mode`; refuse one that is somebody else's."""
    folder.mkdir(exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in {os.geteuid(), account.pw_uid}:
        raise DatabaseError(f"{folder} belongs to somebody else. Remove it, or choose another folder.")
    if found.st_uid != account.pw_uid:
        os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(mode)


def default_sockets(folder: Path) -> Path:
    """Return `run` in `folder`, or a short one in the temporary folder when a socket could not live there.

    A socket's path is limited by the system, and a comma separates hosts in a PostgreSQL address.
    """
    own = folder / "run"
    is_short = len(os.fsencode(own / f"{postmaster.SOCKET_NAME}.lock")) <= SOCKET_PATH_LIMIT
    if is_short and not set(str(own)) & set(",'"):
        return own
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"wangge-{name}"
