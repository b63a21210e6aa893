"""What the doors of accounts answer; never a password, a hash or a code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import request

from geo_app.core import clock
from geo_app.core.answers import Answer
from geo_app.identity import permissions
from geo_app.identity.model import Account, Bound, Token


class RoleName(Answer):
    """A role with its names in Chinese and English and what it may do."""

    role: str
    name: str
    name_en: str
    is_administrator: bool
    needs_second_factor: bool
    permissions: list[str]


class Roles(Answer):
    """All roles."""

    roles: list[RoleName]


class AccountShape(Answer):
    """An account; `locked_until` is null unless logins are refused now."""

    id: int
    username: str
    name: str
    roles: list[str]
    responder: int | None
    is_demo: bool
    is_active: bool
    has_password: bool
    has_second_factor: bool
    must_change_password: bool
    locked_until: str | None


class Accounts(Answer):
    """Every account, by name."""

    accounts: list[AccountShape]


class BindingShape(Answer):
    """Who is bound to what, with its dates; `kind` is city, district, street, community or department."""

    id: int
    account: int
    username: str
    account_name: str
    city: str
    unit: int | None
    department: int | None
    kind: str
    place: str
    place_en: str | None
    since: str
    until: str | None


class Bindings(Answer):
    """Who is, was and will be bound to one place."""

    bindings: list[BindingShape]


class TokenShape(Answer):
    """A token without its secret; a bound device has no permissions, and only says which phone it is."""

    id: int
    kind: str
    name: str
    permissions: list[str]
    is_bound_device: bool
    expires_at: str
    revoked_at: str | None
    seen_at: str | None


class AccountDetail(Answer):
    """An account with its bindings and tokens."""

    account: AccountShape
    bindings: list[BindingShape]
    tokens: list[TokenShape]


class Linked(Answer):
    """An account and the address of its one-time link."""

    account: AccountShape
    link: str


class Issued(Answer):
    """A token's secret."""

    secret: str


class Me(Answer):
    """Who asks, what they may do, and the token their page sends with every change.

    `device` is the bound device they sit at; who `owes_password` may do nothing before choosing a new one; who
    is not `is_bound` to a city, a unit or a department sees no case and nobody but their own.
    """

    account: AccountShape
    roles: list[RoleName]
    permissions: list[str]
    tokens: list[TokenShape]
    needs_second_factor: bool
    may_bind_device: bool
    device: int | None
    owes_password: bool
    is_bound: bool
    csrf_token: str


class Device(Answer):
    """A phone that is bound now."""

    id: int
    csrf_token: str


class LinkOf(Answer):
    """Whose a one-time link is and what it is for: invite, recover or demo."""

    username: str
    name: str
    purpose: str


class Done(Answer):
    """It is done; `username` is whose account it was."""

    username: str


class Picture(Answer):
    """A QR code as a data URL."""

    image: str


def account(one: Account) -> dict[str, Any]:
    """Return an account."""
    is_locked = one.locked_until is not None and one.locked_until > clock.now()
    return {
        "id": one.id, "username": one.username, "name": one.name, "roles": list(one.roles),
        "responder": one.responder, "is_demo": one.is_demo, "is_active": one.is_active,
        "has_password": one.has_password, "has_second_factor": one.has_second_factor,
        "must_change_password": one.must_change_password,
        "locked_until": one.locked_until.isoformat() if one.locked_until and is_locked else None,
    }  # fmt: skip


def role(name: str) -> dict[str, Any]:
    """Return a role."""
    one = permissions.ROLES[name]
    return {
        "role": name, "name": one.name, "name_en": one.name_en, "is_administrator": one.is_administrator,
        "needs_second_factor": one.needs_second_factor, "permissions": sorted(one.permissions),
    }  # fmt: skip


def detail(one: Account, bindings: Sequence[Bound], tokens: Sequence[Token]) -> dict[str, Any]:
    """Return an account with what belongs to it."""
    return {
        "account": account(one), "bindings": [binding(each) for each in bindings],
        "tokens": [token(each) for each in tokens],
    }  # fmt: skip


def binding(one: Bound) -> dict[str, Any]:
    """Return a binding."""
    return {
        "id": one.id, "account": one.account, "username": one.username, "account_name": one.account_name,
        "city": one.city_code, "unit": one.unit, "department": one.department, "kind": one.kind, "place": one.place,
        "place_en": one.place_en, "since": one.since.isoformat(), "until": _moment(one.until),
    }  # fmt: skip


def token(one: Token) -> dict[str, Any]:
    """Return a token without its secret."""
    return {
        "id": one.id, "kind": one.kind, "name": one.name, "permissions": list(one.permissions),
        "is_bound_device": one.is_bound_device, "expires_at": one.expires_at.isoformat(),
        "revoked_at": _moment(one.revoked_at), "seen_at": _moment(one.seen_at),
    }  # fmt: skip


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def link(secret: str) -> str:
    """Return the address of a one-time link; the secret lies behind #, which no server and no log sees."""
    return f"{request.host_url.rstrip('/')}/link#{secret}"
