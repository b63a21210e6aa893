"""Many open pages: followers of the stream of facts on one thread, each resuming where it was cut off."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from geo_app.core.facts import Fact, Position
from geo_app.live.service import Feed

AGAIN = 0.1
"""Seconds after which a follower that was cut off or refused comes back."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One fact as it came: when, by the monotonic clock, under which id, of what kind, about what."""

    at: float
    id: str
    kind: str
    subject: int | None


@dataclass(slots=True)
class Follower:
    """One open page."""

    port: int
    head: dict[str, str]
    """By which it is let in."""
    last: str | None = None
    leaves_after: int | None = None
    """Facts after which it cuts the connection itself and comes back."""
    heard: list[Heard] = field(default_factory=list)
    is_open: bool = False
    opened: int = 0
    ended: int = 0
    """Streams the server brought to their end, unlike those that were cut."""
    refused: list[tuple[int, str | None]] = field(default_factory=list)
    """Status and Retry-After of each refusal."""

    async def follow(self) -> None:
        """Follow until cancelled; after every cut go on behind the last id."""
        while True:
            with suppress(OSError, EOFError, ValueError):  # cut off, also in the middle of a number
                await self.once()
            self.is_open = False
            await asyncio.sleep(AGAIN)

    async def once(self) -> None:
        """Follow until the server ends it, which raises EOFError or OSError when it does so rudely."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            resume = "" if self.last is None else f"Last-Event-ID: {self.last}\r\n"
            let_in = "".join(f"{name}: {value}\r\n" for name, value in self.head.items())
            head = f"GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{let_in}{resume}\r\n"
            writer.write(head.encode())
            answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            status = int(answer.split(" ", 2)[1])
            if status != 200:
                after = [line[12:].strip() for line in answer.splitlines() if line.startswith("retry-after:")]
                self.refused.append((status, after[0] if after else None))
                return
            self.is_open = True
            self.opened += 1
            text, before = b"", len(self.heard)
            while size := int(await reader.readline(), 16):
                text += (await reader.readexactly(size + 2))[:-2]
                *blocks, text = text.split(b"\n\n")
                for block in blocks:
                    self._take(block.decode())
                    if self.leaves_after is not None and len(self.heard) - before >= self.leaves_after:
                        return
            self.ended += 1
        finally:
            writer.close()

    def _take(self, block: str) -> None:
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in lines:
            said = json.loads(lines["data"])
            self.heard.append(Heard(time.monotonic(), lines["id"], said["kind"], said["subject"]))
        self.last = lines.get("id", self.last)


def after(feed: Feed, position: Position, seconds: float) -> list[Fact]:
    """Return what a feed gives behind a position, for a test that runs on threads."""
    return asyncio.run(feed.after(position, seconds))


@contextmanager
def listening(followers: list[Follower]) -> Iterator[None]:
    """Let followers follow on a thread of their own; they leave at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="followers", daemon=True)
    thread.start()
    all_of_them = asyncio.run_coroutine_threadsafe(_follow(followers), loop)
    try:
        yield
    finally:
        all_of_them.cancel()
        asyncio.run_coroutine_threadsafe(_left(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _follow(followers: list[Follower]) -> None:
    await asyncio.gather(*(follower.follow() for follower in followers))


async def _left() -> None:
    """Return when every follower has gone."""
    me = asyncio.current_task()
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not me), return_exceptions=True)
