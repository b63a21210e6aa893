"""Requests on threads, streams on the loop, and a plain word to who comes when all hands are full."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import pytest

from geo_app.core import asgi
from geo_app.core.at_hand import AtHand
from geo_app.core.errors import NotReady
from geo_app.core.files import Files
from geo_app.core.recall import Recall
from geo_app.core.turns import Turns

Message = dict[str, Any]
SCOPE: Message = {
    "type": "http", "method": "POST", "path": "/街 道", "raw_path": b"/%E8%A1%97%20%E9%81%93?x=1",
    "query_string": b"x=%31",
    "headers": [(b"host", b"127.0.0.1:8000"), (b"content-type", b"text/plain"), (b"x-two", b"a"), (b"x-two", b"b"),
                (b"cookie", b"a=1"), (b"cookie", b"b=2"),
                (b"idempotency_key", b"forged"), (b"idempotency-key", b"mine")],
    "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 40_000),
}  # fmt: skip


class Peer:
    """One client: what it sends, what it was told."""

    def __init__(self, *parts: bytes) -> None:
        self.told: list[Message] = []
        self._parts = list(parts)
        self.left = asyncio.Event()

    async def receive(self) -> Message:
        if self._parts:
            part = self._parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(self._parts)}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.told.append(message)

    @property
    def status(self) -> int:
        return int(self.told[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.told)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.told[0]["headers"])


def front(application: asgi.Wsgi, threads: int = 1) -> asgi.Front:
    return asgi.Front(
        application,
        threads,
        asgi.Largest(10, 20),
        lambda: None,
        in_turn=Turns({"/in-turn"}, ()),
        at_hand=AtHand(Files(()), Recall()),
    )


def echo(environ: asgi.Environ, start: Callable[..., Any]) -> Iterable[bytes]:
    start("201 Created", [("X-Seen", "yes")])
    shown = {name: value for name, value in environ.items() if isinstance(value, str)}
    return [json.dumps(shown).encode(), environ["wsgi.input"].read()]


def streaming(events: Callable[[], AsyncIterator[str]]) -> asgi.Wsgi:
    def application(environ: asgi.Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        environ[asgi.HAND_OVER](events())
        start("200 OK", [("Content-Type", "text/event-stream")])
        return []

    return application


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        await story()

    asyncio.run(told())


def test_a_request_reaches_the_application_as_it_was_sent() -> None:
    async def story() -> None:
        peer = Peer(b"ab", b"c")
        await front(echo)(SCOPE, peer.receive, peer.send)
        assert (peer.status, peer.headers) == (201, {b"x-seen": b"yes"})
        assert peer.body.endswith(b"}abc")
        environ = json.loads(peer.body[:-3])
        assert environ["PATH_INFO"].encode("latin-1").decode() == "/街 道"
        assert (environ["REQUEST_METHOD"], environ["QUERY_STRING"]) == ("POST", "x=%31")
        assert (environ["CONTENT_TYPE"], environ["HTTP_X_TWO"]) == ("text/plain", "a,b")
        assert environ["HTTP_COOKIE"] == "a=1; b=2", "HTTP/2 sends cookies one by one"
        assert environ["HTTP_IDEMPOTENCY_KEY"] == "mine", "an underscore may not pass for a hyphen"

    run(story)


def form(*parts: bytes) -> tuple[Message, Peer]:
    """Return the scope of a form with files, and who sends its parts."""
    others = [(name, value) for name, value in SCOPE["headers"] if name != b"content-type"]
    kind = (b"content-type", b"Multipart/Form-Data; boundary=x")
    return {**SCOPE, "headers": [*others, kind]}, Peer(*parts)


def test_a_form_with_files_may_be_larger_than_another_body() -> None:
    async def story() -> None:
        scope, peer = form(*[b"12345678"] * 1000)
        await front(echo)(scope, peer.receive, peer.send)
        assert peer.body.endswith(b"}123456781234567812345"), (
            "20 bytes and one, by which it is seen to be too large"
        )

    run(story)


def test_only_so_many_forms_with_files_are_read_at_once_and_other_requests_go_on() -> None:
    async def story() -> None:
        server = front(echo)
        scope, _ = form()
        slow = [Peer() for _ in range(asgi.MOST_FORMS)]
        reading = [asyncio.ensure_future(server(scope, one.receive, one.send)) for one in slow]
        await until(lambda: server._forms == asgi.MOST_FORMS)
        late, other = Peer(b"x"), Peer(b"x")
        await server(scope, late.receive, late.send)
        await server(SCOPE, other.receive, other.send)
        assert (late.status, late.headers[b"retry-after"], other.status) == (503, b"3", 201)
        for one in slow:
            one.left.set()
        await asyncio.gather(*reading)
        again = Peer(b"x")
        await server(scope, again.receive, again.send)
        assert again.status == 201

    run(story)


def test_a_form_that_does_not_come_in_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "LONGEST_FORM", 0.001)

    async def story() -> None:
        server = front(echo)
        scope, peer = form()
        await asyncio.wait_for(server(scope, peer.receive, peer.send), 60)
        assert (peer.told, server._forms) == ([], 0)

    run(story)


def test_of_a_body_that_is_too_large_only_the_beginning_is_kept() -> None:
    async def story() -> None:
        peer = Peer(*[b"12345678"] * 1000)
        await front(echo)(SCOPE, peer.receive, peer.send)
        assert peer.body.endswith(b"}12345678123"), (
            "one byte more than allowed: the application sees that it is too much"
        )

    run(story)  # fmt: skip


def test_who_leaves_before_the_body_is_there_is_forgotten() -> None:
    async def story() -> None:
        peer = Peer()
        peer.left.set()
        await front(echo)(SCOPE, peer.receive, peer.send)
        assert peer.told == []

    run(story)


def test_who_comes_when_all_hands_are_full_is_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "MOST_WAITING", 1)
    go_on = threading.Event()

    def slow(environ: asgi.Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        assert go_on.wait(60)
        return echo(environ, start)

    async def story() -> None:
        serve = front(slow)
        first, second, third = (Peer(b"x") for _ in range(3))
        early = [asyncio.ensure_future(serve(SCOPE, peer.receive, peer.send)) for peer in (first, second)]
        await until(lambda: serve._hands["requests"].busy == 2)
        await serve(SCOPE, third.receive, third.send)
        assert (third.status, third.headers[b"retry-after"]) == (503, b"1")
        assert third.headers[b"content-type"] == b"application/problem+json"
        assert json.loads(third.body)["status"] == 503
        assert third.headers[b"x-frame-options"] == b"DENY", "a refusal carries what every answer carries"
        go_on.set()
        await asyncio.gather(*early)
        assert (first.status, second.status) == (201, 201)
        fourth = Peer(b"x")
        await serve(SCOPE, fourth.receive, fourth.send)
        assert fourth.status == 201

    run(story)


def test_what_takes_turns_is_done_one_by_one_and_leaves_the_others_their_threads() -> None:
    go_on, at_once, most = threading.Event(), [0], [0]

    def application(environ: asgi.Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/in-turn" and environ["REQUEST_METHOD"] == "POST":
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
            assert go_on.wait(60)
            at_once[0] -= 1
        return echo(environ, start)

    async def story() -> None:
        serve = front(application)
        in_turn = SCOPE | {"path": "/in-turn", "raw_path": b"/in-turn"}
        rush, others = [Peer(b"x") for _ in range(asgi.MOST_IN_TURN + 2)], [Peer(b"x") for _ in range(3)]
        waiting = [asyncio.ensure_future(serve(in_turn, peer.receive, peer.send)) for peer in rush]
        for scope, peer in zip((SCOPE, SCOPE, in_turn | {"method": "GET"}), others, strict=True):
            await serve(scope, peer.receive, peer.send)
        assert [peer.status for peer in others] == [201] * 3
        await until(lambda: any(peer.told for peer in rush))
        go_on.set()
        await asyncio.gather(*waiting)
        refused = [peer for peer in rush if peer.status == 503]
        assert (len(refused), refused[0].headers[b"retry-after"], most) == (1, b"5", [1])

    run(story)


def test_an_open_stream_holds_no_thread_and_ends_when_its_reader_leaves() -> None:
    async def forever() -> AsyncIterator[str]:
        yield "first\n\n"
        await asyncio.Event().wait()

    async def story() -> None:
        serve = front(streaming(forever))
        pages = [Peer(b"") for _ in range(20)]
        served = [asyncio.ensure_future(serve(SCOPE, page.receive, page.send)) for page in pages]
        await until(lambda: all(page.body == b"first\n\n" for page in pages))
        for page in pages:
            page.left.set()
        await asyncio.wait_for(asyncio.gather(*served), 60)
        assert serve._streams == 0

    run(story)


def test_one_stream_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "MOST_STREAMS", 0)

    async def none() -> AsyncIterator[str]:
        yield "never"

    async def story() -> None:
        peer = Peer(b"")
        await front(streaming(none))(SCOPE, peer.receive, peer.send)
        assert (peer.status, peer.headers[b"retry-after"]) == (503, b"5")

    run(story)


def test_a_stream_without_its_database_ends_instead_of_breaking() -> None:
    async def away() -> AsyncIterator[str]:
        yield "first\n\n"
        raise NotReady("the database does not answer")

    async def story() -> None:
        peer = Peer(b"")
        await front(streaming(away))(SCOPE, peer.receive, peer.send)
        assert (peer.status, peer.body) == (200, b"first\n\n")
        assert not peer.told[-1].get("more_body", False)

    run(story)


def test_a_server_of_threads_gets_the_events_too() -> None:
    async def three() -> AsyncIterator[str]:
        for word in "abc":
            yield word

    assert list(asgi.on_thread(three())) == ["a", "b", "c"]
