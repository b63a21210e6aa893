"""A running service is told phones and identity numbers; its log, its stream and its database have none of them."""

from __future__ import annotations

import http.client
import json
from pathlib import Path

import pytest

from geo_app.core import facts
from geo_app.core.actor import SYSTEM
from tests.integration.conftest import Town
from tests.integration.conftest import town as town  # noqa: PLC0414
from tests.integration.privacy.telling import CALL, CARD, PHONE, body, dump, found
from tests.servers import WebServer, serving

LIMIT = 240.0


def ask(server: WebServer, method: str, path: str, said: object = None, **headers: str) -> str:
    """Return everything a request is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LIMIT)
    sent = {**server.head, "Content-Type": "application/json", **headers}
    connection.request(method, path, None if said is None else json.dumps(said), sent)
    answer = connection.getresponse()
    text = f"{answer.status} {answer.headers} {answer.read().decode()}"
    connection.close()
    return text


def stream(server: WebServer, begin: str, last: str) -> str:
    """Return what an open page is sent behind a position, up to a fact of the kind `last`."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LIMIT)
    connection.request("GET", "/api/stream", headers={**server.head, "Last-Event-ID": begin})
    answer = connection.getresponse()
    assert answer.status == 200
    lines: list[str] = []
    while not (lines and last in lines[-1]):
        line = answer.readline().decode()
        assert line, "the stream ended"
        lines.append(line)
    connection.close()
    return "".join(lines)


def plant(server: WebServer) -> list[str]:
    """Tell them wherever somebody can, the refused ways first, and return every answer."""
    refused = [
        ask(server, "POST", "/api/incidents", said, **{"Idempotency-Key": f"{PHONE}-{number}"})
        for number, said in enumerate(
            [body(category=f"电话 {CALL}"), body(position=PHONE), body(**{CARD: CALL}), [PHONE], PHONE]
        )
    ]
    refused += [
        ask(server, "POST", "/api/login", {"username": PHONE, "password": CARD}),
        ask(server, "GET", f"/api/reports/{PHONE}"),
        ask(server, "GET", f"/api/incidents/{PHONE}?x={CARD}"),
        ask(server, "GET", f"/api/incidents?state={PHONE}", **{"User-Agent": CALL, "X-Request-Id": PHONE}),
        ask(server, PHONE, "/api/incidents"),
        ask(server, "GET", f"/{CARD}", Host=f"{PHONE}.example"),
        ask(server, "GET", f"/{PHONE}", Accept="text/html"),
        ask(server, "POST", "/api/incidents", body(), Authorization=f"Bearer {PHONE}"),
    ]
    assert all(text[0] == "4" for text in refused), refused
    taken = [ask(server, "POST", "/api/incidents", body(), **{"Idempotency-Key": PHONE}) for _ in range(2)]
    assert all(text.startswith("201 ") for text in taken)
    return refused + taken


def test_no_planted_number_is_in_the_log_the_stream_or_the_database_of_a_running_service(
    town: Town, tmp_path: Path
) -> None:
    log = tmp_path / "web.log"
    with serving(town.settings, log) as server:
        assert server.head, "made now: a page whose bindings change asks anew"
        with town.database.transaction(SYSTEM) as tx:
            end = facts.end(tx)
        texts = {f"answer {number}": text for number, text in enumerate(plant(server))}
        with town.database.transaction(SYSTEM) as tx:
            facts.record(tx, "scan.ended", 0, town.city.jurisdiction)
        texts["stream"] = stream(server, f"{end.xid}-{end.id}", "scan.ended")
        with pytest.raises(http.client.HTTPException):
            ask(server, "GET", "/\x7f" + PHONE)
        server.stop()
    texts["log"] = log.read_text(encoding="utf-8", errors="replace")
    texts |= {f"table {name}": text for name, text in dump(town.settings.database_url).items()}
    assert "incident.reported" in texts["stream"]
    assert {name: leaks for name, text in texts.items() if (leaks := found(text))} == {}
