"""TCP ports for the servers that tests start: nobody else is given one between asking for it and listening on it."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import IO

from tests.databases import hold

RANGE = range(20_000, 30_000)
"""Below the ports Linux gives to whoever asks for any (32768 and above), so no connection takes one meanwhile."""
_held: list[IO[bytes]] = []


def free_port() -> int:
    """Return a TCP port nobody listens on; no other process of these tests is given it while this one lives."""
    folder = Path(tempfile.gettempdir()) / f"wangge-ports-{os.getuid()}"
    for port in random.sample(RANGE, len(RANGE)):
        try:
            file = hold(folder / str(port), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        if _is_free(port):
            _held.append(file)
            return port
        file.close()
    raise OSError(f"every port of {RANGE} is taken")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True
