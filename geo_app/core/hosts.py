"""Names and addresses of machines: what may stand in a setting, what counts as this machine, whom to believe.

One spelling each: names in lower case, addresses as `ipaddress` writes them, an IPv4 address inside IPv6 as IPv4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
NAME = re.compile(rf"(?=.{{1,253}}$){LABEL}(\.{LABEL})*")
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
PROXIED = "geo.proxied"
"""Key of the environ: set when a trusted proxy handed the request over."""
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO",
             "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_PREFIX")  # fmt: skip


def address(text: str) -> Address | None:
    """Return the address that `text` is, None when it is none."""
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found


def host(text: str) -> str:
    """Return a host name or address in its one spelling; ValueError when it is neither."""
    found = address(text)
    if found is not None and "%" not in text:
        return str(found)
    name = text.strip().lower().removesuffix(".")
    if NAME.fullmatch(name) is None or name.rsplit(".", 1)[-1].isdecimal():
        raise ValueError(f"{text!r} is no host name (letters, digits, hyphens, dots) and no address")
    return name


def hosts(text: str) -> tuple[str, ...]:
    """Return the names and addresses of a list with commas; ValueError names the one that is none."""
    return tuple(dict.fromkeys(host(part) for part in text.split(",") if part.strip()))


def networks(text: str) -> tuple[Network, ...]:
    """Return the networks of a list with commas, an address being one of itself; ValueError names a wrong one."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_loopback(text: str) -> bool:
    """Return whether a host is this machine speaking to itself."""
    found = address(text)
    return text == "localhost" if found is None else found.is_loopback


class Proxies:
    """A WSGI application that believes X-Forwarded-For and -Proto from `trusted` networks and from nobody else.

    Of the chain of addresses the last one that is not a trusted proxy is the client: what stands before it, the
    client may have written itself. Headers that are not believed are taken away, so that nothing later reads them.
    """

    def __init__(self, application: Wsgi, trusted: tuple[Network, ...]) -> None:
        self._application, self._trusted = application, trusted

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request under the address and scheme that can be believed."""
        believed = client(environ, self._trusted)
        said = {name: environ.pop(name, "") for name in FORWARDED}
        if _is_in(environ.get("REMOTE_ADDR", ""), self._trusted):
            environ[PROXIED] = True
            environ["REMOTE_ADDR"] = believed
            scheme = said["HTTP_X_FORWARDED_PROTO"].rsplit(",", 1)[-1].strip().lower()
            environ["wsgi.url_scheme"] = "https" if scheme == "https" else "http"
        return self._application(environ, start)


def client(environ: dict[str, Any], trusted: tuple[Network, ...]) -> str:
    """Return the address a request comes from, as far as it can be believed behind `trusted` proxies."""
    peer: str = environ.get("REMOTE_ADDR", "")
    chain = environ.get("HTTP_X_FORWARDED_FOR", "") if _is_in(peer, trusted) else ""
    for hop in reversed(chain.split(",")):
        found = address(hop)
        if found is None:
            break
        peer = str(found)
        if not _is_in(peer, trusted):
            break
    return peer


def _is_in(peer: str, networks: tuple[Network, ...]) -> bool:
    found = address(peer)
    return found is not None and any(found in network for network in networks)
