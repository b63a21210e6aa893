"""What people do with accounts: invite, enter, grant, bind, lock; and who an actor is."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from geo_app.core import clock, db, facts
from geo_app.core.actor import Actor, Scope
from geo_app.core.errors import BadInput, Conflict, NotFound
from geo_app.identity import passwords, permissions, store
from geo_app.identity.model import Account, Binding, Bound, NewAccount, Purpose
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
BARE_NUMBER = re.compile(r"[0-9._-]{7,}x?")
LINK_LIVES = {
    Purpose.INVITE: timedelta(days=3),
    Purpose.RECOVER: timedelta(hours=1),
    Purpose.DEMO: timedelta(hours=12),
}
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
MOST_ACCOUNTS = 30
"""Different accounts over which an address may fail before it is slowed; an office behind one must not lock."""
FAILURES_WITHIN = timedelta(minutes=15)
SLOWED = timedelta(seconds=10)
"""How long after a failure at a slowed address the next stranger may try there."""
KNOWN_FOR = timedelta(days=90)
"""How long an account is known where it came in: there it is not slowed."""
CAME_IN = "login.succeeded"
_hasher = PasswordHasher(passwords.PASSES, passwords.MEMORY, passwords.LANES)


def accounts(tx: db.Transaction) -> list[Account]:
    """Return every account, by name."""
    return store.accounts(tx)


def account(tx: db.Transaction, username: str) -> Account:
    """Return the account with this name; NotFound names it."""
    found = store.accounts(tx, username=username)
    if not found:
        raise NotFound(f"there is no account {username!r}")
    return found[0]


def account_by_id(tx: db.Transaction, account_id: int) -> Account:
    """Return one account."""
    found = store.accounts(tx, account_id=account_id)
    if not found:
        raise NotFound(f"there is no account {account_id}")
    return found[0]


def invite(tx: db.Transaction, new: NewAccount) -> tuple[Account, str]:
    """Make an account without password and return it with the secret of its one-time link."""
    username = new.username.lower()
    if not USERNAME.fullmatch(username):
        raise BadInput("username", new.username, "2 to 40 of a-z, 0-9, dot, hyphen, underscore")
    if BARE_NUMBER.fullmatch(username):
        raise BadInput(
            "username", new.username, "no number of a phone or an identity card: it stands in every record"
        )
    if not 1 <= len(new.name.strip()) <= 60:
        raise BadInput("name", new.name, "1 to 60 characters")
    permissions.check_together(new.roles)
    at = clock.now()
    made = NewAccount(username, new.name.strip(), new.roles, new.responder, new.is_demo)
    account_id = store.add_account(tx, made, _uniquifier(), at)
    if account_id is None:
        raise Conflict(f"the account {username!r} exists already")
    for role in new.roles:
        store.grant(tx, account_id, role, at)
    facts.record(tx, "account.invited", account_id, None, roles=list(new.roles))
    return account_by_id(tx, account_id), link(tx, account_id, Purpose.INVITE)


def link(tx: db.Transaction, account_id: int, purpose: Purpose) -> str:
    """Make a one-time link and return its secret, which is not kept; only its hash is."""
    secret = secrets.token_urlsafe(32)
    at = clock.now()
    store.add_link(tx, passwords.digest(secret), account_id, purpose, at + LINK_LIVES[purpose])
    facts.record(tx, "account.link_made", account_id, None, purpose=purpose)
    return secret


def look_at_link(tx: db.Transaction, secret: str) -> tuple[Account, Purpose]:
    """Return whose a one-time link is, without using it up; NotFound when it is not good any more."""
    with tx.beyond_scope():  # the secret is the key
        found = store.look_at_link(tx, passwords.digest(secret), clock.now())
        if found is None:
            raise NotFound("this link has been used, has expired or was never made; ask for a new one")
        return account_by_id(tx, found[0]), found[1]


def enter_by_link(tx: db.Transaction, secret: str, password: str | None) -> Account:
    """Use a one-time link up: set the password it is for, or enter a demo account, which has none."""
    with tx.beyond_scope():
        found = store.take_link(tx, passwords.digest(secret), clock.now())
        if found is None:
            raise NotFound("this link has been used, has expired or was never made; ask for a new one")
        owner = account_by_id(tx, found[0])
        if found[1] is not Purpose.DEMO:
            set_password(tx, owner, password or "")
        facts.record(tx, "account.entered", owner.id, None, by=f"link.{found[1]}")
        return account_by_id(tx, owner.id)


def set_password(tx: db.Transaction, owner: Account, password: str) -> None:
    """Write a new password; every session of the account and every lock ends.

    BadInput names the rule it breaks: the preset's, or that it was used before.
    """
    passwords.check(password, owner.username)
    store.lock_account(tx, owner.id)
    known = store.password_of(tx, owner.id)
    former = passwords.remembered(known["former_passwords"], known["password"])
    if any(_verifies(earlier, password) for earlier in former):
        raise BadInput("password", "…", "none of the last five")
    store.set_password(tx, owner.id, _hasher.hash(password), former, _uniquifier(), clock.now())
    facts.record(tx, "account.password_set", owner.id, None)


def knows(tx: db.Transaction, owner: Account, password: str) -> bool:
    """Return whether this is the account's password."""
    known = store.password_of(tx, owner.id)["password"]
    return known is not None and _verifies(known, password)


