"""Names, addresses, proxies: one spelling each, and only a listed proxy is believed."""

from __future__ import annotations

from typing import Any

import pytest

from geo_app.core import hosts


@pytest.mark.parametrize(("text", "meant"), [
    ("Grid.Example", "grid.example"), (" grid.example. ", "grid.example"), ("10.0.0.5", "10.0.0.5"),
    ("2001:DB8:0:0::1", "2001:db8::1"), ("::ffff:10.0.0.5", "10.0.0.5"), ("localhost", "localhost"),
])  # fmt: skip
def test_a_host_has_one_spelling(text: str, meant: str) -> None:
    assert hosts.host(text) == meant


@pytest.mark.parametrize("text", [
    "", "grid example", "*.example", "http://grid.example", "grid.example:8000", "-grid", "grid-", "a..b", "网格",
    "10.0.0.256", "10.0.0", "fe80::1%eth0", "a" * 64, "grid\n.example",
])  # fmt: skip
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="host name"):
        hosts.host(text)


@pytest.mark.parametrize(("text", "is_ours"), [
    ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("::ffff:127.0.0.1", True), ("localhost", True),
    ("0.0.0.0", False), ("10.0.0.5", False), ("localhost.example", False), ("", False),
])  # fmt: skip
def test_loopback_is_this_machine_only(text: str, is_ours: bool) -> None:
    assert hosts.is_loopback(text) == is_ours


def through(trusted: str, peer: str, **said: str) -> dict[str, Any]:
    """Return the environ an application behind Proxies sees."""
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], _start: object) -> list[bytes]:
        seen.update(environ)
        return []

    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", **{f"HTTP_{k}": v for k, v in said.items()}}
    hosts.Proxies(application, hosts.networks(trusted))(environ, print)
    return seen


@pytest.mark.parametrize(("trusted", "peer", "chain", "client"), [
    ("10.0.0.1", "10.0.0.1", "203.0.113.7", "203.0.113.7"),
    ("10.0.0.0/24", "10.0.0.1", "203.0.113.7, 10.0.0.9", "203.0.113.7"),
    ("10.0.0.1", "10.0.0.1", "127.0.0.1, 203.0.113.7", "203.0.113.7"),  # the client wrote the first one
    ("10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.1"),
    ("10.0.0.1", "10.0.0.1", "203.0.113.7, nonsense", "10.0.0.1"),
    ("10.0.0.1", "10.0.0.1", "", "10.0.0.1"),
    ("10.0.0.1", "::ffff:10.0.0.1", "203.0.113.7", "203.0.113.7"),
    ("2001:db8::/64", "2001:db8::5", "2001:db8:1::7", "2001:db8:1::7"),
    ("10.0.0.1", "10.0.0.2", "203.0.113.7", "10.0.0.2"),
    ("", "10.0.0.1", "203.0.113.7", "10.0.0.1"),
    ("10.0.0.1", "", "203.0.113.7", ""),
])  # fmt: skip
def test_the_client_is_who_the_last_trusted_proxy_saw(
    trusted: str, peer: str, chain: str, client: str
) -> None:
    seen = through(trusted, peer, X_FORWARDED_FOR=chain, X_FORWARDED_PROTO="https")
    assert seen["REMOTE_ADDR"] == client
    assert (seen["wsgi.url_scheme"] == "https") == (hosts.PROXIED in seen)


def test_headers_of_a_proxy_never_reach_the_application() -> None:
    said = {name.removeprefix("HTTP_"): "evil.example" for name in hosts.FORWARDED}
    for peer in ("10.0.0.1", "10.0.0.2"):
        seen = through("10.0.0.1", peer, **said)
        assert "evil.example" not in seen.values()
        assert seen["wsgi.url_scheme"] == "http"
