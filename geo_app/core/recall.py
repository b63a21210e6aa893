"""Answers a web process gives again by itself: the same for all who may have them, and who may is known.

Tiles of the grid are asked for by the dozen and do not depend on the viewer. A view keeps such an answer here
(`say`); the next time it is given on the event loop, without a thread, the application or the database. It goes only to
who asked in the very same way a moment ago (address, scheme, every header that could matter) and was let in, for
KNOWN seconds and never beyond the end of the session or token. The database tells of every fact about an account in
the moment it commits, and the account is unknown at once; as long as nobody listens to it, nobody is known.
"""

from __future__ import annotations

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Response, current_app, request
from werkzeug.http import parse_accept_header, parse_etags

from geo_app.core import clock, door, log
from geo_app.core.actor import Actor
from geo_app.core.errors import GeoError
from geo_app.core.listen import Listener

CHANNEL = "account"
"""Where the database says the id of an account that was changed; see `record_fact`."""
LET_IN = "geo.let_in"
"""Key of the environ: who was given an answer that is kept here, and by which permissions."""
KNOWN = 2.0
"""Seconds for which who was let in stays known, if nothing was heard of their account."""
NEWEST = 1.0
"""Seconds for which a stamp counts as the newest."""
MOST_BYTES = 64_000_000
MOST_VIEWERS = 2000
LONGEST_HEAD = 4096
"""Bytes of headers by which somebody may be known."""
ASK_AGAIN, FOR_A_DAY = "no-cache", "private, max-age=86400, immutable"
"""How long a browser may keep an answer without asking: not at all, and, when its address names its stamp, a day."""
STAMP = "v"
"""Name of the query parameter in which an address names the stamp of what it shows."""
LEAST_PACKED = 200
"""Bytes below which packing does not pay."""
LOOK_AGAIN = 1.0
"""Seconds."""
ANYHOW = frozenset({
    b"accept", b"accept-encoding", b"accept-language", b"connection", b"dnt", b"if-none-match", b"priority",
    b"purpose", b"referer", b"x-idle",
})  # fmt: skip
"""Headers that do not decide whether somebody is let in; so do those of the `sec-` family."""
ANEW = frozenset({b"cache-control", b"pragma", b"content-length", b"transfer-encoding", b"range", b"upgrade"})
"""Headers by which somebody wants another answer than the one at hand."""
OWN = frozenset({b"content-type", b"content-length", b"content-encoding", b"etag", b"cache-control", b"vary"})
"""Headers an answer brings; the others are the same for every answer to a viewer."""

Headers = tuple[tuple[bytes, bytes], ...]
Scope = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it is kept: under its stamp, as it is and packed."""

    of: Hashable
    """What the stamp is of: all answers of one thing are outdated together."""
    stamp: str
    kind: str
    plain: bytes
    packed: bytes | None
    permissions: tuple[str, ...]

    @property
    def size(self) -> int:
        """Return the bytes it takes."""
        return len(self.plain) + len(self.packed or b"") + 500

    def answer(
        self, match: str, encodings: str, keep: str = ASK_AGAIN
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return status, headers and body for who has `match` (If-None-Match), takes `encodings` and may keep it so."""
        headers = [("ETag", f'W/"{self.stamp}"'), ("Cache-Control", keep), ("Vary", "Accept-Encoding")]
        if match and (match == headers[0][1] or parse_etags(match).contains_weak(self.stamp)):
            return 304, headers, b""
        if not self.plain:
            return 204, headers, b""
        headers.append(("Content-Type", self.kind))
        if self.packed is not None and takes_gzip(encodings):
            return 200, [*headers, ("Content-Encoding", "gzip")], self.packed
        return 200, headers, self.plain


@dataclass(slots=True)
class _Fresh:
    """Something that counts for a while; shortly before its end one who asks is sent to see whether it still does."""

    until: float
    again: float

    def holds(self, now: float) -> bool:
        """Return whether it counts for who asks now."""
        if now < self.again:
            return True
        self.again = self.until
        return False


@dataclass(slots=True)
class _Viewer(_Fresh):
    account: int
    headers: Headers


@dataclass(slots=True)
class _Stamp(_Fresh):
    stamp: str
    asked: float


