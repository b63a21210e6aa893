"""Doors to the pages: one map page a role, and the viewer of the API.

A Content-Security-Policy lets nothing foreign in.
"""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from geo_app.core.errors import BadInput
from layers import page, viewer
from layers.page import Page, Role
from layers.words import Lang

routes = Blueprint("pages", __name__)

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


@routes.get("/")
def home() -> ResponseReturnValue:
    """Lead to the dispatcher's page, keeping city and language."""
    query = request.query_string.decode("latin-1")
    return redirect(f"/{Role.DISPATCHER}?{query}" if query else f"/{Role.DISPATCHER}")


@routes.get("/worker")
def worker() -> ResponseReturnValue:
    """Show the grid worker's page."""
    return _page(Role.WORKER)


@routes.get("/dispatcher")
def dispatcher() -> ResponseReturnValue:
    """Show the dispatcher's page."""
    return _page(Role.DISPATCHER)


@routes.get("/planner")
def planner() -> ResponseReturnValue:
    """Show the planner's page."""
    return _page(Role.PLANNER)


@routes.get("/api/docs")
def api() -> ResponseReturnValue:
    """Show the description of the API."""
    nonce = secrets.token_urlsafe(16)
    return _under_policy(Response(viewer.render(nonce), mimetype="text/html"), nonce)


def _page(role: Role) -> Response:
    nonce = secrets.token_urlsafe(16)
    response = Response(page.render(Page(role, _lang(), _city()), nonce), mimetype="text/html")
    response.vary.add("Accept-Language")
    return _under_policy(response, nonce)


def _under_policy(response: Response, nonce: str) -> Response:
    response.headers["Content-Security-Policy"] = "; ".join(POLICY).format(nonce=nonce)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"  # the nonce must never be used twice
    return response


def _city() -> str | None:
    code = request.args.get("city")
    if code and not page.CITY_CODE.fullmatch(code):
        raise BadInput("city", code, "1 to 40 of a-z, 0-9 and hyphen")
    return code or None


def _lang() -> Lang:
    asked = request.args.get("lang")
    if asked is not None:
        if asked not in set(Lang):
            raise BadInput("lang", asked, "one of " + ", ".join(Lang))
        return Lang(asked)
    return Lang(request.accept_languages.best_match(list(Lang), default=Lang.ZH))
