"""A loopback proxy that hands requests on and keeps the answers to itself as often as it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Proxy:
    """One request a connection; the first `drops` answers are read to their end and thrown away."""

    def __init__(self, port: int, drops: int) -> None:
        self._to, self._drops = port, drops
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self.dropped: list[bytes] = []

    def run(self) -> None:
        """Serve one connection after the other until the door is closed."""
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            with client, socket.create_connection(("127.0.0.1", self._to)) as server:
                server.sendall(_message(client))
                answer = _message(server)
                if len(self.dropped) < self._drops:
                    self.dropped.append(answer)
                else:
                    client.sendall(answer)

    def close(self) -> None:
        """Let nobody in any more."""
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()


def _message(source: socket.socket) -> bytes:
    """Return one HTTP message with a Content-Length, head and body."""
    text = b""
    while b"\r\n\r\n" not in text and (more := source.recv(65_536)):
        text += more
    head, _, body = text.partition(b"\r\n\r\n")
    lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0 and (more := source.recv(65_536)):
        text, missing = text + more, missing - len(more)
    return text


@contextmanager
def dropping(port: int, drops: int) -> Iterator[Proxy]:
    """Give a proxy to a local port that drops so many answers."""
    proxy = Proxy(port, drops)
    thread = threading.Thread(target=proxy.run, name="proxy", daemon=True)
    thread.start()
    yield proxy
    proxy.close()
    thread.join(60)
