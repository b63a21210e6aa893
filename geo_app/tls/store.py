"""The files of the local authority: `tls/` in the work folder, readable by nobody else.

A new authority appears whole or not at all: its folder is written beside and moved into place. A renewed
certificate keeps its key, so it is one file that is replaced in one step.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from geo_app.core.errors import Conflict, NotFound
from geo_app.tls.model import Pair

FOLDER = "tls"
AUTHORITY, SERVER = "ca", "server"


def certificate_file(work: Path, whose: str = SERVER) -> Path:
    """Return where a certificate lies."""
    return work / FOLDER / f"{whose}.crt"


def key_file(work: Path, whose: str = SERVER) -> Path:
    """Return where a key lies."""
    return work / FOLDER / f"{whose}.key"


def has_authority(work: Path) -> bool:
    """Return whether there is an authority."""
    return certificate_file(work, AUTHORITY).is_file()


def pair(work: Path, whose: str) -> Pair:
    """Return certificate and key; NotFound when they are not there."""
    try:
        return Pair(certificate_file(work, whose).read_bytes(), key_file(work, whose).read_bytes())
    except FileNotFoundError as error:
        raise NotFound("there is no local authority yet; `geo tls init` makes one") from error


def keep(work: Path, authority: Pair, server: Pair, at: datetime, *, replace: bool) -> Path | None:
    """Write a new authority and its server certificate; return where an earlier one was put, which is kept.

    Conflict when there is one and it is not to be replaced.
    """
    here = work / FOLDER
    if here.exists() and not replace:
        raise Conflict(
            f"there is an authority in {here}; phones trust it. `--replace` makes another and keeps this one aside"
        )
    work.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f"{FOLDER}-new-", dir=work))  # for the owner only
    try:
        for whose, what in ((AUTHORITY, authority), (SERVER, server)):
            _write(made / f"{whose}.key", what.key, 0o600)
            _write(made / f"{whose}.crt", what.certificate, 0o644)
        aside = None
        if here.exists():
            aside = here.rename(work / f"{FOLDER}-until-{at:%Y%m%dT%H%M%S%f}")
        made.rename(here)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return aside


def renew(work: Path, certificate: bytes) -> None:
    """Replace the server's certificate, in one step."""
    file = certificate_file(work)
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    _write(fresh, certificate, 0o644)
    fresh.rename(file)


def _write(file: Path, content: bytes, mode: int) -> None:
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(number, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
