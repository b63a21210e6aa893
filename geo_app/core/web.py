"""The web edge: a request's transaction and actor, answers, problem reports (RFC 9457), idempotent writes.

The only place where errors become answers: a GeoError as its status with field, value and rule; a database
that does not answer as 503; anything else as 500 without internals, logged with its stack.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from apiflask import APIFlask
from apiflask.exceptions import HTTPError as SchemaError
from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import IntegerConverter

from geo_app.core import asgi, db, door, edges, forms, hosts, log, masking, pages
from geo_app.core.errors import WITHHELD, BadInput, Conflict, GeoError, NeedsVersion, shown
from geo_app.core.settings import Settings

SQL = db.statements(__file__)
LARGEST_BODY = 1_000_000
LONGEST_KEY = 200
UNGUESSED = 32
"""Characters of a key that strangers do not guess: those of a UUID (RFC 9562) with or without hyphens."""
COME_BACK = "2"
"""Seconds after which who found us not ready may ask again."""
PERSONAL = frozenset({"reporter", "description"})
"""The members of a body whose values no answer repeats."""
ETAG = re.compile(r'"([0-9]{1,9})"', re.ASCII)
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
NOTHING = object()


class Number(IntegerConverter):
    """A whole number in an address; what no database id can be is no such address."""

    regex = "[0-9]{1,18}"


def database() -> db.Database:
    """Return the database of the running application."""
    found: db.Database = current_app.extensions["database"]
    return found


@contextmanager
def transaction() -> Iterator[db.Transaction]:
    """Give the transaction this request works in."""
    with database().transaction(door.actor()) as tx:
        yield tx


def ok(body: object, status: int = 200, *, etag: int | None = None) -> Response:
    """Answer with JSON; `etag` is the version of what is shown."""
    answer = _json(json.dumps(body, ensure_ascii=False, default=str), status, "application/json")
    return answer if etag is None else tagged(answer, etag)


def tagged(answer: Response, version: int) -> Response:
    """Return an answer with the version of what it shows as its ETag."""
    answer.headers["ETag"] = f'"{version}"'
    return answer


def version() -> int:
    """Return the version this edit was made on, from If-Match; NeedsVersion without, BadInput when it is none."""
    text = request.headers.get("If-Match")
    if text is None:
        raise NeedsVersion
    found = ETAG.fullmatch(text.strip())
    if found is None:
        raise BadInput("If-Match", text, 'one version as ETag gave it, in quotes, as "3"')
    return int(found[1])


def events(stream: AsyncIterator[str]) -> Response:
    """Answer with server-sent events, on the server's event loop where there is one, else on this thread."""
    hand_over = request.environ.get(asgi.HAND_OVER)
    body = iter(()) if hand_over is not None else asgi.on_thread(stream)
    if hand_over is not None:
        hand_over(stream)
    return Response(body, mimetype="text/event-stream", headers={"Cache-Control": "no-store"})


