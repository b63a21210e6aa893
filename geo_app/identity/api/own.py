"""One's own account: who am I, a new password, ending sessions and tokens; and one-time links, open to everyone."""

from __future__ import annotations

import segno
from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from geo_app.core import db, describe, door, hosts, web
from geo_app.core.errors import BadInput, Conflict, NotFound, NotLoggedIn
from geo_app.identity import permissions, service, tokens
from geo_app.identity.api import answers, devices, login, users
from geo_app.identity.model import Account, Purpose

routes = APIBlueprint("own", __name__, tag="Own account")
SECRET = Field(min_length=1, max_length=200)


class Body(BaseModel):
    """A body that means exactly what it says."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Secret(Body):
    """The secret of a one-time link."""

    secret: str = SECRET


class Used(Secret):
    """The secret of a one-time link and the password chosen with it; none for a demo account."""

    password: str | None = Field(None, max_length=users.LONGEST)


class Passwords(Body):
    """The password so far and the one from now on."""

    current: str = Field(max_length=users.LONGEST)
    new: str = Field(max_length=users.LONGEST)


class NewDevice(Body):
    """How its owner calls a phone."""

    name: str = Field(
        min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
    )


class Uri(Body):
    """What an app for one-time codes reads (otpauth)."""

    uri: str = Field(pattern="^otpauth://totp/", max_length=400)


@routes.get("/api/me")
@routes.doc(**describe.door(answers.Me))
@door.permit("own.account", before_password=True)
def me() -> ResponseReturnValue:
    """Show who asks."""
    with web.transaction() as tx:
        owner = _owner(tx)
        held = tokens.of(tx, owner)
    return web.ok({
        "account": answers.account(owner),
        "roles": [answers.role(name) for name in owner.roles],
        "permissions": sorted(permissions.of_roles(owner.roles)),
        "tokens": [answers.token(one) for one in held],
        "needs_second_factor": permissions.needs_second_factor(owner.roles),
        "may_bind_device": permissions.may_bind_device(owner.roles) and devices.is_by_cookie(),
        "device": devices.current(),
        "owes_password": door.actor().owes_password,
        "is_bound": door.actor().scope.is_somewhere,
        "csrf_token": login.csrf_token(),
    })  # fmt: skip


@routes.post("/api/me/password")
@routes.input(Passwords)
@routes.doc(**describe.door(answers.Done))
@door.permit("own.account", before_password=True)
def change_password(json_data: Passwords) -> ResponseReturnValue:
    """Choose a new password; every session ends, this one too."""
    with web.transaction() as tx:
        owner = _owner(tx)
        is_right = not service.is_locked(tx, owner.username) and service.knows(tx, owner, json_data.current)
        if is_right:
            service.set_password(tx, owner, json_data.new)
        else:
            service.failed(tx, owner.username, users.address())
    if not is_right:
        raise BadInput("current", "…", "the password of this account")
    return web.ok({"username": owner.username})


@routes.post("/api/me/sessions/end")
@routes.doc(**describe.door(answers.Done))
@door.permit("own.account", before_password=True)
def end_sessions() -> ResponseReturnValue:
    """End every session, this one too."""
    with web.transaction() as tx:
        owner = _owner(tx)
        service.end_sessions(tx, owner.id)
    return web.ok({"username": owner.username})


@routes.post("/api/me/tokens/<int:token_id>/revoke")
@routes.doc(**describe.door(answers.Done))
@door.permit("own.account")
def revoke(token_id: int) -> ResponseReturnValue:
    """Revoke one of one's own tokens."""
    with web.transaction() as tx:
        owner = _owner(tx)
        tokens.revoke(tx, owner, token_id)
    devices.forget(token_id)
    return web.ok({"username": owner.username})


@routes.post("/api/me/devices")
@routes.input(NewDevice)
@routes.doc(**describe.door(answers.Device, status=201))
@door.permit("own.account")
def bind_device(json_data: NewDevice) -> ResponseReturnValue:
    """Bind the phone this comes from: there a session ends after 8 hours without input, not after 15 minutes."""
    if not devices.is_by_cookie():
        raise Conflict("a phone is bound from its own browser, logged in")
    with web.transaction() as tx:
        owner = _owner(tx)
        token_id, secret = tokens.bind_device(tx, owner, json_data.name)
    answer = web.ok({"id": token_id, "csrf_token": login.csrf_token()}, 201)
    return devices.keep(answer, owner.id, token_id, secret)


@routes.post("/api/link")
@routes.input(Secret)
@routes.doc(**describe.door(answers.LinkOf))
@door.permit(door.PUBLIC)
def look(json_data: Secret) -> ResponseReturnValue:
    """Show whose a one-time link is, without using it up."""
    with web.database().transaction(users.doorkeeper()) as tx:
        owner, purpose = service.look_at_link(tx, json_data.secret)
    return web.ok({"username": owner.username, "name": owner.name, "purpose": purpose})


@routes.post("/api/link/use")
@routes.input(Used)
@routes.doc(**describe.door(answers.Done))
@door.permit(door.PUBLIC)
def use(json_data: Used) -> ResponseReturnValue:
    """Use a one-time link up: choose a password, or enter a demo account on this very machine."""
    with web.database().transaction(users.doorkeeper()) as tx:
        _, purpose = service.look_at_link(tx, json_data.secret)
        if purpose is Purpose.DEMO and not hosts.is_loopback(request.remote_addr or ""):
            raise NotFound("this link works on the machine of the service only")
        owner = service.enter_by_link(tx, json_data.secret, json_data.password)
    if purpose is Purpose.DEMO:
        login.enter(owner.id)
    return web.ok({"username": owner.username})


@routes.post("/api/second-factor/picture")
@routes.input(Uri)
@routes.doc(**describe.door(answers.Picture))
@door.permit(door.PUBLIC)
def picture(json_data: Uri) -> ResponseReturnValue:
    """Draw what an app for one-time codes reads as a QR code."""
    drawn = segno.make(json_data.uri, error="m", micro=False)
    return web.ok({"image": drawn.png_data_uri(scale=6, border=4)})


def _owner(tx: db.Transaction) -> Account:
    """Return the account that asks."""
    account_id = door.actor().account
    if account_id is None:
        raise NotLoggedIn
    return service.account_by_id(tx, account_id)
