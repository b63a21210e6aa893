"""Doors to the pages of people: login, one-time links, own account, accounts and roles, organisation, audit search.

Nothing of an account goes through the HTML: the pages' modules fetch it.
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from geo_app.core import door, pages
from layers import people

routes = Blueprint("people", __name__)


@routes.get("/login")
@door.permit(door.PUBLIC)
def login() -> ResponseReturnValue:
    """Ask for name, password and code."""
    return pages.show(people.page("login", pages.lang()))


@routes.get("/link")
@door.permit(door.PUBLIC)
def link() -> ResponseReturnValue:
    """Ask for a password; the secret of the link stands behind #."""
    return pages.show(people.page("link", pages.lang()))


@routes.get("/account")
@door.permit("own.account", is_page=True, before_password=True)
def account() -> ResponseReturnValue:
    """Show one's own account."""
    return pages.show(people.page("account", pages.lang()))


@routes.get("/accounts")
@door.permit("account.read", is_page=True)
def accounts() -> ResponseReturnValue:
    """Show accounts and roles."""
    return pages.show(people.page("accounts", pages.lang()))


@routes.get("/organisation")
@door.permit("organisation.read", is_page=True)
def organisation() -> ResponseReturnValue:
    """Show the units and departments of a city."""
    return pages.show(people.page("organisation", pages.lang()))


@routes.get("/audit")
@door.permit("audit.read", is_page=True)
def audit() -> ResponseReturnValue:
    """Search the audit trail."""
    return pages.show(people.page("audit", pages.lang()))