def once(
    tx: db.Transaction,
    act: Callable[[], tuple[int, object]],
    *,
    said: bytes | None = None,
    is_open: bool = False,
) -> Response:
    """Answer a write exactly once for its Idempotency-Key; `act` returns the status and the body.

    The same key with the same request gets the first answer again, with another request BadInput. The key is
    claimed in the transaction of the write, so a refused or crashed write leaves it free. `said` is what makes a
    request the same where its body is not: a form is written with another boundary each time. Where `is_open`,
    all who write are one actor, so that the first answer would also go to a stranger with the same key: there
    it must be one that nobody guesses.
    """
    key = request.headers.get("Idempotency-Key", "")
    if is_open and len(key) < UNGUESSED:
        raise BadInput(
            "Idempotency-Key", "…", f"a key nobody guesses, at least {UNGUESSED} characters: a UUID"
        )
    if not 1 <= len(key) <= LONGEST_KEY:
        raise BadInput("Idempotency-Key", key, f"a write needs this header, 1 to {LONGEST_KEY} characters")
    body = request.get_data() if said is None else said
    whole = b"\n".join([request.method.encode(), request.full_path.encode(), body])
    request_hash = tx.safe.digest(whole)  # keyed: nobody finds the phone in it by trying
    key = tx.safe.digest(key.encode("utf-8", "backslashreplace"))  # some make it of a phone
    if tx.run(SQL.claim_key, key=key, actor=tx.actor.name, request_hash=request_hash) == 0:
        earlier = tx.one(SQL.answered, dict, key=key, actor=tx.actor.name)
        if earlier["request_hash"] != request_hash:
            raise BadInput("Idempotency-Key", "…", "a new one: this key already belongs to another request")
        if earlier["status"] is None:
            raise Conflict("the same request is still being answered; ask again")
        return _json(earlier["body"], earlier["status"], "application/json")
    status, answer = act()
    text = json.dumps(answer, ensure_ascii=False, default=str)
    tx.run(SQL.keep_answer, key=key, actor=tx.actor.name, status=status, body=text)
    return _json(text, status, "application/json")


def whole(name: str, default: int, least: int, most: int) -> int:
    """Return the whole-number query parameter `name`; BadInput outside `least` to `most`."""
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise BadInput(name, text, f"a whole number from {least} to {most}")
    return int(text)


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """Return the query parameter `name`, one of `allowed`; BadInput otherwise."""
    text = request.args.get(name, default)
    if text not in allowed:
        raise BadInput(name, text, "one of " + ", ".join(allowed))
    return text


def guard(app: APIFlask, here: Settings) -> None:
    """Make `app` refuse foreign hosts and foreign forms, and answer every error as a problem report."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.request_class = forms.InMemory
    app.url_map.converters["int"] = Number
    app.wsgi_app = hosts.Proxies(app.wsgi_app, here.proxies)  # type: ignore[method-assign, assignment]
    names = hosts.LOOPBACK_NAMES | set(here.names)
    app.extensions |= edges.buckets()

    @app.before_request
    def refuse_strangers() -> Response | None:
        if _host() not in names:
            known = ", ".join(here.names) or f"127.0.0.1:{here.port}"
            return problem(421, "Wrong host", f"this service answers on {known} only", {})
        if request.environ.get(hosts.PROXIED) and not request.is_secure:
            return problem(
                403, "HTTPS only", "the proxy took this request without X-Forwarded-Proto: https", {}
            )
        return _oversized() or _too_fast() or (_refuse_write() if request.method in WRITES else None)

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in edges.headers(_host() or "", is_secure=request.is_secure).items():
            response.headers.setdefault(name, value)
        return response

    app.error_processor(_schema)  # first: it takes every HTTP error for a broken schema
    app.register_error_handler(GeoError, _explain)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RecursionError, _nested)
    app.register_error_handler(Exception, _unexpected)


def _host() -> str | None:
    try:
        return hosts.host(urlsplit(f"//{request.host}").hostname or "")
    except ValueError:
        return None


def _oversized() -> Response | None:
    """Return the refusal of an address that is too long, or holds what no address of ours does."""
    length = len(request.path) + len(request.query_string)
    if length > edges.LONGEST_ADDRESS:
        return problem(
            414, "Address too long", f"at most {edges.LONGEST_ADDRESS} characters, got {length}", {}
        )
    if "\0" in request.path or any("\0" in text for texts in request.args.listvalues() for text in texts):
        return problem(400, "Bad request", "an address holds no NUL character", {})
    return None


def _too_fast() -> Response | None:
    """Return the refusal of an address that writes too much, or asks too often where everyone may."""
    view = current_app.view_functions.get(request.endpoint or "")
    rate = door.rate(view) if request.path.startswith("/api/") else None
    for kind in (rate, "writes" if request.method in WRITES else None):
        wait = current_app.extensions[kind].take(request.remote_addr or "") if kind else 0
        if wait:
            answer = problem(429, f"Too many {kind}", "this address asks too fast; ask again later", {})
            answer.headers["Retry-After"] = str(math.ceil(wait))
            return answer
    return None


def _refuse_write() -> Response | None:
    """Return the refusal of a foreign form, or of no text."""
    view = current_app.view_functions.get(request.endpoint or "")
    if forms.are_taken(view):
        request.max_content_length = forms.LARGEST
        wrong = forms.wrong()
        return None if wrong is None else problem(*wrong)
    if not request.is_json:  # a page of another site cannot send this type without asking first
        rule = "send Content-Type: application/json"
        return problem(415, "Wrong type", rule, {"field": "Content-Type"})
    return _unreadable()


def _unreadable() -> Response | None:
    """Return the refusal of a body that is not UTF-8, before anything tries to read it."""
    try:
        request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        value = f"byte 0x{error.object[error.start]:02x} at {error.start}"
        rule = "text in UTF-8"
        return problem(
            400, "Bad request", f"body: {rule}, got {value}", {"field": "body", "value": value, "rule": rule}
        )
    return None


def problem(status: int, title: str, detail: str, members: dict[str, Any]) -> Response:
    """Answer with a problem report, or who opens the address in a browser with a page; what is a person's is masked."""
    detail = masking.text(detail)
    members = {name: masking.text(one) if isinstance(one, str) else one for name, one in members.items()}
    if pages.is_page():
        return pages.refused(status, str(members.get("permission", detail)))
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    return _json(json.dumps(body, ensure_ascii=False, default=str), status, "application/problem+json")


