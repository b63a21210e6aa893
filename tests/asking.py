"""Ask a server as fast as it answers, over connections that stay open, from a process of its own.

Run as `python -m tests.asking`: a JSON plan comes in, a JSON report goes out. Every connection has one request under
way; nothing is sent ahead. Whoever measures on the same machine shares its cores with this.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.databases import ROOT

HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of it: answers a second, how often each status, seconds that half and 99 % of the answers took."""

    rate: float
    statuses: dict[str, int]
    median: float
    slow: float


def asked(port: int, paths: list[str], head: dict[str, str], *, seconds: float, connections: int) -> Asked:
    """Ask for these addresses in turn for so long, on so many connections."""
    plan = {"port": port, "paths": paths, "head": head, "seconds": seconds, "connections": connections}
    done = subprocess.run(
        [sys.executable, "-m", "tests.asking"], input=json.dumps(plan), capture_output=True, text=True,
        check=True, cwd=ROOT,
    )  # fmt: skip
    return Asked(**json.loads(done.stdout))


class _Connection(asyncio.Protocol):
    """Sends a request, reads its answer, sends the next."""

    def __init__(self, requests: list[bytes], first: int, report: list[tuple[str, float]]) -> None:
        self._requests, self._next, self._report = requests, first, report
        self._had, self._sent_at = bytearray(), 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._had += data
        end = self._had.find(HEAD_END)
        if end < 0:
            return
        head = bytes(self._had[:end]).lower()
        begin = head.find(b"content-length:")
        length = int(head[begin + 15 :].split(b"\r\n", 1)[0]) if begin >= 0 else 0
        if len(self._had) >= end + 4 + length:
            self._report.append((head[9:12].decode(), time.perf_counter() - self._sent_at))
            self._had.clear()
            self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._next = (self._next + 1) % len(self._requests)
        if self._transport is not None:
            self._transport.write(self._requests[self._next])


async def _ask(plan: dict[str, Any]) -> dict[str, Any]:
    head = "".join(f"{name}: {value}\r\n" for name, value in plan["head"].items())
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{plan['port']}\r\n{head}\r\n".encode()
        for path in plan["paths"]
    ]
    report: list[tuple[str, float]] = []
    loop, begin = asyncio.get_running_loop(), time.perf_counter()
    open_ones = []
    for number in range(plan["connections"]):
        first = number * len(requests) // plan["connections"]

        def make(first: int = first) -> _Connection:
            return _Connection(requests, first, report)

        open_ones.append(await loop.create_connection(make, "127.0.0.1", plan["port"]))
    await asyncio.sleep(plan["seconds"])
    seconds = time.perf_counter() - begin
    for transport, _ in open_ones:
        transport.abort()
    late = sorted(took for _, took in report)
    return {
        "rate": len(report) / seconds, "statuses": Counter(status for status, _ in report),
        "median": late[len(late) // 2], "slow": late[len(late) * 99 // 100],
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_ask(json.loads(sys.stdin.read())))))  # noqa: T201 - the report
