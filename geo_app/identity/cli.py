"""`geo accounts …`, `geo roles …`, `geo tokens …`: who can log in, and what they may do."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from geo_app.core import clock
from geo_app.core.command import Session, echo, json_option, permit, session, tell
from geo_app.core.errors import BadInput
from geo_app.identity import permissions, service
from geo_app.identity import tokens as token_service
from geo_app.identity.model import Account, Binding, NewAccount, Purpose, Token
from geo_app.organisation import service as organisation

role_option = click.option(
    "--role", "roles", multiple=True, help="A role, as `geo roles list` names it; repeatable."
)

ON_THIS_MACHINE = (
    "this link opens on this machine only; for others set GEO_PUBLIC_NAMES to the name they reach the service by"
    " (scripts/serve does with --name), then make a new one"
)


@click.group()
def accounts() -> None:
    """Accounts (账号): who can log in."""


@accounts.command("invite")
@click.argument("username")
@click.option("--name", required=True, help="How people call the owner.")
@click.option("--responder", type=click.IntRange(1), help="Id of the responder the account belongs to.")
@role_option
@json_option
@session
@permit("account.manage")
def invite(
    here: Session, username: str, name: str, responder: int | None, roles: tuple[str, ...], as_json: bool
) -> None:
    """Make the account USERNAME and print its one-time link, which is kept nowhere."""
    with here.transaction() as tx:
        made, secret = service.invite(tx, NewAccount(username, name, roles, responder))
    tell({**_row(made), **_linked(here, secret)}, as_json)


@accounts.command("list")
@json_option
@session
@permit("account.read")
def list_accounts(here: Session, as_json: bool) -> None:
    """List the accounts, by name."""
    with here.transaction() as tx:
        echo([_row(one) for one in service.accounts(tx)], as_json)


@accounts.command("recover")
@click.argument("username")
@click.option("--second-factor", is_flag=True, help="Also forget a lost second factor.")
@json_option
@session
@permit("account.manage")
def recover(here: Session, username: str, second_factor: bool, as_json: bool) -> None:
    """Print a one-time link with which the owner of USERNAME chooses a new password; it ends a lock."""
    with here.transaction() as tx:
        owner = service.account(tx, username)
        if second_factor:
            service.reset_second_factor(tx, owner)
        secret = service.link(tx, owner.id, Purpose.RECOVER if owner.has_password else Purpose.INVITE)
    tell({"username": owner.username, **_linked(here, secret)}, as_json)


@accounts.command("end")
@click.argument("username")
@session
@permit("account.manage")
def end(here: Session, username: str) -> None:
    """End the account USERNAME: nobody logs in with it any more, and its sessions end."""
    with here.transaction() as tx:
        service.set_active(tx, service.account(tx, username), active=False)
    click.echo(f"{username} ended")


@accounts.command("reopen")
@click.argument("username")
@session
@permit("account.manage")
def reopen(here: Session, username: str) -> None:
    """Open the account USERNAME again after it was ended."""
    with here.transaction() as tx:
        service.set_active(tx, service.account(tx, username), active=True)
    click.echo(f"{username} open")


@accounts.command("unlock")
@click.argument("username")
@session
@permit("account.manage")
def unlock(here: Session, username: str) -> None:
    """End the lock that failed logins have put on USERNAME, before its time."""
    with here.transaction() as tx:
        service.unlock(tx, service.account(tx, username))
    click.echo(f"{username} unlocked")


@accounts.command("demand-password")
@click.argument("username")
@session
@permit("account.manage")
def demand_password(here: Session, username: str) -> None:
    """Let USERNAME do nothing after the next login before choosing a new password."""
    with here.transaction() as tx:
        service.demand_password(tx, service.account(tx, username))
    click.echo(f"{username} must choose a new password")


@accounts.command("bind")
@click.argument("username")
@click.option("--city", default=None, help="Code of the city; may be left out when there is one.")
@click.option(
    "--unit", type=click.IntRange(1), help="Id of a district, street or community; else the whole city."
)
@click.option("--department", type=click.IntRange(1), help="Id of a department.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day (in the city); else from now on.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="First day on which it has ended (in the city)."
)
@session
@permit("role.grant")
def bind(
    here: Session, username: str, city: str | None, unit: int | None, department: int | None,
    **days: datetime | None,
) -> None:  # fmt: skip
    """Bind USERNAME to a city, or to one unit or department of it; `geo units list` and `departments list` name ids."""
    with here.transaction() as tx:
        owner = service.account(tx, username)
        town = organisation.city(tx, city)
        zone = ZoneInfo(town.time_zone)
        first, end = (
            None if day is None else day.replace(tzinfo=zone) for day in (days["since"], days["until"])
        )
        number = service.bind(tx, Binding(0, owner.id, town.id, unit, department, first or clock.now(), end))
    click.echo(f"binding {number}")


@click.group()
def roles() -> None:
    """Roles and what they may do."""


@roles.command("list")
@json_option
@permit("account.read")
def list_roles(as_json: bool) -> None:
    """List roles and permissions."""
    rows = [
        {"role": name, "name": one.name, "name_en": one.name_en, "second_factor": one.needs_second_factor,
         "permissions": " ".join(sorted(one.permissions))}
        for name, one in permissions.ROLES.items()
    ]  # fmt: skip
    echo(rows, as_json)


@roles.command("grant")
@click.argument("username")
@click.argument("role")
@session
@permit("role.grant")
def grant(here: Session, username: str, role: str) -> None:
    """Grant ROLE to USERNAME; an administrator holds no other role (三员分立)."""
    with here.transaction() as tx:
        service.grant(tx, service.account(tx, username), role)
    click.echo(f"{username} is {role}")


@roles.command("revoke")
@click.argument("username")
@click.argument("role")
@session
@permit("role.grant")
def revoke(here: Session, username: str, role: str) -> None:
    """Take ROLE from USERNAME."""
    if role not in permissions.ROLES:
        raise BadInput("role", role, "one of " + ", ".join(permissions.ROLES))
    with here.transaction() as tx:
        service.revoke(tx, service.account(tx, username), role)
    click.echo(f"{username} is no {role}")


@click.group()
def tokens() -> None:
    """Tokens of devices and systems."""


@tokens.command("issue")
@click.argument("username")
@click.option("--kind", type=click.Choice(["device", "system"]), default="system", help="What it is for.")
@click.option("--name", required=True, help="Which device or system.")
@click.option("--permission", "allowed", multiple=True, required=True, help="What it may do; repeatable.")
@click.option("--days", type=click.IntRange(1, 365), default=90, help="How long it lives.")
@session
@permit("token.manage")
def issue(here: Session, username: str, kind: str, name: str, allowed: tuple[str, ...], days: int) -> None:
    """Issue a token for USERNAME and print its secret, which is kept nowhere."""
    with here.transaction() as tx:
        owner = service.account(tx, username)
        until = clock.now() + timedelta(days=days)
        click.echo(token_service.issue(tx, Token(0, owner.id, kind, name, allowed, until, None)))


@tokens.command("list")
@click.argument("username")
@json_option
@session
@permit("token.manage")
def list_tokens(here: Session, username: str, as_json: bool) -> None:
    """List the tokens of USERNAME, without their secrets."""
    with here.transaction() as tx:
        found = token_service.of(tx, service.account(tx, username))
    rows = [
        {"id": one.id, "kind": one.kind, "name": one.name, "expires_at": one.expires_at, "revoked_at": one.revoked_at}
        for one in found
    ]  # fmt: skip
    echo(rows, as_json)


@tokens.command("revoke")
@click.argument("username")
@click.argument("token", type=click.IntRange(1))
@session
@permit("token.manage")
def revoke_token(here: Session, username: str, token: int) -> None:
    """Revoke TOKEN of USERNAME at once."""
    with here.transaction() as tx:
        token_service.revoke(tx, service.account(tx, username), token)
    click.echo(f"token {token} revoked")


def link(here: Session, secret: str) -> str:
    """Return the address of a one-time link; the secret stands behind #, which no server and no log sees."""
    host = here.settings.names[0] if here.settings.names else "127.0.0.1"
    scheme = "https" if here.settings.tls_cert else "http"
    return f"{scheme}://{host}:{here.settings.port}/link#{secret}"


def _linked(here: Session, secret: str) -> dict[str, object]:
    """Return a one-time link, and where it works when nobody has said by what name people reach the service."""
    found: dict[str, object] = {"link": link(here, secret)}
    return found if here.settings.names else {**found, "note": ON_THIS_MACHINE}


def _row(one: Account) -> dict[str, object]:
    is_locked = one.locked_until is not None and one.locked_until > clock.now()
    state = (
        "ended" if not one.is_active else "locked" if is_locked else "open" if one.has_password else "invited"
    )
    return {
        "id": one.id, "username": one.username, "name": one.name, "roles": " ".join(one.roles),
        "responder": one.responder, "demo": one.is_demo, "state": "demo" if one.is_demo else state,
        "second_factor": one.has_second_factor,
    }  # fmt: skip
