"""What people do with tokens: issue one to a device or a system, bind a phone, revoke.

A bound phone is a device without permissions: its secret opens nothing, but whoever logs in on it may put it down
for longer than at a desk.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from geo_app.core import clock, db, facts
from geo_app.core.errors import BadInput, Conflict, NotFound
from geo_app.identity import passwords, permissions, service, store
from geo_app.identity.model import Account, Token

MOST_DEVICES = 3
"""Phones that may be bound to one account at a time."""
DEVICE_LIVES = timedelta(days=90)
"""How long a phone stays bound before its owner binds it again."""


def issue(tx: db.Transaction, new: Token) -> str:
    """Issue a device or system token and return its secret, which is not kept."""
    owner = service.account_by_id(tx, new.account)
    beyond = sorted(set(new.permissions) - permissions.of_roles(owner.roles))
    if beyond:
        raise BadInput("permissions", beyond[0], f"what {owner.username} may do")
    secret = secrets.token_urlsafe(32)
    token_id = store.add_token(tx, new, passwords.digest(secret), clock.now())
    facts.record(tx, "token.issued", owner.id, None, token=token_id, of=new.kind)
    return secret


def of(tx: db.Transaction, owner: Account) -> list[Token]:
    """Return an account's tokens, oldest first."""
    return store.tokens(tx, owner.id)


def revoke(tx: db.Transaction, owner: Account, token_id: int) -> None:
    """Revoke a token at once; NotFound when the account has none of this id."""
    if all(one.id != token_id for one in store.tokens(tx, owner.id)):
        raise NotFound(f"{owner.username} has no token {token_id}")
    if store.revoke_token(tx, owner.id, token_id, clock.now()):
        facts.record(tx, "token.revoked", owner.id, None, token=token_id)


def bind_device(tx: db.Transaction, owner: Account, name: str) -> tuple[int, str]:
    """Bind the phone in the owner's hand to the account; return its id and its secret, which is not kept."""
    if not permissions.may_bind_device(owner.roles):
        raise Conflict("only a grid worker binds a phone, and nobody whose role needs a second factor")
    store.lock_account(tx, owner.id)
    at = clock.now()
    if len([one for one in of(tx, owner) if one.is_bound_device and _lives(one, at)]) >= MOST_DEVICES:
        raise Conflict(f"{MOST_DEVICES} phones are bound already; revoke one first")
    secret = secrets.token_urlsafe(32)
    new = Token(0, owner.id, "device", name, (), at + DEVICE_LIVES, None)
    token_id = store.add_token(tx, new, passwords.digest(secret), at)
    store.see_device(tx, token_id, owner.id, at)
    facts.record(tx, "device.bound", owner.id, None, token=token_id)
    return token_id, secret


def device(tx: db.Transaction, account_id: int, secret: str) -> int | None:
    """Return the id of the bound phone that shows this secret, None unless it is bound to this account."""
    found = store.device(tx, passwords.digest(secret), account_id, clock.now())
    return found if found is not None and see_device(tx, account_id, found) else None


def see_device(tx: db.Transaction, account_id: int, token_id: int) -> bool:
    """Note that a bound phone is used; False when it is bound no more, or the owner's roles forbid it now."""
    if not permissions.may_bind_device(service.account_by_id(tx, account_id).roles):
        return False
    return store.see_device(tx, token_id, account_id, clock.now())


def _lives(token: Token, at: datetime) -> bool:
    return token.revoked_at is None and token.expires_at > at
