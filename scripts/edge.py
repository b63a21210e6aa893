"""Where the service listens: plain HTTP on this machine only, HTTPS everywhere else.

Only the standard library: the supervisor, which never loads the product, asks the web server by what stands here.
"""

import argparse
import ipaddress
import os
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

LARGEST_HEAD = "65536"  # bytes of a request's first line and headers
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what listens everywhere is asked here


class Wrong(Exception):
    """The service cannot listen like this; the message says why and what to do."""


@dataclass(frozen=True)
class Edge:
    """Address, port and certificate of the web server; `install_port` is the port of the page for phones."""

    host: str
    port: int
    cert: Path | None = None
    key: Path | None = None
    authority: Path | None = None
    names: tuple[str, ...] = ()
    install_port: int | None = None

    @property
    def scheme(self) -> str:
        """How the service is spoken to."""
        return "https" if self.cert else "http"

    @property
    def inner(self) -> str:
        """The address at which this machine asks the service."""
        return f"{self.scheme}://{_bracketed(WILDCARDS.get(self.host, self.host))}:{self.port}"

    @property
    def outer(self) -> str:
        """The address people use."""
        return f"{self.scheme}://{_bracketed(self.name)}:{self.port}"

    @property
    def install_page(self) -> str:
        """The address of the page on which phones learn to trust the service."""
        if self.install_port is None:
            return f"{self.outer}/install"
        return f"http://{_bracketed(self.name)}:{self.install_port}/install"

    @property
    def name(self) -> str:
        """The first name people use."""
        return self.names[0] if self.names else self.host

    def environment(self) -> dict[str, str]:
        """Return the settings that say all this to the processes of the service."""
        told = {"GEO_HOST": self.host, "GEO_PORT": str(self.port), "GEO_PUBLIC_NAMES": ",".join(self.names)}
        if self.cert:
            told |= {"GEO_TLS_CERT": str(self.cert), "GEO_TLS_KEY": str(self.key)}
        if self.install_port is not None:
            told["GEO_INSTALL_PORT"] = str(self.install_port)
        return told

    def context(self) -> ssl.SSLContext | None:
        """Return how the service is recognised: by our authority, or as the very holder of a given certificate."""
        if self.cert is None:
            return None
        if self.authority is not None:
            return ssl.create_default_context(cafile=str(self.authority))
        pinned = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        pinned.check_hostname = False  # it is for the names people use, not for the address we ask
        pinned.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        pinned.load_verify_locations(cafile=str(self.cert))
        return pinned

    def check(self) -> None:
        """Raise Wrong unless certificate and key can be used together."""
        if self.cert is None or self.key is None:
            return
        try:
            text = self.key.read_text(encoding="ascii", errors="replace")
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.cert, self.key, password=lambda: b"")
        except (OSError, ssl.SSLError) as error:
            raise Wrong(f"certificate {self.cert} and key {self.key} cannot be used: {error}") from error
        if "-----BEGIN PRIVATE KEY-----" not in text:
            raise Wrong(
                f"the key {self.key} must be PKCS #8: openssl pkcs8 -topk8 -nocrypt -in {self.key} -out NEW"
            )


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where to listen; settings of the same meaning stand behind them."""
    cert, key = (
        Path(os.environ[name]) if os.environ.get(name) else None for name in ("GEO_TLS_CERT", "GEO_TLS_KEY")
    )
    host = os.environ.get("GEO_HOST") or "127.0.0.1"
    parser.add_argument("--host", default=host, help="address to listen on; any but loopback is HTTPS")
    parser.add_argument("--port", type=int, default=8000, help="TCP port")
    parser.add_argument("--name", action="append", default=[], help="a name people use; repeatable")
    parser.add_argument(
        "--tls-cert", type=Path, default=cert, help="certificate of HTTPS, PEM; without it one of our own"
    )
    parser.add_argument("--tls-key", type=Path, default=key, help="its key, PEM (PKCS #8)")
    parser.add_argument("--install-port", type=int, help="also serve the page for phones here, by plain HTTP")


def of(options: argparse.Namespace, work: Path, names: str) -> Edge:
    """Return where the options say to listen; `names` are those of GEO_PUBLIC_NAMES. Wrong says what to mend."""
    address = _address(options.host)
    known = [*options.name, *(name for name in names.split(",") if name.strip())]
    if bool(options.tls_cert) != bool(options.tls_key):
        raise Wrong("--tls-cert and --tls-key belong together")
    if not address.is_unspecified and not address.is_loopback:
        known.append(str(address))
    if address.is_unspecified and not known:
        raise Wrong(
            f"--host {address} needs --name NAME: by what name or address do people reach this machine?"
        )
    cert = options.tls_cert.resolve() if options.tls_cert else None
    key = options.tls_key.resolve() if options.tls_key else None
    authority = None
    if not address.is_loopback and cert is None:
        folder = work / "tls"
        cert, key, authority = folder / "server.crt", folder / "server.key", folder / "ca.crt"
    if options.install_port is not None and authority is None:
        raise Wrong("--install-port is for the certificate we make ourselves: leave it out")
    return Edge(
        str(address), options.port, cert, key, authority, tuple(dict.fromkeys(known)), options.install_port
    )


def web_command(here: Edge) -> list[str]:
    """Return the command of the web server."""
    secure = []
    if here.cert:
        # below TLS 1.3 rustls offers only forward-secret, authenticated ciphers of TLS 1.2
        secure = ["--ssl-certificate", str(here.cert), "--ssl-keyfile", str(here.key)]
        secure += ["--ssl-protocol-min", "tls1.2", "--http2-max-headers-size", LARGEST_HEAD]
    return [
        sys.executable, "-m", "granian", "geo_app.app:application", "--factory", "--interface", "asgi",
        "--host", here.host, "--port", str(here.port), "--workers", "2", "--loop", "asyncio",
        "--backpressure", "4096", "--workers-kill-timeout", "5s", "--no-ws", "--log-level", "warning",
        "--http1-buffer-size", LARGEST_HEAD, *secure,
    ]  # fmt: skip


def install_command(here: Edge) -> list[str]:
    """Return the command of the plain server that has nothing but the page for phones."""
    return [
        sys.executable, "-m", "granian", "geo_app.app:install_page", "--factory", "--interface", "wsgi",
        "--host", here.host, "--port", str(here.install_port), "--workers", "1", "--no-ws",
        "--log-level", "warning", "--http1-buffer-size", LARGEST_HEAD,
    ]  # fmt: skip


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address("127.0.0.1" if text == "localhost" else text)
    except ValueError as error:
        raise Wrong(
            f"--host {text}: an address of this machine, 0.0.0.0 for all; names go to --name"
        ) from error


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
