"""The web server's side of the application: requests on a few threads, open streams on none.

A stream waits nearly all of its life. On a thread of its own each would cost a thread, and 300 open pages would
leave none for work; on the event loop one costs some kilobytes. So the application answers every request as WSGI
on a thread, and a view that streams hands its events over to the loop.

Whoever comes when all hands are full is told so at once, with 503 and Retry-After, instead of waiting for ever.
"""

from __future__ import annotations

import asyncio
import io
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from geo_app.core import edges
from geo_app.core.at_hand import AtHand
from geo_app.core.errors import GeoError
from geo_app.core.turns import Turns

HAND_OVER = "geo.hand_over"
"""Key of the environ: a function that takes the events of a stream, when somebody is there to take them."""
MOST_WAITING = 512
"""Requests that may wait for a thread."""
MOST_IN_TURN = 64
"""Requests that may wait for the thread of those that take turns."""
MOST_STREAMS = 500
"""Streams one process keeps open."""
MOST_FORMS = 8
"""Forms with files one process reads or works on; each may be as large as the largest."""
LONGEST_FORM = 60.0
"""Seconds in which such a form must have come."""
COME_BACK = {"requests": 1, "logins": 5, "streams": 5, "forms": 3}
"""Seconds after which who was refused may ask again."""

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Largest:
    """Bytes of the largest body: of any request, and of a form with files."""

    body: int
    form: int


@dataclass(slots=True)
class Answer:
    """What the application said to a request."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    events: AsyncIterator[str] | None = None


@dataclass(slots=True)
class Hands:
    """Threads that answer, how many requests may be with them, answered and waiting, and how many are."""

    threads: ThreadPoolExecutor
    most: int
    busy: int = 0


class Front:
    """Answers the web server in place of a WSGI application; `stop` ends that application's streams.

    What `in_turn` holds takes a core for a moment: it has one thread for all, so that a rush of
    it leaves the other threads and the other cores to everybody else, and a rush from one address others a turn.
    """

    def __init__(
        self,
        application: Wsgi,
        threads: int,
        largest: Largest,
        stop: Callable[[], None],
        *,
        in_turn: Turns,
        at_hand: AtHand,
    ) -> None:
        self._application, self._stop, self._largest = application, stop, largest
        self._in_turn, self._at_hand = in_turn, at_hand
        self._hands = {
            "requests": Hands(ThreadPoolExecutor(threads, "request"), threads + MOST_WAITING),
            "logins": Hands(ThreadPoolExecutor(1, "in-turn"), 1 + MOST_IN_TURN),
        }
        self._streams = self._forms = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection's request, or the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """End the streams when the process is asked to stop: the web server waits for them, they for nobody."""
        loop = asyncio.get_running_loop()
        # The event loop has handlers of the web server for these signals; it calls them all the same.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(self._stop))
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        known = self._at_hand.find(scope)
        if known is not None:
            await _say(send, Answer(*known))
        elif not _is_form(scope):
            body = await _body(receive, self._largest.body)
            if body is not None:
                await self._answer(scope, body, receive, send)
        elif self._forms >= MOST_FORMS:
            await _say(send, _refusal("forms"))
        else:
            self._forms += 1
            try:
                body = await _in_time(_body(receive, self._largest.form))
                if body is not None:
                    await self._answer(scope, body, receive, send)
            finally:
                self._forms -= 1

    async def _answer(self, scope: Message, body: bytes, receive: Receive, send: Send) -> None:
        takes_turns, environ = self._in_turn.holds(scope["method"], scope["path"]), _environ(scope, body)
        kind = "logins" if takes_turns else "requests"
        hands = self._hands[kind]
        who = self._in_turn.begin(environ) if takes_turns and hands.busy < hands.most else None
        if hands.busy >= hands.most or (takes_turns and who is None):
            await _say(send, _refusal(kind))
            return
        hands.busy += 1
        try:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(hands.threads, self._ask, scope, environ)
        finally:
            hands.busy -= 1
            if who is not None:
                self._in_turn.end(who)
        if answer.events is None:
            await _say(send, answer)
        elif self._streams >= MOST_STREAMS:
            await _say(send, _refusal("streams"))
        else:
            self._streams += 1
            try:
                await _stream(answer, answer.events, receive, send)
            finally:
                self._streams -= 1

    def _ask(self, scope: Message, environ: Environ) -> Answer:
        """Return the application's whole answer; runs on a thread."""
        answer = Answer()

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            answer.status = int(status.split(" ", 1)[0])
            answer.headers = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers]

        def hand_over(events: AsyncIterator[str]) -> None:
            answer.events = events

        environ[HAND_OVER] = hand_over
        begun = self._at_hand.recall.begin()
        parts = self._application(environ, start)
        try:
            answer.body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        self._at_hand.recall.learn(scope, begun, environ, tuple(answer.headers))
        return answer


