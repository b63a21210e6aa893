"""Settings: each is one field here, with meaning, default and unit; `geo settings` prints them all.

They come from the environment: field `port` from `GEO_PORT`; the two database URLs also by their usual names.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path

from geo_app.core import hosts
from geo_app.core.errors import WrongSetup

NUMBERS = {
    "port": (1, 65_535),
    "statement_timeout": (1, 3_600_000),
    "pool_size": (1, 1000),
    "pool_wait": (1, 3_600_000),
    "facts_kept": (6, 1200),
    "export_rows": (1, 50_000),
    "near_metres": (1, 1000),
    "near_hours": (1, 8760),
    "tracks_kept": (1, 90),
    "border_metres": (1, 100),
    "border_seconds": (1, 600),
}
"""Settings that are whole numbers, with the least and the largest they may be."""
LOG_LEVELS = ("debug", "info", "warning", "error")
URL = re.compile(r"postgresql\+psycopg2://[^/@]+@([^/@:]*|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?/[^/?]+(\?\S*)?")
APP_URL = "app_database_url"
"""File in the work folder with the address of the application role on an existing server."""
CHECKOUT = Path(__file__).resolve().parents[2]


def work_folder() -> Path:
    """Return the default work folder of this checkout.

    As root it lies under /var/lib, because the database's user cannot enter root's home.
    `scripts/database.py work-folder` follows the same rule.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/wangge") / hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
    return CHECKOUT / ".work"


def _setting(default: str, meaning: str, name: str = "") -> str:
    made: str = field(default=default, metadata={"meaning": meaning, "name": name})
    return made


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may differ between two installations."""

    work: str = _setting("", "folder for the private database, caches and files")
    database_url: str = _setting(
        "", "database of the owner role: postgresql+psycopg2://user:password@host/name", "DATABASE_URL"
    )
    app_database_url: str = _setting("", "the same database for the application role", "APP_DATABASE_URL")
    host: str = _setting("127.0.0.1", "address to listen on; any but loopback needs tls_cert")
    port: str = _setting("8000", "TCP port of the web server")
    tls_cert: str = _setting("", "file with the certificate of HTTPS, PEM, its chain behind it")
    tls_key: str = _setting("", "file with the key of that certificate, PEM (PKCS #8), without password")
    public_names: str = _setting(
        "", "host names and addresses people reach the service by, with commas; loopback is always one"
    )
    trusted_proxies: str = _setting(
        "", "addresses or networks, with commas, whose X-Forwarded-For and -Proto are believed; they end TLS"
    )
    install_port: str = _setting("", "TCP port where the install page is also served by plain HTTP")
    statement_timeout: str = _setting("15000", "longest a database statement may take, ms")
    pool_size: str = _setting("16", "database connections a web process keeps")
    pool_wait: str = _setting("10000", "longest a request waits for one of these connections, ms")
    facts_kept: str = _setting("36", "how long facts are kept; the law asks for six at least, months")
    export_rows: str = _setting("10000", "most rows of one export")
    near_metres: str = _setting(
        "50", "how far from a new report the same trouble may lie, both places sure, m"
    )
    near_hours: str = _setting(
        "72", "how long before or after a new report the same may have been reported, h"
    )
    tracks_kept: str = _setting(
        "90", "how long tracks of responders are kept; the law allows 90 at most, days"
    )
    border_metres: str = _setting(
        "10",
        "how far from a cell one is out of it for sure, on a road; as exactly as roads and cells are drawn, m",
    )
    border_seconds: str = _setting(
        "30", "how long one is out of a cell before one has left it; a receiver errs for less, s"
    )
    personal_keys: str = _setting(
        "",
        "keys of personal data at rest, 64 hex digits each, newest first, with commas; else the work folder's",
    )
    sources: str = _setting(
        "",
        "outside geocoders `geo places find --outside` may ask: nominatim, amap:KEY, baidu:KEY, tianditu:KEY",
    )
    log_level: str = _setting("info", "least severe log line that is written: debug, info, warning, error")

    @property
    def work_path(self) -> Path:
        """The work folder, its default filled in."""
        return Path(self.work) if self.work else work_folder()

    @property
    def is_secure(self) -> bool:
        """Whether people come by HTTPS: to us, or to a trusted proxy before us."""
        return bool(self.tls_cert or self.trusted_proxies)

    @property
    def names(self) -> tuple[str, ...]:
        """The names and addresses people reach the service by, loopback's left out."""
        return hosts.hosts(self.public_names)

    @property
    def proxies(self) -> tuple[hosts.Network, ...]:
        """The networks of trusted proxies."""
        return hosts.networks(self.trusted_proxies)