def grant(tx: db.Transaction, owner: Account, role: str) -> None:
    """Grant a role (三员分立: an administrator's stands alone); nobody changes their own."""
    _not_own(tx, owner)
    store.lock_account(tx, owner.id)
    held = account_by_id(tx, owner.id).roles
    permissions.check_together({*held, role})
    if store.grant(tx, owner.id, role, clock.now()):
        facts.record(tx, "role.granted", owner.id, None, role=role)


def revoke(tx: db.Transaction, owner: Account, role: str) -> None:
    """Take a role away; sessions go on with what is left. Nobody changes their own."""
    _not_own(tx, owner)
    if store.revoke(tx, owner.id, role):
        facts.record(tx, "role.revoked", owner.id, None, role=role)


def bind(tx: db.Transaction, new: Binding) -> int:
    """Bind an account to a city, or a unit or department of it, from now at the earliest; return the binding's id."""
    since = max(new.since, clock.now())
    if new.until is not None and new.until <= since:
        raise BadInput("until", new.until.isoformat(), "later than since, and than now")
    organisation.check_place(tx, new.city, new.unit, new.department)
    binding_id = store.bind(tx, replace(new, since=since))
    facts.record(
        tx, "account.bound", new.account, None, city=new.city, unit=new.unit, department=new.department
    )
    return binding_id


def unbind(tx: db.Transaction, owner: Account, binding_id: int) -> None:
    """End a binding of an account now."""
    if all(one.id != binding_id for one in store.bound(tx, owner.id)):
        raise NotFound(f"{owner.username} has no binding {binding_id}")
    if store.unbind(tx, binding_id, clock.now()):
        facts.record(tx, "account.unbound", owner.id, None, binding=binding_id)


def bindings(tx: db.Transaction, owner: Account) -> list[Bound]:
    """Return what an account is, was and will be bound to."""
    return store.bound(tx, owner.id)


def bound_to(tx: db.Transaction, city: City, unit: int | None, department: int | None) -> list[Bound]:
    """Return who is, was and will be bound to a unit, a department or, without either, to the whole city itself."""
    organisation.check_place(tx, city.id, unit, department)
    return store.bound_to(tx, city.id, unit, department)


def set_active(tx: db.Transaction, owner: Account, *, active: bool) -> None:
    """Open or end an account; its sessions end."""
    store.set_active(tx, owner.id, active, _uniquifier())
    facts.record(tx, "account.opened" if active else "account.ended", owner.id, None)


def unlock(tx: db.Transaction, owner: Account) -> None:
    """End the lock of an account before its time; the failures that led to it are forgotten."""
    store.forget_failures(tx, owner.id)
    facts.record(tx, "account.unlocked", owner.id, None)


def demand_password(tx: db.Transaction, owner: Account) -> None:
    """Let the owner do nothing before choosing a new password; Conflict when there is none yet."""
    if not store.demand_password(tx, owner.id):
        raise Conflict(f"{owner.username} has no password yet")
    facts.record(tx, "account.password_demanded", owner.id, None)