def _json(text: str, status: int, kind: str) -> Response:
    # half a surrogate pair is no character: it is answered as JSON writes it
    return Response(text.encode("utf-8", "backslashreplace"), status=status, mimetype=kind)


def _explain(error: GeoError) -> Response:
    if error.status >= 500:
        log.warn("request.not_ready", path=_rule(), reason=str(error))
    answer = problem(error.status, error.title, str(error), error.members())
    if error.status == 503:
        answer.headers["Retry-After"] = COME_BACK
    return answer


def _rule() -> str:
    """Return the address of this request without its values: a report's code is a secret."""
    return str(request.url_rule or "unknown")


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    members: dict[str, Any] = {}
    if isinstance(error, RequestEntityTooLarge):
        value, rule = f"{request.content_length} bytes", f"at most {request.max_content_length} bytes"
        members = {"field": "body", "value": value, "rule": rule}
    response = problem(status, str(error.name), str(error.description), members)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _schema(error: SchemaError) -> Response:
    """Answer what broke a schema: the first field, its value where it can be had, and the rule."""
    for place in ("json", "query", "path", "headers"):
        for field, rules in (error.detail.get(place) or {}).items():
            rule = rules[0] if isinstance(rules, list) else str(rules)
            members = {"field": "body" if field == "_schema" else field, "rule": rule}
            value = _said(field) if place == "json" else NOTHING
            if value is not NOTHING:
                members["value"] = shown(value)
            return problem(error.status_code, "Bad input", f"{members['field']}: {rule}", members)
    return problem(error.status_code, "Bad input", str(error.message), {})


def _said(field: str) -> object:
    """Return what the body says at a field's path, NOTHING when that is nothing or cannot be told."""
    found: object = request.get_json(silent=True)
    parts = field.split(".")
    for part in parts:
        if isinstance(found, dict) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return NOTHING
    return WITHHELD if parts[0] in PERSONAL else found


def _nested(_error: RecursionError) -> Response:
    return problem(400, "Bad request", "the body is nested too deeply", {})


def _unexpected(_error: Exception) -> Response:
    log.failed("request.failed", path=_rule(), method=request.method)
    return problem(500, "Error", "something went wrong on our side; it has been logged", {})
