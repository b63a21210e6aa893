"""Find PostgreSQL 15 with PostGIS on this machine, or install it: by apt as root, else unpacked into a folder.

Only the standard library: this runs before there is a virtual environment. An ordinary user gets the same
Debian packages as root would, downloaded and checked by apt with lists of its own and unpacked without
installing them; PostgreSQL finds its files relative to its program, so it runs from there.
"""

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MAJOR = "15"
PACKAGES = ("postgresql-15", "postgresql-15-postgis-3")
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")
OS_RELEASE = Path("/etc/os-release")
NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/wangge.conf")
USE_SERVER = "Use a PostgreSQL server with PostGIS 3.3 or newer instead: set DATABASE_URL=postgresql+psycopg2://user:password@host/name."

# Packages apt must not fetch for an unpacked copy. The first line is what every Debian already has and the
# loader must take from the system; the second only helps installing; the third is for parts of PostgreSQL and
# PostGIS that are never loaded here: raster (GDAL), 3D solids (SFCGAL), compiled queries (LLVM).
ASSUMED = (
    *("libc6", "libgcc-s1", "libcrypt1", "tzdata"),
    *(
        "locales",
        "postgresql-common",
        "postgresql-client-common",
        "ssl-cert",
        "debconf",
        "perl",
        "sensible-utils",
    ),
    *("libgdal32", "libsfcgal1", "libllvm14"),
)
ASSUMED_VERSION = "99:99"


class DatabaseError(Exception):
    """The private database cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's programs: their folder, and the environment they need."""

    folder: Path
    environment: dict[str, str]

    def path(self, name: str) -> str:
        """Return the full path of the program `name`."""
        return str(self.folder / name)


@contextmanager
def lock(path: Path, wait: float) -> Iterator[int]:
    """Hold the lock file `path` and give its descriptor, waiting at most `wait` seconds for another holder."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise DatabaseError(
                        f"{path} is held by another start or stop since more than {wait:.0f} s. "
                        f"Find it with `fuser -v {path}`, let it finish or end it, and try again."
                    ) from error
                time.sleep(0.05)
        yield descriptor
    finally:
        os.close(descriptor)


def programs(unpacked: Path | None) -> Programs | None:
    """Return the programs of the unpacked copy in `unpacked`, or the system's when None; None if incomplete."""
    root = unpacked or Path("/")
    folder = root / "usr/lib/postgresql" / MAJOR / "bin"
    controls = [
        root / "usr/share/postgresql" / MAJOR / "extension" / f"{name}.control" for name in EXTENSIONS
    ]
    if not all(path.exists() for path in (folder / "postgres", folder / "psql", *controls)):
        return None
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    if unpacked is not None:
        libraries = [str(path) for path in _library_folders(unpacked)]
        proj = str(unpacked / "usr/share/proj")
        environment |= {"LD_LIBRARY_PATH": ":".join(libraries), "PROJ_DATA": proj, "PROJ_LIB": proj}
    return Programs(folder, environment)


def find(unpacked: Path, force_unpacked: bool) -> Programs | None:
    """Return the system's programs unless `force_unpacked`, else those unpacked in `unpacked`, else None."""
    return (None if force_unpacked else programs(None)) or programs(unpacked)


def install(unpacked: Path, force_unpacked: bool) -> Programs:
    """Return the programs, installing them first when they are missing (minutes, needs the network)."""
    found = find(unpacked, force_unpacked)
    if found is not None:
        return found
    _refuse_other_systems()
    if os.geteuid() == 0 and not force_unpacked:
        install_packages(PACKAGES)
        found = programs(None)
    else:
        _unpack(unpacked)
        found = programs(unpacked)
    if found is None:
        raise DatabaseError(
            f"PostgreSQL {MAJOR} with PostGIS was installed but is not complete. {USE_SERVER}"
        )
    return found


