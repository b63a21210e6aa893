"""Who stands at the door: every route states a permission, and whoever asks without it is told which.

`identify` lets the capability that knows accounts say who makes a request; until it does, it is nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, current_app, g, redirect, request
from flask.typing import ResponseReturnValue

from geo_app.core.actor import NOBODY, Actor, Scope
from geo_app.core.errors import Forbidden, NotFound, NotLoggedIn, PasswordDue, WrongSetup

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
"""The permission of a door that is open to everyone."""
CLOSED = "closed"
"""The permission of a door that a library brings and nobody uses: there is nothing behind it."""
LOGIN = "/login"
ACCOUNT = "/account"


def permit(
    *permissions: str, is_page: bool = False, before_password: bool = False, rate: str | None = "tries"
) -> Callable[[View], View]:
    """Mark a view with the permission it asks for, or several of which one is enough; closest to the function.

    From a page, somebody who has not logged in is led to the login; anything else answers 401. Who owes a new
    password is led to the own account, and opens nothing but what is marked `before_password`. A door that is
    open to everyone is held to a `rate` of `edges` for each address; None when it counts failures itself, by account
    and address.
    """

    def mark(view: View) -> View:
        view.permissions = permissions  # type: ignore[attr-defined]
        view.is_page = is_page  # type: ignore[attr-defined]
        view.before_password = before_password  # type: ignore[attr-defined]
        view.rate = rate if PUBLIC in permissions else None  # type: ignore[attr-defined]
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


def permissions_of(view: Callable[..., Any]) -> tuple[str, ...]:
    """Return the permissions of which a view asks for one; none when it states none."""
    return tuple(getattr(view, "permissions", ()))


def rate(view: Callable[..., Any] | None) -> str | None:
    """Return the rate an address is held to at a view, None when there is none but that of writes."""
    found: str | None = getattr(view, "rate", None)
    return found


def teller() -> Actor:
    """Return who reports without an account, or holds a report's code: may do nothing else, and no row is hidden."""
    return Actor("teller", scope=Scope(everything=True), address=request.remote_addr)


def check(app: Flask) -> None:
    """Raise WrongSetup naming the first route that states no permission."""
    for rule in app.url_map.iter_rules():
        if not permissions_of(app.view_functions[rule.endpoint]):
            raise WrongSetup(f"the route {rule.rule} ({rule.endpoint}) states no permission")


def guard() -> ResponseReturnValue | None:
    """Refuse who may not; an address without a view is refused by nobody, it is not found."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None
    asked = permissions_of(view)
    if not asked:
        raise WrongSetup(f"{request.endpoint} states no permission")
    if CLOSED in asked:
        raise NotFound(f"there is nothing at {request.path}")
    if PUBLIC in asked:
        return None
    is_page = getattr(view, "is_page", False)
    if actor().owes_password and not getattr(view, "before_password", False):
        if is_page:
            return redirect(_kept(ACCOUNT))
        raise PasswordDue
    if any(actor().may(permission) for permission in asked):
        return None
    if actor().account is not None:
        raise Forbidden(asked[0])
    if is_page:
        return redirect(_kept(LOGIN, next=request.full_path.rstrip("?")))
    raise NotLoggedIn


def _kept(path: str, **values: str) -> str:
    """Return an address with these values, in the language of this one."""
    lang = request.args.get("lang")
    query = urlencode({**values, **({"lang": lang} if lang else {})})
    return f"{path}?{query}" if query else path
