"""HTTPS by the project's own web server: who is believed, who is refused, what a restart takes up."""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geo_app.core import clock
from geo_app.core.settings import Settings
from geo_app.tls import service, store
from tests.databases import ROOT, work
from tests.integration.conftest import Town
from tests.integration.conftest import still_town as still_town  # noqa: PLC0414
from tests.ports import free_port
from tests.servers import START_LIMIT, STOP_LIMIT, WebServer, serving

NAMES = ("grid.test", "192.168.7.7")


@pytest.fixture(scope="module")
def settings(still_town: Town) -> Settings:
    """Settings of the town, with the kernels that are compiled already."""
    return replace(still_town.settings, work=str(work()))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a work folder of its own with a local authority."""
    made = Settings(work=str(tmp_path_factory.mktemp("authority")))
    service.init(made, NAMES, 30, clock.now(), replace=False)
    return made


@pytest.fixture(scope="module")
def server(here: Settings, settings: Settings) -> Iterator[WebServer]:
    """The web server on the town, by HTTPS."""
    with serving(settings, here.work_path / "web.log", **secure(here), names=NAMES) as running:
        yield running


def secure(here: Settings) -> dict[str, Any]:
    """Return how a server listens with the certificates of a work folder."""
    return {
        "cert": store.certificate_file(here.work_path),
        "key": store.key_file(here.work_path),
        "authority": store.certificate_file(here.work_path, store.AUTHORITY),
    }


def handshake(port: int, context: ssl.SSLContext, name: str) -> dict[str, Any]:
    """Return the server's certificate as one who asks for `name` verifies it."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=STOP_LIMIT) as plain,
        context.wrap_socket(plain, server_hostname=name) as wrapped,
    ):
        found: Any = wrapped.getpeercert()
        return dict(found)