def read(environment: Mapping[str, str]) -> Settings:
    """Return the settings that `environment` gives; WrongSetup names a number that is none."""
    values: dict[str, str] = {}
    for item in fields(Settings):
        name = item.metadata["name"] or f"GEO_{item.name.upper()}"
        if environment.get(name):
            values[item.name] = environment[name]
    settings = Settings(**values)
    _check_edge(settings)
    for number, (least, most) in NUMBERS.items():
        text = getattr(settings, number)
        if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
            raise WrongSetup(
                f"GEO_{number.upper()}={text!r}: it must be a whole number from {least} to {most}"
            )
    if settings.log_level not in LOG_LEVELS:
        raise WrongSetup(f"GEO_LOG_LEVEL={settings.log_level!r}: it must be one of " + ", ".join(LOG_LEVELS))
    for name in ("database_url", "app_database_url"):
        _check_url(name.upper(), getattr(settings, name))
    return settings


def _check_edge(here: Settings) -> None:
    """Raise WrongSetup unless what concerns the network can be used and keeps plain HTTP on this machine."""
    if bool(here.tls_cert) != bool(here.tls_key):
        raise WrongSetup("GEO_TLS_CERT and GEO_TLS_KEY belong together: set both or none")
    for name, check in (("public_names", hosts.hosts), ("trusted_proxies", hosts.networks)):
        try:
            check(getattr(here, name))
        except ValueError as error:
            raise WrongSetup(f"GEO_{name.upper()}: {error}") from error
    if not (hosts.is_loopback(here.host) or here.tls_cert):
        raise WrongSetup(
            f"GEO_HOST={here.host}: plain HTTP stays on this machine; set GEO_TLS_CERT and GEO_TLS_KEY, "
            "or start by `scripts/serve --host`, which makes a certificate"
        )
    port = here.install_port
    if port and not (port.isascii() and port.isdigit() and len(port) < 6 and 1 <= int(port) <= 65_535):
        raise WrongSetup(f"GEO_INSTALL_PORT={port!r}: it must be a whole number from 1 to 65535")


def _check_url(name: str, url: str) -> None:
    """Raise WrongSetup unless `url` is empty or an address we can use; it never repeats the password."""
    if not url:
        return
    if not url.startswith("postgresql+psycopg2://"):
        raise WrongSetup(f"{name} must start with postgresql+psycopg2://")
    if URL.fullmatch(url) is None:
        raise WrongSetup(f"{name} must be postgresql+psycopg2://user:password@host:port/name")


@lru_cache(maxsize=1)
def current() -> Settings:
    """Return the settings of this process, read once."""
    return read(os.environ)


def connected() -> Settings:
    """Return the settings with both database URLs; WrongSetup when nothing says where the database is.

    Without DATABASE_URL the private database of the work folder is taken: `scripts/database.py` wrote
    its URLs there when it started it.
    """
    here = current()
    if here.database_url and here.app_database_url:
        return here
    if here.database_url:
        kept = here.work_path / APP_URL
        if not kept.is_file():
            raise WrongSetup("run `geo db migrate` first: it makes the application role, or says who must")
        return replace(here, app_database_url=kept.read_text(encoding="utf-8"))
    kept = here.work_path / "database" / "urls.json"
    if not kept.is_file():
        raise WrongSetup(f"no database: set DATABASE_URL, or start the private one (no {kept})")
    urls = json.loads(kept.read_text(encoding="utf-8"))
    return replace(here, database_url=urls["owner_url"], app_database_url=urls["app_url"])
