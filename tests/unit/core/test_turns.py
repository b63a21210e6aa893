"""Turns: a flood from one address leaves another its turn, and the machine itself is not counted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from ipaddress import ip_network
from typing import Any

from geo_app.core import asgi
from geo_app.core.turns import MOST_OF_ONE, Turns
from tests.unit.core.test_asgi import SCOPE, Peer, echo, front, run, until

PROXIES = (ip_network("10.0.0.1"),)


def begun(turns: Turns, client: str, chain: str = "") -> int:
    """Return how many of a flood may wait."""
    asked = {"REMOTE_ADDR": client, "HTTP_X_FORWARDED_FOR": chain}
    return sum(turns.begin(asked) is not None for _ in range(MOST_OF_ONE + 5))


def test_an_address_is_who_stands_before_the_proxies_that_are_trusted() -> None:
    turns = Turns({"/in-turn"}, PROXIES)
    assert begun(turns, "10.0.0.1", "203.0.113.7") == MOST_OF_ONE
    assert begun(turns, "203.0.113.7") == 0, "the same address"
    assert begun(turns, "203.0.113.8", "203.0.113.9") == MOST_OF_ONE
    assert begun(turns, "203.0.113.9") == MOST_OF_ONE, "a chain nobody trusted says nothing"
    assert begun(turns, "127.0.0.1") == MOST_OF_ONE + 5


def test_a_flood_from_one_address_leaves_another_its_turn() -> None:
    go_on = threading.Event()

    def application(environ: asgi.Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        assert go_on.wait(60)
        return echo(environ, start)

    async def story() -> None:
        serve = front(application)
        flood, other = [Peer(b"x") for _ in range(MOST_OF_ONE + 5)], Peer(b"x")
        in_turn = SCOPE | {"path": "/in-turn", "raw_path": b"/in-turn", "client": ("203.0.113.7", 1)}
        waiting = [asyncio.ensure_future(serve(in_turn, peer.receive, peer.send)) for peer in flood]
        await until(lambda: sum(bool(peer.told) for peer in flood) == 5)
        elsewhere = in_turn | {"client": ("203.0.113.8", 1)}
        waiting.append(asyncio.ensure_future(serve(elsewhere, other.receive, other.send)))
        go_on.set()
        await asyncio.gather(*waiting)
        assert other.status == 201
        assert [peer.status for peer in flood] == [201] * MOST_OF_ONE + [503] * 5
        again = Peer(b"x")
        await serve(in_turn, again.receive, again.send)
        assert again.status == 201, "who was answered no longer counts"

    run(story)
