"""Tell whether a PostgreSQL server runs on a data folder, and clear away what a killed one left behind.

PostgreSQL's own test (is there a process with the number in postmaster.pid?) fails when the killed server is
still a zombie and when the number has gone to another program. Here a process counts as the server only if it
works in the data folder, which every PostgreSQL process does for its whole life. Only the standard library.
"""

import time
from pathlib import Path

from postgis import DatabaseError

SOCKET_NAME = ".s.PGSQL.5432"


def serving(data: Path) -> int | None:
    """Return the process number of the live server of `data`, or None; what may not be looked into is alive."""
    if not Path("/proc/self/cwd").exists():
        raise DatabaseError("/proc is not there, so running servers cannot be seen: mount it.")
    lines = _pid_lines(data)
    if not lines or not lines[0].lstrip("-").isdigit():
        return None
    pid = abs(int(lines[0]))  # negative while PostgreSQL runs without a server (--single)
    return pid if _works_in(pid, data, denied=True) else None


def socket_folder(data: Path) -> Path | None:
    """Return the socket folder of the live server of `data`, or None when there is none.

    A dead server's word does not count: the folder may since have been moved, or be a copy of a live one.
    """
    lines = _pid_lines(data) if serving(data) is not None else []
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def clear(data: Path, sockets: Path, wait: float) -> None:
    """Remove the pid file and socket of a dead server once none of its processes is left, within `wait` seconds.

    A process that outlived its server still writes to the data: starting beside it would destroy the data.
    """
    if not (data / "postmaster.pid").exists() and not (sockets / f"{SOCKET_NAME}.lock").exists():
        return
    deadline = time.monotonic() + wait
    while left := _processes(data) or _memory_users(data):
        if time.monotonic() > deadline:
            raise DatabaseError(
                f"The server of {data} is dead but {left} still run(s). End what is left, then try again."
            )
        time.sleep(0.05)
    for path in (data / "postmaster.pid", sockets / SOCKET_NAME, sockets / f"{SOCKET_NAME}.lock"):
        path.unlink(missing_ok=True)


def _pid_lines(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []


def _works_in(pid: int, data: Path, *, denied: bool) -> bool:
    """Tell whether `pid` is a live process of the owner of `data` working there; `denied` if we may not know."""
    process = Path(f"/proc/{pid}")
    try:
        told = (process / "status").read_text(encoding="utf-8", errors="replace").splitlines()
        facts = dict(line.split(":\t", 1) for line in told if ":\t" in line)
        if facts["State"][0] in "ZX" or int(facts["Uid"].split()[0]) != data.stat().st_uid:
            return False  # a zombie holds nothing; PostgreSQL runs only as the owner of its data
        return (process / "cwd").samefile(data)
    except (FileNotFoundError, ProcessLookupError):
        return False
    except PermissionError:
        return denied


def _processes(data: Path) -> str:
    numbers = sorted(int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    found = [str(pid) for pid in numbers if _works_in(pid, data, denied=False)]
    return f"process {', '.join(found)}" if found else ""


def _memory_users(data: Path) -> str:
    """Name the users of the server's shared memory: also those that /proc hides, in another container."""
    lines = _pid_lines(data)
    table = Path("/proc/sysvipc/shm")
    if len(lines) < 7 or len(lines[6].split()) != 2 or not table.exists():
        return ""
    for row in table.read_text(encoding="utf-8").splitlines()[1:]:
        columns = row.split()
        if columns[:2] == lines[6].split() and columns[6] != "0":
            return f"{columns[6]} hidden process(es), using shared memory {columns[1]},"
    return ""
