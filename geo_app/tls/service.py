"""What is done with certificates: make an authority, renew the server's certificate, look, warn in time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from geo_app.core import hosts
from geo_app.core.errors import BadInput, GeoError, WrongSetup
from geo_app.core.settings import Settings
from geo_app.tls import authority, store
from geo_app.tls.model import MOST_DAYS, Certificate


def init(here: Settings, names: tuple[str, ...], days: int, at: datetime, *, replace: bool) -> Path | None:
    """Make an authority and a server certificate; return where an earlier authority was put aside.

    Conflict when there is one and it is not to be replaced.
    """
    if not names:
        raise BadInput("name", "", "at least one name or address people reach the service by")
    made = authority.make(names, at)
    server = authority.issue(made, names, days, at, None)
    return store.keep(here.work_path, made, server, at, replace=replace)


def renew(here: Settings, names: tuple[str, ...], days: int, at: datetime) -> Certificate:
    """Give the server a fresh certificate, for the same names unless others are given; a restart takes it up."""
    root = store.pair(here.work_path, store.AUTHORITY)
    server = store.pair(here.work_path, store.SERVER)
    wanted = names or authority.read(server.certificate).names
    fresh = authority.issue(root, wanted, days, at, server.key)
    store.renew(here.work_path, fresh.certificate)
    return authority.read(fresh.certificate)


def prepare(here: Settings, at: datetime) -> bool:
    """Make or renew what a start needs for `public_names`; return whether anything changed."""
    if not uses_own(here):
        return False
    if not store.has_authority(here.work_path):
        init(here, here.names, MOST_DAYS, at, replace=False)
        return True
    known = _certificate(store.certificate_file(here.work_path))
    if set(here.names) <= set(known.names) and not known.ends_soon(at):
        return False
    renew(here, tuple(dict.fromkeys((*here.names, *known.names))), MOST_DAYS, at)
    return True


def uses_own(here: Settings) -> bool:
    """Return whether the service stands on the local authority and not on a certificate from elsewhere."""
    own = store.certificate_file(here.work_path)
    return bool(here.tls_cert) and Path(here.tls_cert).resolve() == own.resolve()


def root(here: Settings) -> bytes | None:
    """Return the local authority's certificate (PEM), None when phones need none to trust this service."""
    if here.tls_cert and not uses_own(here):
        return None
    if not store.has_authority(here.work_path):
        return None
    return store.certificate_file(here.work_path, store.AUTHORITY).read_bytes()


def known(here: Settings) -> dict[str, Certificate]:
    """Return the authority's and the server's certificate; NotFound when there is none."""
    return {
        whose: authority.read(store.pair(here.work_path, whose).certificate)
        for whose in (store.AUTHORITY, store.SERVER)
    }


def warning(here: Settings, at: datetime) -> str | None:
    """Return what a person should do about the certificate in use, None when nothing."""
    if not here.tls_cert:
        return None
    try:
        found = _certificate(Path(here.tls_cert))
    except GeoError as error:
        return str(error)
    if not found.ends_soon(at):
        return None
    how = "`geo tls renew` and a restart" if uses_own(here) else "put a new one in place and restart"
    state = "ended" if found.until < at else "ends"
    return f"the certificate {state} on {found.until:%Y-%m-%d}: {how}"


def spelled(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names and addresses in their one spelling; BadInput names the one that is none."""
    try:
        return tuple(dict.fromkeys(hosts.host(name) for name in names))
    except ValueError as error:
        raise BadInput("name", ", ".join(names), str(error)) from error


def _certificate(file: Path) -> Certificate:
    try:
        return authority.read(file.read_bytes())
    except OSError as error:
        raise WrongSetup(f"the certificate {file} cannot be read: {error.strerror}") from error
