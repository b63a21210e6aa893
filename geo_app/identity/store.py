"""Accounts, roles, bindings, links and tokens in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from geo_app.core import db
from geo_app.identity.model import Account, Binding, Bound, NewAccount, Purpose, Token

SQL = db.statements(__file__)


def add_account(tx: db.Transaction, new: NewAccount, uniquifier: str, at: datetime) -> int | None:
    """Store an account without password and return its id; None when its name is taken."""
    found: int | None = tx.value(
        SQL.add_account, username=new.username, name=new.name, responder=new.responder, is_demo=new.is_demo,
        uniquifier=uniquifier, at=at,
    )  # fmt: skip
    return found


def accounts(
    tx: db.Transaction, *, account_id: int | None = None, username: str | None = None
) -> list[Account]:
    """Return all accounts, or the one with this id or name, by name."""
    return tx.all(SQL.accounts, Account.read, account_id=account_id, username=username)


def lock_account(tx: db.Transaction, account_id: int) -> None:
    """Lock an account's row for this transaction."""
    tx.run(SQL.lock_account, account_id=account_id)


def grant(tx: db.Transaction, account_id: int, role: str, at: datetime) -> int:
    """Write a role; return 0 when it is there already."""
    return tx.run(SQL.grant_role, account_id=account_id, role=role, by=tx.actor.name, at=at)


def revoke(tx: db.Transaction, account_id: int, role: str) -> int:
    """Take a role away; return 0 when it was not there."""
    return tx.run(SQL.revoke_role, account_id=account_id, role=role)


def bind(tx: db.Transaction, new: Binding) -> int:
    """Store a binding and return its id; the id it carries is ignored."""
    binding_id: int = tx.value(
        SQL.bind, account_id=new.account, city_id=new.city, unit_id=new.unit, department_id=new.department,
        since=new.since, until=new.until,
    )  # fmt: skip
    return binding_id


def unbind(tx: db.Transaction, binding_id: int, at: datetime) -> int:
    """End a binding; return 0 when it had ended."""
    return tx.run(SQL.unbind, binding_id=binding_id, at=at)


def bound(tx: db.Transaction, account_id: int) -> list[Bound]:
    """Return the bindings of an account with their names, those that ended last."""
    return tx.all(
        SQL.bound, Bound.read, account_id=account_id, city_id=None, of_place=False, unit_id=None,
        department_id=None,
    )  # fmt: skip


def bound_to(tx: db.Transaction, city_id: int, unit_id: int | None, department_id: int | None) -> list[Bound]:
    """Return who is, was and will be bound to a unit, a department or, without either, to the whole city itself."""
    return tx.all(
        SQL.bound, Bound.read, account_id=None, city_id=city_id, of_place=True, unit_id=unit_id,
        department_id=department_id,
    )  # fmt: skip


def who_by_session(tx: db.Transaction, uniquifier: str, at: datetime) -> Mapping[str, Any] | None:
    """Return what makes an actor of the account with this session key, None when there is none."""
    return tx.first(SQL.who_by_session, dict, uniquifier=uniquifier, at=at)


def who_by_token(tx: db.Transaction, token_hash: str, at: datetime) -> Mapping[str, Any] | None:
    """Return the session key of a token's account and what the token may do; None when it does not live."""
    return tx.first(SQL.who_by_token, dict, token_hash=token_hash, at=at)


def add_link(
    tx: db.Transaction, token_hash: str, account_id: int, purpose: Purpose, expires_at: datetime
) -> None:
    """Store a one-time link by its hash."""
    tx.run(SQL.add_link, token_hash=token_hash, account_id=account_id, purpose=purpose, expires_at=expires_at)


def take_link(tx: db.Transaction, token_hash: str, at: datetime) -> tuple[int, Purpose] | None:
    """Use a one-time link up and return whose it is and what for; None when it is not good."""
    return tx.first(SQL.take_link, _link, token_hash=token_hash, at=at)


def look_at_link(tx: db.Transaction, token_hash: str, at: datetime) -> tuple[int, Purpose] | None:
    """Return whose a one-time link is and what for, without using it up."""
    return tx.first(SQL.look_at_link, _link, token_hash=token_hash, at=at)


def password_of(tx: db.Transaction, account_id: int) -> Mapping[str, Any]:
    """Return an account's password hash, the hashes before it, and since when it stands."""
    return tx.one(SQL.password_of, dict, account_id=account_id)