def ask(server: WebServer, path: str, host: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of a GET under a name."""
    connection = http.client.HTTPSConnection(
        "127.0.0.1", server.port, timeout=STOP_LIMIT, context=server.edge.context()
    )
    connection.request("GET", path, headers={"Host": host})
    with connection.getresponse() as answer:
        heard = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return heard


def told(connection: http.client.HTTPConnection, head: dict[str, str] | None = None) -> int:
    """Return the status of a request with more headers."""
    connection.request("GET", "/healthz", headers=head or {})
    return connection.getresponse().status


def test_who_knows_the_authority_believes_the_names_and_no_others(server: WebServer, here: Settings) -> None:
    context = ssl.create_default_context(cafile=str(store.certificate_file(here.work_path, store.AUTHORITY)))
    for name in (*NAMES, "127.0.0.1", "localhost"):
        assert handshake(server.port, context, name)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server.port, context, "other.test")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server.port, ssl.create_default_context(), "grid.test")


def test_its_names_are_answered_with_hsts_and_others_refused(server: WebServer) -> None:
    status, headers, _ = ask(server, "/healthz", "grid.test")
    assert (status, headers["strict-transport-security"]) == (200, "max-age=31536000")
    status, headers, body = ask(server, "/healthz", "evil.test")
    assert (status, headers["content-type"]) == (421, "application/problem+json")
    assert b"grid.test" in body
    status, _, body = ask(server, "/readyz", "192.168.7.7")
    assert json.loads(body)["warnings"] == {}


def test_plain_http_gets_no_answer_on_the_port_of_https(server: WebServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=STOP_LIMIT)
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        told(connection)
    connection.close()
    assert ask(server, "/healthz", "grid.test")[0] == 200


def test_a_head_that_is_too_large_is_refused(server: WebServer) -> None:
    connection = http.client.HTTPSConnection(
        "127.0.0.1", server.port, timeout=STOP_LIMIT, context=server.edge.context()
    )
    head = {f"X-Long-{number}": "x" * 4000 for number in range(40)}
    try:
        status = told(connection, head)
    except (http.client.HTTPException, ConnectionError, ssl.SSLError):
        status = 431  # the server hung up while we were still speaking
    connection.close()
    assert status == 431
    assert ask(server, "/healthz", "grid.test")[0] == 200


def test_a_renewed_certificate_is_taken_up_by_a_restart(server: WebServer, here: Settings) -> None:
    context = ssl.create_default_context(cafile=str(store.certificate_file(here.work_path, store.AUTHORITY)))
    before = handshake(server.port, context, "grid.test")
    service.renew(here, (*NAMES, "10.9.9.9"), 60, clock.now())
    assert handshake(server.port, context, "grid.test")["serialNumber"] == before["serialNumber"]
    assert server.stop() == 0
    server.start()
    server.wait()
    after = handshake(server.port, context, "10.9.9.9")
    assert after["serialNumber"] != before["serialNumber"]


@contextmanager
def supervised(
    settings: Settings, folder: Path, *words: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Give the whole service as `scripts/serve` runs it, on a database that is there, and its output."""
    output = folder / "serve.log"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GEO_", "DATABASE_"))}
    environment |= {"DATABASE_URL": settings.database_url, "APP_DATABASE_URL": settings.app_database_url}
    command = [sys.executable, str(ROOT / "scripts" / "supervisor.py"), "--work", str(folder), *words]
    with output.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        yield process, output
    finally:
        process.terminate()
        process.wait(STOP_LIMIT)


def until(condition: Callable[[], bool], process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while not condition():
        assert process.poll() is None, output.read_text()
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.05)


def test_a_network_is_served_by_https_and_phones_find_the_authority(
    settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "cache").symlink_to(settings.work_path / "cache")  # compiled kernels
    port, install = free_port(), free_port()
    words = ("--host", "0.0.0.0", "--name", "grid.test", "--name", "127.0.0.1",
             "--port", str(port), "--install-port", str(install))  # fmt: skip
    with supervised(settings, folder, *words) as (process, output):
        until(lambda: "phones and other computers" in output.read_text(), process, output)
        said = output.read_text()
        assert f"ready https://grid.test:{port}" in said
        assert f"http://grid.test:{install}/install" in said
        page = f"http://127.0.0.1:{install}"
        until(lambda: is_open(install), process, output)
        with urllib.request.urlopen(f"{page}/install/ca.crt", timeout=STOP_LIMIT) as answer:
            assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
            context = ssl.create_default_context(cadata=answer.read())
        assert handshake(port, context, "grid.test")
        with urllib.request.urlopen(
            f"https://127.0.0.1:{port}/healthz", timeout=STOP_LIMIT, context=context
        ) as answer:
            assert json.load(answer) == {"alive": True}
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(
                f"https://127.0.0.1:{port}/api/incidents", timeout=STOP_LIMIT, context=context
            )
        assert "/link#" not in output.read_text(), "demo accounts are for the machine itself"
        with urllib.request.urlopen(f"{page}/", timeout=STOP_LIMIT) as answer:  # leads to the page
            assert answer.url == f"{page}/install"
            assert f'href="https://grid.test:{port}/"' in answer.read().decode()  # no phone reaches loopback
            assert "Strict-Transport-Security" not in answer.headers
        for path in ("/worker", "/api/incidents", "/openapi.json", "/readyz"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(page + path, timeout=STOP_LIMIT)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(("words", "reason"), [
    (("--host", "0.0.0.0"), "needs --name"), (("--host", "grid.test"), "names go to --name"),
    (("--tls-cert", "x"), "belong together"), (("--install-port", "1"), "leave it out"),
    (("--tls-cert", "README.md", "--tls-key", "README.md"), "cannot be used"),
])  # fmt: skip
def test_what_cannot_be_served_is_refused_in_one_line(
    tmp_path: Path, words: tuple[str, ...], reason: str
) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GEO_", "DATABASE_"))}
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "supervisor.py"), "--work", str(tmp_path), "--port",
         str(free_port()), *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("cannot serve: ")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