def end_sessions(tx: db.Transaction, account_id: int) -> None:
    """End every session of an account."""
    store.end_sessions(tx, account_id, _uniquifier())
    facts.record(tx, "account.sessions_ended", account_id, None)


def reset_second_factor(tx: db.Transaction, owner: Account) -> None:
    """Forget a lost second factor; the next login asks for a new one. Nobody resets their own."""
    _not_own(tx, owner)
    store.reset_second_factor(tx, owner.id)
    facts.record(tx, "account.second_factor_reset", owner.id, None)


def is_locked(tx: db.Transaction, username: str) -> bool:
    """Return whether logins to this name are refused for now."""
    found = store.accounts(tx, username=username)
    return bool(found and found[0].locked_until and found[0].locked_until > clock.now())


def failed(tx: db.Transaction, username: str, address: str) -> None:
    """Count a failed login against its address and the account: the fifth locks it for 15 minutes, no longer."""
    at = clock.now()
    with tx.beyond_scope():
        store.add_login_failure(tx, address, tx.safe.digest(username.lower().encode()), at)
        account_id = store.count_failure(tx, username, MOST_FAILURES, at, at + LOCKED_FOR)
    facts.record(tx, "login.failed", account_id, None)


def succeeded(tx: db.Transaction, account_id: int, address: str) -> None:
    """Forget failures once the right owner is in, and know the account at this address from now on."""
    store.forget_failures(tx, account_id)
    facts.record(tx, CAME_IN, account_id, None, network=address)


def is_slowed(tx: db.Transaction, address: str) -> bool:
    """Return whether an address has failed over so many accounts that strangers there come one by one."""
    return store.accounts_tried(tx, address, clock.now() - FAILURES_WITHIN) >= MOST_ACCOUNTS


def may_try(tx: db.Transaction, username: str, address: str) -> bool:
    """Return whether this name may try at a slowed address: one that came in there before, or it is its turn."""
    at = clock.now()
    if store.accounts_tried(tx, address, at - SLOWED) == 0:
        return True
    found = store.accounts(tx, username=username)
    return bool(found) and facts.has(tx, CAME_IN, found[0].id, at - KNOWN_FOR, network=address)


def take_code(tx: db.Transaction, account_id: int, counter: int) -> bool:
    """Return whether a one-time code may be used: once, and none before one that was used."""
    return store.set_totp_counter(tx, account_id, counter)


def actor_by_session(tx: db.Transaction, uniquifier: str, address: str | None) -> Actor | None:
    """Return who acts in the session with this key; None when it has ended."""
    found = store.who_by_session(tx, uniquifier, clock.now())
    if found is None:
        return None
    scope = Scope(False, tuple(found["cities"]), tuple(found["units"]), tuple(found["departments"]))
    allowed = permissions.of_roles(found["roles"])
    owes = found["has_password"] and (
        found["must_change_password"] or passwords.is_old(found["password_at"], clock.now())
    )
    return Actor(found["username"], allowed, scope, found["id"], found["responder"], address, owes)


def actor_by_token(tx: db.Transaction, secret: str, address: str | None) -> Actor | None:
    """Return who acts with this token, as far as the token reaches; None when it does not live."""
    found = store.who_by_token(tx, passwords.digest(secret), clock.now())
    if found is None:
        return None
    owner = actor_by_session(tx, found["fs_uniquifier"], address)
    if owner is None:
        return None
    allowed = (owner.permissions or frozenset()) & frozenset(found["permissions"])
    return replace(owner, permissions=allowed, owes_password=False, until=found["expires_at"])


def _not_own(tx: db.Transaction, owner: Account) -> None:
    if tx.actor.account == owner.id:
        raise Conflict("nobody changes their own roles or second factor; ask another security administrator")


def _uniquifier() -> str:
    return secrets.token_hex(32)


def _verifies(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except VerificationError:
        return False


def forget_failures(tx: db.Transaction, before: datetime, *, is_dry: bool) -> int:
    """Forget failed logins older than `before`, or only count them, and return how many."""
    return (store.count_login_failures if is_dry else store.forget_login_failures)(tx, before)