def set_password(
    tx: db.Transaction, account_id: int, password: str, former: Sequence[str], uniquifier: str, at: datetime
) -> None:
    """Write a password's hash, with a new session key and no lock."""
    tx.run(
        SQL.set_password, account_id=account_id, password=password, former=list(former), uniquifier=uniquifier,
        must_change=False, at=at,
    )  # fmt: skip


def demand_password(tx: db.Transaction, account_id: int) -> int:
    """Demand a new password of an account; return 0 when it has none."""
    return tx.run(SQL.demand_password, account_id=account_id)


def end_sessions(tx: db.Transaction, account_id: int, uniquifier: str) -> None:
    """Give an account a new session key: every session it has ends."""
    tx.run(SQL.end_sessions, account_id=account_id, uniquifier=uniquifier)


def set_active(tx: db.Transaction, account_id: int, active: bool, uniquifier: str) -> None:
    """Open or end an account; its sessions end."""
    tx.run(SQL.set_active, account_id=account_id, active=active, uniquifier=uniquifier)


def count_failure(tx: db.Transaction, username: str, most: int, at: datetime, until: datetime) -> int | None:
    """Count a failed login, none while it is locked; the one that makes `most` locks it. Return its id, if any."""
    found = tx.first(SQL.count_failure, dict, username=username, most=most, at=at, until=until)
    return None if found is None else int(found["id"])


def forget_failures(tx: db.Transaction, account_id: int) -> None:
    """Count from zero again."""
    tx.run(SQL.forget_failures, account_id=account_id)


def add_login_failure(tx: db.Transaction, address: str, username_hash: str, at: datetime) -> None:
    """Remember that an address failed to log in."""
    tx.run(SQL.add_login_failure, address=address, username_hash=username_hash, at=at)


def accounts_tried(tx: db.Transaction, address: str, since: datetime) -> int:
    """Return over how many different accounts an address has failed since then."""
    count: int = tx.value(SQL.accounts_tried, address=address, since=since)
    return count


def count_login_failures(tx: db.Transaction, before: datetime) -> int:
    """Return how many failures are older than `before`."""
    count: int = tx.value(SQL.count_login_failures, before=before)
    return count


def forget_login_failures(tx: db.Transaction, before: datetime) -> int:
    """Forget failures older than `before` and return how many."""
    return tx.run(SQL.forget_login_failures, before=before)


def set_totp_counter(tx: db.Transaction, account_id: int, counter: int) -> bool:
    """Remember the counter of an accepted code; False when this code or a later one was accepted before."""
    return tx.run(SQL.set_totp_counter, account_id=account_id, counter=counter) == 1


def reset_second_factor(tx: db.Transaction, account_id: int) -> None:
    """Forget an account's second factor; its roles ask for a new one at the next login."""
    tx.run(SQL.reset_second_factor, account_id=account_id)


def add_token(tx: db.Transaction, new: Token, token_hash: str, at: datetime) -> int:
    """Store a token by its hash and return its id; the id it carries is ignored."""
    token_id: int = tx.value(
        SQL.add_token, account_id=new.account, kind=new.kind, name=new.name, token_hash=token_hash,
        permissions=list(new.permissions), at=at, expires_at=new.expires_at,
    )  # fmt: skip
    return token_id


def tokens(tx: db.Transaction, account_id: int) -> list[Token]:
    """Return an account's tokens, oldest first."""
    return tx.all(SQL.tokens, Token.read, account_id=account_id)


def revoke_token(tx: db.Transaction, account_id: int, token_id: int, at: datetime) -> int:
    """Revoke a token; return 0 when it was revoked before."""
    return tx.run(SQL.revoke_token, token_id=token_id, account_id=account_id, at=at)


def device(tx: db.Transaction, token_hash: str, account_id: int, at: datetime) -> int | None:
    """Return the id of a bound device by its secret, None unless it is bound to this account now."""
    found: int | None = tx.value(SQL.device, token_hash=token_hash, account_id=account_id, at=at)
    return found


def see_device(tx: db.Transaction, token_id: int, account_id: int, at: datetime) -> bool:
    """Note that a bound device is used; False when it is not bound any more."""
    return tx.run(SQL.see_device, token_id=token_id, account_id=account_id, at=at) == 1


def _link(row: db.Row) -> tuple[int, Purpose]:
    return row["account_id"], Purpose(row["purpose"])