class Recall:
    """What one process remembers: answers, who may have them, which stamps are the newest."""

    def __init__(self, most: int = MOST_BYTES, ticks: Callable[[], float] = time.monotonic) -> None:
        self._most, self._size, self._ticks = most, 0, ticks
        self._answers: OrderedDict[str, Kept] = OrderedDict()
        self._viewers: dict[Hashable, _Viewer] = {}
        self._stamps: dict[Hashable, _Stamp] = {}
        self._heard = 0  # who was let in before something was heard of accounts stays unknown
        self._listens = False
        self._lock, self._stopped = threading.Lock(), threading.Event()

    def find(self, scope: Scope) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
        """Return status, headers and body for a request as ASGI says it; None when the application has to answer."""
        if not self._listens or scope["method"] != "GET":
            return None
        address, wanted = _address(scope)
        kept = self._answers.get(address)
        asked = None if kept is None else _asked(scope)
        if kept is None or asked is None or wanted not in {"", kept.stamp}:
            return None
        who, match, encodings = asked
        now = self._ticks()
        viewer, stamp = self._viewers.get((kept.permissions, who)), self._stamps.get(kept.of)
        if viewer is None or stamp is None or stamp.stamp != kept.stamp:
            return None
        if not (viewer.holds(now) and stamp.holds(now)):
            return None
        status, own, body = kept.answer(match, encodings, FOR_A_DAY if wanted else ASK_AGAIN)
        headers = [(name.lower().encode(), value.encode()) for name, value in own]
        if status == 200:
            headers.append((b"content-length", str(len(body)).encode()))
        return status, [*headers, *viewer.headers], body

    def begin(self) -> tuple[int, float]:
        """Return where things stand before somebody is asked who they are."""
        return self._heard, self._ticks()

    def learn(self, scope: Scope, begun: tuple[int, float], environ: Scope, headers: Headers) -> None:
        """Remember who was let in to an answer that is kept, unless something was heard of accounts meanwhile."""
        let_in: tuple[Actor, tuple[str, ...]] | None = environ.get(LET_IN)
        asked = None if let_in is None else _asked(scope)
        if let_in is None or asked is None or any(name == b"set-cookie" for name, _ in headers):
            return
        actor, permissions = let_in
        if actor.account is None or actor.until is None:
            return
        heard, at = begun
        left = min(KNOWN, (actor.until - clock.now()).total_seconds())
        viewer = _Viewer(
            at + left, at + left / 2, actor.account,
            tuple((name, value) for name, value in headers if name not in OWN),
        )  # fmt: skip
        with self._lock:
            if heard == self._heard and left > 0:
                self._viewers.pop((permissions, asked[0]), None)
                self._viewers[permissions, asked[0]] = viewer
                if len(self._viewers) > MOST_VIEWERS:
                    del self._viewers[next(iter(self._viewers))]

    def get(self, address: str, stamp: str) -> Kept | None:
        """Return what is kept of an address under this stamp."""
        kept = self._answers.get(address)
        return kept if kept is not None and kept.stamp == stamp else None

    def keep(self, address: str, kept: Kept, asked: float) -> None:
        """Keep an answer whose stamp was the newest at the moment `asked`; those kept longest give way.

        An address is a path, or a path with a query as the view would write it: one thing has one address.
        """
        with self._lock:
            known = self._stamps.get(kept.of)
            if known is None or known.asked < asked:
                self._stamps[kept.of] = _Stamp(asked + NEWEST, asked + NEWEST / 2, kept.stamp, asked)
            old = self._answers.pop(address, None)
            self._answers[address] = kept
            self._size += kept.size - (old.size if old else 0)
            while self._size > self._most:
                self._size -= self._answers.popitem(last=False)[1].size

    def forget(self, account: int | None) -> None:
        """Know an account no more, or nobody for None: at the next request it is asked anew who that is."""
        with self._lock:
            self._heard += 1
            gone = [who for who, viewer in self._viewers.items() if account in {None, viewer.account}]
            for who in gone:
                del self._viewers[who]

    def start(self, url: str) -> None:
        """Begin to listen to what the database says of accounts; before, nobody is known."""
        threading.Thread(target=self._follow, args=(url,), name="recall", daemon=True).start()

    def stop(self) -> None:
        """Know nobody any more."""
        self._stopped.set()

    def _follow(self, url: str) -> None:
        with Listener(url, CHANNEL) as listener:
            while not self._stopped.is_set():
                try:
                    said = listener.hear(LOOK_AGAIN)
                    if said is None:  # what was said before it listened is not known
                        self.forget(None)
                    for account in said or ():
                        self.forget(int(account) if account else None)
                    self._listens = True
                except GeoError as error:
                    self._listens = False
                    self.forget(None)
                    log.warn("recall.waiting", reason=str(error))
                    self._stopped.wait(LOOK_AGAIN)
        self._listens = False


def say(kept: Kept) -> Response:
    """Answer a request with what is kept, and note who was let in to it."""
    request.environ[LET_IN] = (door.actor(), kept.permissions)
    is_named = request.args.get(STAMP) == kept.stamp
    status, headers, body = kept.answer(
        request.headers.get("If-None-Match", ""), request.headers.get("Accept-Encoding", ""),
        FOR_A_DAY if is_named else ASK_AGAIN,
    )  # fmt: skip
    answer = Response(body, status, headers)
    if status != 200:
        del answer.headers["Content-Type"]
    return answer


def pack(of: Hashable, stamp: str, kind: str, plain: bytes) -> Kept:
    """Return an answer to this request as it can be kept."""
    packed = gzip.compress(plain, mtime=0) if len(plain) >= LEAST_PACKED else None
    asked = door.permissions_of(current_app.view_functions[request.endpoint or ""])
    return Kept(of, stamp, kind, plain, packed, asked)


def of_app() -> Recall:
    """Return what the running application remembers."""
    found: Recall = current_app.extensions["recall"]
    return found


@lru_cache(256)
def takes_gzip(encodings: str) -> bool:
    """Return whether who says these Accept-Encoding takes gzip."""
    return bool(parse_accept_header(encodings)["gzip"] > 0)


def _address(scope: Scope) -> tuple[str, str]:
    """Return the address of a request without the stamp it names, and that stamp, empty when it names none."""
    query = scope["query_string"].decode("latin-1")
    if query.startswith(f"{STAMP}="):
        return scope["path"], query.removeprefix(f"{STAMP}=")
    return f"{scope['path']}?{query}" if query else scope["path"], ""


def _asked(scope: Scope) -> tuple[Hashable, str, str] | None:
    """Return by what somebody can be known again, what they have and what they take; None when they want it anew."""
    who: list[Hashable] = [scope.get("client", ("",))[0], scope.get("scheme"), scope.get("http_version")]
    match = encodings = ""
    size = 0
    for header in scope["headers"]:
        name = header[0]
        if name in ANYHOW:
            if name == b"if-none-match":
                match = header[1].decode("latin-1")
            elif name == b"accept-encoding":
                encodings = header[1].decode("latin-1")
        elif name in ANEW:
            return None
        elif not name.startswith(b"sec-"):
            who.append((name, header[1]))
            size += len(name) + len(header[1])
    return (tuple(who), match, encodings) if size <= LONGEST_HEAD else None
