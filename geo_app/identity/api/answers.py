"""What the doors of accounts answer; never a password, a hash or a code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request

from geo_app.core import clock
from geo_app.core.answers import Answer
from geo_app.identity import permissions
from geo_app.identity.model import Account, Binding, Token


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
    locked_until: str | None


class Accounts(Answer):
    """Every account, by name."""

    accounts: list[AccountShape]


class BindingShape(Answer):
    """What an account's rows lie in, with its dates."""

    id: int
    city: int
    unit: int | None
    department: int | None
    since: str
    until: str | None


class TokenShape(Answer):
    """A token without its secret."""

    id: int
    kind: str
    name: str
    permissions: list[str]
    expires_at: str
    revoked_at: str | None


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
    """Who asks, what they may do, and the token their page sends with every change."""

    account: AccountShape
    roles: list[RoleName]
    permissions: list[str]
    tokens: list[TokenShape]
    needs_second_factor: bool
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
        "locked_until": one.locked_until.isoformat() if one.locked_until and is_locked else None,
    }  # fmt: skip


def role(name: str) -> dict[str, Any]:
    """Return a role."""
    one = permissions.ROLES[name]
    return {
        "role": name, "name": one.name, "name_en": one.name_en, "is_administrator": one.is_administrator,
        "needs_second_factor": one.needs_second_factor, "permissions": sorted(one.permissions),
    }  # fmt: skip


def detail(one: Account, bindings: Sequence[Binding], tokens: Sequence[Token]) -> dict[str, Any]:
    """Return an account with what belongs to it."""
    bound = [
        {"id": b.id, "city": b.city, "unit": b.unit, "department": b.department, "since": b.since.isoformat(),
         "until": None if b.until is None else b.until.isoformat()}
        for b in bindings
    ]  # fmt: skip
    return {"account": account(one), "bindings": bound, "tokens": [token(each) for each in tokens]}


def token(one: Token) -> dict[str, Any]:
    """Return a token without its secret."""
    return {
        "id": one.id, "kind": one.kind, "name": one.name, "permissions": list(one.permissions),
        "expires_at": one.expires_at.isoformat(),
        "revoked_at": None if one.revoked_at is None else one.revoked_at.isoformat(),
    }  # fmt: skip


def link(secret: str) -> str:
    """Return the address of a one-time link; the secret lies behind #, which no server and no log sees."""
    return f"{request.host_url.rstrip('/')}/link#{secret}"
