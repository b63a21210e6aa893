"""Doors to the pages: one map page a role, and the viewer of the API."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from geo_app.core import door, pages
from geo_app.core.errors import BadInput
from layers import page, viewer
from layers.page import Page, Role

routes = Blueprint("pages", __name__)
HOMES = (
    (f"/{Role.DISPATCHER}", "assignment.make"), (f"/{Role.WORKER}", "assignment.step"),
    (f"/{Role.PLANNER}", "map.read"),
    ("/audit", "audit.read"), ("/accounts", "account.read"),
)  # fmt: skip
"""Where one begins: the first page one may open."""
FIRST = ("own.me", "maps.cities")
"""Doors that every page with a map would ask at once."""


@routes.get("/")
@door.permit("own.account", is_page=True)
def home() -> ResponseReturnValue:
    """Lead to the page of whoever asks, keeping city and language."""
    query = request.query_string.decode("latin-1")
    path = next((path for path, permission in HOMES if door.actor().may(permission)), "/account")
    return redirect(f"{path}?{query}" if query else path)


@routes.get("/worker")
@door.permit("assignment.step", is_page=True)
def worker() -> ResponseReturnValue:
    """Show the grid worker's page."""
    return _page(Role.WORKER)


@routes.get("/dispatcher")
@door.permit("assignment.make", is_page=True)
def dispatcher() -> ResponseReturnValue:
    """Show the dispatcher's page."""
    return _page(Role.DISPATCHER)


@routes.get("/planner")
@door.permit("map.read", is_page=True)
def planner() -> ResponseReturnValue:
    """Show the planner's page."""
    return _page(Role.PLANNER)


@routes.get("/api/docs")
@door.permit("own.account", is_page=True)
def api() -> ResponseReturnValue:
    """Show the description of the API."""
    return pages.answer(viewer.render)


def _page(role: Role) -> Response:
    shown = Page(role, pages.lang(), _city())
    answers = pages.first_answers(*FIRST)
    return pages.answer(lambda nonce: page.render(shown, nonce, pages.token(), answers))


def _city() -> str | None:
    code = request.args.get("city")
    if code and not page.CITY_CODE.fullmatch(code):
        raise BadInput("city", code, "1 to 40 of a-z, 0-9 and hyphen")
    return code or None