async def _body(receive: Receive, most: int) -> bytes | None:
    """Return the request's body, of one that is too large only so much that it is seen; None when the client left."""
    parts = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        if len(parts) <= most:
            parts += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(parts[: most + 1])


async def _in_time(reading: Awaitable[bytes | None]) -> bytes | None:
    """Return the body of a form, None when it did not come in time: whoever sends so slowly is not waited for."""
    try:
        return await asyncio.wait_for(reading, LONGEST_FORM)
    except TimeoutError:
        return None


def _is_form(scope: Message) -> bool:
    """Return whether a request says that it is a form with files."""
    said = next((value for name, value in scope["headers"] if name.lower() == b"content-type"), b"")
    return bool(said.lower().lstrip().startswith(b"multipart/form-data"))


def _environ(scope: Message, body: bytes) -> Environ:
    """Return the request as WSGI says it (PEP 3333)."""
    server, client = scope.get("server") or ("127.0.0.1", 0), scope.get("client") or ("", 0)
    path = scope.get("raw_path") or scope["path"].encode()
    environ: Environ = {
        "REQUEST_METHOD": scope["method"], "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.split(b"?", 1)[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0], "SERVER_PORT": str(server[1]), "REMOTE_ADDR": client[0],
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0), "wsgi.url_scheme": scope.get("scheme", "http"), "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True, "wsgi.errors": sys.stderr, "wsgi.multithread": True,
        "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    for name, value in scope["headers"]:
        if b"_" in name:  # it would pass for the header with a hyphen
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        said = value.decode("latin-1")
        # HTTP/2 may send cookies one by one (RFC 9113, 8.2.3)
        between = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{between}{said}" if key in environ else said
    return environ


def _refusal(what: str) -> Answer:
    seconds = COME_BACK[what]
    told = {
        "type": "about:blank", "title": "Busy", "status": 503,
        "detail": f"too many {what} are open at this moment; ask again in {seconds} s",
    }  # fmt: skip
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"retry-after", str(seconds).encode()),
        *((name.lower().encode(), value.encode()) for name, value in edges.HEADERS.items()),
    ]
    return Answer(503, headers, json.dumps(told).encode())


async def _say(send: Send, answer: Answer) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _stream(answer: Answer, events: AsyncIterator[str], receive: Receive, send: Send) -> None:
    """Send events until they end or nobody listens any more."""
    gone = asyncio.ensure_future(_gone(receive))
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    upcoming: asyncio.Future[str] | None = None
    try:
        while not gone.done():
            upcoming = asyncio.ensure_future(anext(events))
            await asyncio.wait({gone, upcoming}, return_when=asyncio.FIRST_COMPLETED)
            if not upcoming.done():
                return
            await send({"type": "http.response.body", "body": upcoming.result().encode(), "more_body": True})
    except (StopAsyncIteration, GeoError):  # a page whose stream ends comes back, and learns the reason then
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        if upcoming is not None:
            upcoming.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def on_thread(events: AsyncIterator[str]) -> Iterable[str]:
    """Return the events one after the other for a server that knows threads only."""
    with asyncio.Runner() as runner:
        while True:
            try:
                yield runner.run(_next(events))
            except StopAsyncIteration:
                return


async def _next(events: AsyncIterator[str]) -> str:
    return await anext(events)
