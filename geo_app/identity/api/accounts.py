"""What the administrators do with accounts: invite, recover, end, grant, bind, issue tokens.

Answers that hold a secret are not kept for their Idempotency-Key: a secret is shown once and lies nowhere.
"""

from __future__ import annotations

from datetime import timedelta

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from geo_app.core import clock, db, describe, door, web
from geo_app.core.errors import Forbidden
from geo_app.identity import permissions, service, tokens
from geo_app.identity.api import answers
from geo_app.identity.model import Account, Binding, NewAccount, Purpose, Token
from geo_app.organisation import service as organisation

routes = APIBlueprint("accounts", __name__, tag="Accounts")
MOST_DAYS = 365
UNIT = describe.whole("unit", "Id of a district, street or community; 0 for none.", 0, 0, 999_999_999)
DEPARTMENT = describe.whole("department", "Id of a department; 0 for none.", 0, 0, 999_999_999)


class Body(BaseModel):
    """A body that means exactly what it says."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Invitation(Body):
    """A new account; roles are given with it only by who may grant them."""

    username: str = Field(max_length=60)
    name: str = Field(max_length=100)
    roles: list[str] = Field(default_factory=list, max_length=10)
    responder: int | None = Field(None, gt=0, lt=2**62)


class Active(Body):
    """Whether an account is open."""

    active: bool


class Granted(Body):
    """A role, and whether the account holds it from now on."""

    role: str = Field(max_length=40)
    granted: bool


class NewBinding(Body):
    """What an account's rows lie in: a city, or one unit or department of it, from `since` (else now) to `until`.

    Both are RFC 3339; `until` is excluded.
    """

    city: str | None = Field(None, max_length=40)
    unit: int | None = Field(None, gt=0, lt=2**62)
    department: int | None = Field(None, gt=0, lt=2**62)
    since: str | None = Field(None, max_length=40)
    until: str | None = Field(None, max_length=40)


class NewToken(Body):
    """A token for a device or a system; it never reaches further than its account."""

    kind: str = Field(pattern="^(device|system)$")
    name: str = Field(min_length=1, max_length=60)
    permissions: list[str] = Field(min_length=1, max_length=50)
    days: int = Field(ge=1, le=MOST_DAYS)


@routes.get("/api/accounts")
@routes.doc(**describe.door(answers.Accounts))
@door.permit("account.read")
def accounts() -> ResponseReturnValue:
    """List the accounts, by name."""
    with web.transaction() as tx:
        return web.ok({"accounts": [answers.account(one) for one in service.accounts(tx)]})


@routes.get("/api/roles")
@routes.doc(**describe.door(answers.Roles))
@door.permit("account.read")
def roles() -> ResponseReturnValue:
    """List the roles with what each may do."""
    return web.ok({"roles": [answers.role(name) for name in permissions.ROLES]})


@routes.get("/api/organisation/bound")
@routes.doc(**describe.door(answers.Bindings, describe.CITY, UNIT, DEPARTMENT))
@door.permit("account.read")
def bound() -> ResponseReturnValue:
    """List who is, was and will be bound to a unit or a department, or without either to the whole city itself."""
    unit, department = web.whole("unit", 0, 0, 999_999_999), web.whole("department", 0, 0, 999_999_999)
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.bound_to(tx, city, unit or None, department or None)
    return web.ok({"bindings": [answers.binding(one) for one in found]})


@routes.get("/api/accounts/<int:account_id>")
@routes.doc(**describe.door(answers.AccountDetail))
@door.permit("account.read")
def account(account_id: int) -> ResponseReturnValue:
    """Show an account with its bindings and tokens."""
    with web.transaction() as tx:
        return _detail(tx, service.account_by_id(tx, account_id))


@routes.post("/api/accounts")
@routes.input(Invitation)
@routes.doc(**describe.door(answers.Linked, status=201))
@door.permit("account.manage")
def invite(json_data: Invitation) -> ResponseReturnValue:
    """Make an account and its one-time link, which is shown once."""
    if json_data.roles and not door.actor().may("role.grant"):
        raise Forbidden("role.grant")
    new = NewAccount(json_data.username, json_data.name, tuple(json_data.roles), json_data.responder)
    with web.transaction() as tx:
        made, secret = service.invite(tx, new)
    return web.ok({"account": answers.account(made), "link": answers.link(secret)}, 201)


@routes.post("/api/accounts/<int:account_id>/recover")
@routes.doc(**describe.door(answers.Linked))
@door.permit("account.manage")
def recover(account_id: int) -> ResponseReturnValue:
    """Make a one-time link with which its owner chooses a new password; it ends a lock."""
    with web.transaction() as tx:
        owner = service.account_by_id(tx, account_id)
        secret = service.link(tx, owner.id, Purpose.RECOVER if owner.has_password else Purpose.INVITE)
    return web.ok({"account": answers.account(owner), "link": answers.link(secret)})


@routes.post("/api/accounts/<int:account_id>/active")
@routes.input(Active)
@routes.doc(**describe.door(answers.AccountDetail))
@door.permit("account.manage")
def set_active(account_id: int, json_data: Active) -> ResponseReturnValue:
    """Open or end an account; its sessions end."""
    with web.transaction() as tx:
        owner = service.account_by_id(tx, account_id)
        service.set_active(tx, owner, active=json_data.active)
        return _detail(tx, service.account_by_id(tx, account_id))


@routes.post("/api/accounts/<int:account_id>/unlock")
@routes.doc(**describe.door(answers.AccountDetail))
@door.permit("account.manage")
def unlock(account_id: int) -> ResponseReturnValue:
    """End the lock of an account before its time."""
    with web.transaction() as tx:
        service.unlock(tx, service.account_by_id(tx, account_id))
        return _detail(tx, service.account_by_id(tx, account_id))


@routes.post("/api/accounts/<int:account_id>/password/demand")
@routes.doc(**describe.door(answers.AccountDetail))
@door.permit("account.manage")
def demand_password(account_id: int) -> ResponseReturnValue:
    """Let the owner do nothing before choosing a new password."""
    with web.transaction() as tx:
        service.demand_password(tx, service.account_by_id(tx, account_id))
        return _detail(tx, service.account_by_id(tx, account_id))


@routes.post("/api/accounts/<int:account_id>/sessions/end")
@routes.doc(**describe.door(answers.AccountDetail))
@door.permit("account.manage")
def end_sessions(account_id: int) -> ResponseReturnValue:
    """End every session of an account."""
    with web.transaction() as tx:
        owner = service.account_by_id(tx, account_id)
        service.end_sessions(tx, owner.id)
        return _detail(tx, owner)


@routes.post("/api/accounts/<int:account_id>/second-factor/reset")
@routes.doc(**describe.door(answers.AccountDetail))
@door.permit("role.grant")
def reset_second_factor(account_id: int) -> ResponseReturnValue:
    """Forget a lost second factor; who makes links to new passwords may not, so nobody takes an account over alone."""
    with web.transaction() as tx:
        service.reset_second_factor(tx, service.account_by_id(tx, account_id))
        return _detail(tx, service.account_by_id(tx, account_id))


@routes.post("/api/accounts/<int:account_id>/roles")
@routes.input(Granted)
@routes.doc(**describe.door(answers.AccountDetail))
@door.permit("role.grant")
def set_role(account_id: int, json_data: Granted) -> ResponseReturnValue:
    """Grant a role or take it away."""
    with web.transaction() as tx:
        owner = service.account_by_id(tx, account_id)
        (service.grant if json_data.granted else service.revoke)(tx, owner, json_data.role)
        return _detail(tx, service.account_by_id(tx, account_id))


@routes.post("/api/accounts/<int:account_id>/bindings")
@routes.input(NewBinding)
@routes.doc(**describe.door(answers.AccountDetail))
@door.permit("role.grant")
def bind(account_id: int, json_data: NewBinding) -> ResponseReturnValue:
    """Bind an account to a city, a unit or a department, with dates."""
    since = clock.now() if json_data.since is None else clock.moment(json_data.since, "since")
    until = None if json_data.until is None else clock.moment(json_data.until, "until")
    with web.transaction() as tx:
        owner = service.account_by_id(tx, account_id)
        city = organisation.city(tx, json_data.city)
        new = Binding(0, owner.id, city.id, json_data.unit, json_data.department, since, until)
        service.bind(tx, new)
        return _detail(tx, owner)


@routes.post("/api/accounts/<int:account_id>/bindings/<int:binding_id>/end")
@routes.doc(**describe.door(answers.AccountDetail))
@door.permit("role.grant")
def unbind(account_id: int, binding_id: int) -> ResponseReturnValue:
    """End a binding now."""
    with web.transaction() as tx:
        owner = service.account_by_id(tx, account_id)
        service.unbind(tx, owner, binding_id)
        return _detail(tx, owner)


@routes.post("/api/accounts/<int:account_id>/tokens")
@routes.input(NewToken)
@routes.doc(**describe.door(answers.Issued, status=201))
@door.permit("token.manage")
def issue(account_id: int, json_data: NewToken) -> ResponseReturnValue:
    """Issue a token, which is shown once."""
    until = clock.now() + timedelta(days=json_data.days)
    new = Token(0, account_id, json_data.kind, json_data.name, tuple(json_data.permissions), until, None)
    with web.transaction() as tx:
        return web.ok({"secret": tokens.issue(tx, new)}, 201)


@routes.post("/api/accounts/<int:account_id>/tokens/<int:token_id>/revoke")
@routes.doc(**describe.door(answers.AccountDetail))
@door.permit("token.manage")
def revoke(account_id: int, token_id: int) -> ResponseReturnValue:
    """Revoke a token at once."""
    with web.transaction() as tx:
        owner = service.account_by_id(tx, account_id)
        tokens.revoke(tx, owner, token_id)
        return _detail(tx, owner)


def _detail(tx: db.Transaction, owner: Account) -> ResponseReturnValue:
    return web.ok(answers.detail(owner, service.bindings(tx, owner), tokens.of(tx, owner)))