def install_packages(packages: tuple[str, ...]) -> None:
    """Install those of `packages` that are missing, by apt, as root; never upgrade one that is there.

    Debian starts a server of its own on port 5432 with a first PostgreSQL package unless told not to.
    """
    missing = [name for name in packages if not _is_installed(name)]
    if not NO_MAIN_CLUSTER.exists():
        NO_MAIN_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        NO_MAIN_CLUSTER.write_text("create_main_cluster = false\n", encoding="utf-8")
    command = ["install", "-y", "--no-install-recommends", *missing]
    if missing and _apt(command).returncode != 0:
        _apt(["update"])
        done = _apt(command)
        if done.returncode != 0:
            raise DatabaseError(
                f"apt could not install {' '.join(missing)}:\n{_tail(done.stdout)}\n{USE_SERVER}"
            )


def _apt(arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _is_installed(package: str) -> bool:
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Status}", package], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() == "install ok installed"


def _refuse_other_systems() -> None:
    text = OS_RELEASE.read_text(encoding="utf-8") if OS_RELEASE.exists() else ""
    lines = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    system, version = (lines.get(key, "").strip('"') for key in ("ID", "VERSION_ID"))
    if (system, version) != ("debian", "12") or shutil.which("apt-get") is None:
        name = f"{system} {version}".strip() or "unknown"
        raise DatabaseError(
            f"PostgreSQL {MAJOR} with PostGIS is not installed, and only Debian 12 has it to install "
            f"(this system: {name}). {USE_SERVER}"
        )


def _unpack(target: Path) -> None:
    """Download what PostgreSQL and PostGIS need and unpack it into `target`, complete or not at all."""
    if not Path("/usr/share/zoneinfo/UTC").exists():
        raise DatabaseError("The package tzdata is missing: ask for `apt-get install tzdata`.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with lock(target.with_name(f"{target.name}.lock"), wait=900):
        if programs(target) is not None:
            return
        fetched, fresh = target.with_name(f"{target.name}.apt"), target.with_name(f"{target.name}.new")
        packages = _download(fetched)
        shutil.rmtree(fresh, ignore_errors=True)
        for package in packages:
            done = subprocess.run(
                ["dpkg-deb", "-x", str(package), str(fresh)], capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                raise DatabaseError(
                    f"{package.name} could not be unpacked into {fresh}: {done.stderr.strip()}"
                )
        link_controls(fresh / "usr/share/postgresql" / MAJOR / "extension")
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
        shutil.rmtree(fetched)


def _download(folder: Path) -> list[Path]:
    """Return the package files, fetched and verified by apt into `folder` with package lists of our own."""
    for path in ("lists/partial", "cache/archives/partial"):
        (folder / path).mkdir(parents=True, exist_ok=True)
    (folder / "status").write_text(_assumed_status(), encoding="utf-8")
    options = {
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::State::extended_states": folder / "extended_states",
        "Dir::Cache": folder / "cache",
        "Debug::NoLocking": "true",
        "APT::Sandbox::User": "",
    }
    private = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
    _apt([*private, "update"])
    done = _apt([*private, "install", "-y", "--download-only", "--no-install-recommends", *PACKAGES])
    if done.returncode != 0:
        raise DatabaseError(
            f"apt could not download {' '.join(PACKAGES)}:\n{_tail(done.stdout)}\n"
            f"Check the network, or ask for `apt-get install {' '.join(PACKAGES)}`. {USE_SERVER}"
        )
    return sorted((folder / "cache/archives").glob("*.deb"))


def _assumed_status() -> str:
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()
    return "\n".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: {architecture}\nMulti-Arch: allowed\n"
        f"Maintainer: none\nVersion: {ASSUMED_VERSION}\nDescription: assumed\n"
        for name in ASSUMED
    )


def link_controls(folder: Path) -> None:
    """Make `x.control` beside each `x-3.control` in `folder`: Debian does that only when it installs."""
    for versioned in folder.glob("*-3.control"):
        plain = versioned.with_name(versioned.name.replace("-3.control", ".control"))
        if not plain.exists():
            plain.symlink_to(versioned.name)


def _library_folders(root: Path) -> list[Path]:
    """Return the folders with shared libraries in an unpacked copy."""
    found = {path.parent for top in ("usr/lib", "lib") for path in (root / top).glob("*-linux-gnu*/*.so*")}
    return sorted(found)


def _tail(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-6:])
