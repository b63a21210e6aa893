"""Who stands at the door: every route states a permission, and whoever asks without it is told which.

`identify` lets the capability that knows accounts say who makes a request; until it does, it is nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from geo_app.core.actor import NOBODY, Actor
from geo_app.core.errors import Forbidden, NotLoggedIn, WrongSetup

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
"""The permission of a door that is open to everyone."""


def permit(permission: str) -> Callable[[View], View]:
    """Mark a view with the permission it asks for; it stands closest to the function."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def identify(app: Flask, who: Callable[[], Actor]) -> None:
    """Let `who` say who makes a request to `app`."""
    app.extensions["identify"] = who


def actor() -> Actor:
    """Return who makes this request, asked once."""
    if "actor" not in g:
        who: Callable[[], Actor] | None = current_app.extensions.get("identify")
        g.actor = who() if who is not None else NOBODY
    found: Actor = g.actor
    return found


def permission_of(view: Callable[..., Any]) -> str | None:
    """Return the permission a view asks for; None when it states none."""
    found: str | None = getattr(view, "permission", None)
    return found


def check(app: Flask) -> None:
    """Raise WrongSetup naming the first route that states no permission."""
    for rule in app.url_map.iter_rules():
        if permission_of(app.view_functions[rule.endpoint]) is None:
            raise WrongSetup(f"the route {rule.rule} ({rule.endpoint}) states no permission")


def guard() -> None:
    """Refuse who may not; an address without a view is refused by nobody, it is not found."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return
    permission = permission_of(view)
    if permission is None:
        raise WrongSetup(f"{request.endpoint} states no permission")
    if permission == PUBLIC or actor().may(permission):
        return
    if actor().account is None:
        raise NotLoggedIn
    raise Forbidden(permission)
