"""What every page needs: its language, and a Content-Security-Policy with a nonce that is used once.

Whoever opens an address in a browser and is refused gets a page too, not a problem report.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import Response, current_app, request
from flask_wtf.csrf import generate_csrf

from geo_app.core import door
from geo_app.core.errors import BadInput
from layers import plain
from layers.plain import Plain
from layers.words import Lang

POLICY = (
    "default-src 'none'",
    # browsers that know 'strict-dynamic' ignore 'self'; Safari 14 knows only 'self' and the nonce
    "script-src 'nonce-{nonce}' 'strict-dynamic' 'self'",
    "style-src 'self' 'nonce-{nonce}'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)


MACHINES = ("/api/", "/tiles/", "/static/")
"""Where programs ask; the description of the API is a page all the same."""


def lang() -> Lang:
    """Return the language asked for, else the browser's; BadInput when it is none of ours."""
    asked = request.args.get("lang")
    if asked is not None:
        if asked not in set(Lang):
            raise BadInput("lang", asked, "one of " + ", ".join(Lang))
        return Lang(asked)
    return Lang(request.accept_languages.best_match(list(Lang), default=Lang.ZH))


def is_page() -> bool:
    """Return whether a person opens this address in a browser, and not a script or a program."""
    if request.method != "GET" or "text/html" not in request.headers.get("Accept", ""):
        return False
    return request.path == "/api/docs" or not request.path.startswith(MACHINES)


def refused(status: int, why: str) -> Response:
    """Answer a person who is refused: a sentence in their language, why, a way on."""
    try:
        spoken = lang()
    except BadInput:
        spoken = Lang.ZH
    path = request.path if request.url_rule and not request.view_args else "/"
    shown = show(plain.refused(spoken, path, status, why))
    shown.status_code = status
    return shown


def answer(render: Callable[[str], str]) -> Response:
    """Answer with the page that `render` makes with a fresh nonce; what else it carries, every answer does."""
    nonce = secrets.token_urlsafe(16)
    response = Response(render(nonce), mimetype="text/html")
    response.headers["Content-Security-Policy"] = "; ".join(POLICY).format(nonce=nonce)
    response.headers["Cache-Control"] = "no-store"  # the nonce must never be used twice
    response.vary.add("Accept-Language")
    return response


def first_answers(*endpoints: str) -> dict[str, object]:
    """Return what views answer to whoever asks for this page, by address: what its script would ask for at once.

    One who may not have an answer asks for it like any other, and hears the refusal.
    """
    found: dict[str, object] = {}
    if door.actor().account is None:  # a program that asks for a page is nobody in particular
        return found
    for endpoint in endpoints:
        view = current_app.view_functions[endpoint]
        if any(door.actor().may(permission) for permission in door.permissions_of(view)):
            said: Response = view()  # type: ignore[assignment]
            found[current_app.url_map.bind("").build(endpoint)] = said.get_json()
    return found


def show(page: Plain) -> Response:
    """Answer with a page without a map."""
    return answer(lambda nonce: plain.render(page, nonce, token()))


def token() -> str:
    """Return what a page of this session sends with every change; nothing where nobody can log in."""
    made: str = generate_csrf() if "csrf" in current_app.extensions else ""
    return made
