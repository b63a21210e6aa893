"""Logging in and out: Flask-Security for passwords, one-time codes, recovery codes and CSRF; our rules around it.

A session lives in a signed cookie that holds the account's session key; a new password or a logout gives the
account a new key, so every other session ends with it. It ends by itself 15 minutes after the last input (a bound
device: 8 hours) and 12 hours after it began (等保 2.0 level 3).
"""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask, Request, Response, current_app, g, request, session
from flask_login import current_user
from flask_security import Security, SQLAlchemySessionUserDatastore, uia_username_mapper, user_authenticated
from flask_security.utils import login_user
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from geo_app.core import clock, door, keys, scope, web
from geo_app.core.actor import NOBODY, SYSTEM, Actor, Scope
from geo_app.core.settings import Settings
from geo_app.identity import passwords, service
from geo_app.identity.api import devices
from geo_app.identity.api.users import (
    REFUSED,
    Code,
    NameAndPassword,
    NamedRole,
    OneTimeCodes,
    RecoveryCode,
    User,
    address,
)

IDLE = timedelta(minutes=15)
IDLE_ON_DEVICE = timedelta(hours=8)
LONGEST = timedelta(hours=12)
UNSEEN = ("/api/stream", "/tiles/", "/static/")
PICTURES = "/photos/"
"""What pages fetch by themselves says nothing about whether somebody sits before them."""
SAFE = {"GET", "HEAD", "OPTIONS"}
PERMISSIONS = {
    "security.login": door.PUBLIC,
    "security.logout": door.PUBLIC,
    "security.two_factor_setup": door.PUBLIC,  # it looks at the half-finished login itself
    "security.two_factor_token_validation": door.PUBLIC,
    "security.mf_recovery": door.PUBLIC,
    "security.mf_recovery_codes": "own.account",
}
"""What the library's own routes ask for; those not named here are closed."""
COUNTED = frozenset({"security.login", "security.two_factor_token_validation", "security.mf_recovery"})
"""Those that count failures in the database, by account and address: that rule tells who guesses from the
colleagues behind the same address, so the rate of tries, which cannot, leaves them alone."""
HASHING = frozenset({"/api/login", "/api/link/use", "/api/me/password"})
"""Where a password is hashed, which takes a core for a moment: they take turns, and nobody else waits for them."""
SLOWED = "too many logins have failed at this address; wait a moment and try again"


def install(app: Flask, here: Settings) -> None:
    """Let people log in to `app`, and say who makes each request."""
    _configure(app, here)
    store = scoped_session(sessionmaker(bind=app.extensions["database"].engine))
    event.listen(store, "after_begin", _as_system)
    CSRFProtect(app)
    security = Security(
        app,
        SQLAlchemySessionUserDatastore(store, User, NamedRole),
        login_form=NameAndPassword,
        two_factor_verify_code_form=Code,
        mf_recovery_form=RecoveryCode,
        totp_cls=OneTimeCodes,
    )
    security.want_json(_always)
    security.render_json(_answer)
    security.unauthn_handler(_not_logged_in)
    app.teardown_appcontext(partial(_forget, store))
    user_authenticated.connect(_begin, app, weak=False)
    app.register_error_handler(CSRFError, _csrf)
    door.identify(app, _who)
    app.before_request(_guard_cookie_session)
    app.after_request(_end_other_sessions)
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("security."):
            asked, rate = PERMISSIONS.get(endpoint, door.CLOSED), None if endpoint in COUNTED else "tries"
            door.permit(asked, before_password=True, rate=rate)(view)


def _configure(app: Flask, here: Settings) -> None:
    secret = keys.key(here.work_path, "session")
    app.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME=f"wangge_{here.port}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=bool(here.is_secure),
        PERMANENT_SESSION_LIFETIME=LONGEST,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_HEADERS=["X-CSRF-Token"],
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__time_cost": passwords.PASSES,
            "argon2__memory_cost": passwords.MEMORY,
            "argon2__parallelism": passwords.LANES,
        },
        SECURITY_PASSWORD_SALT=secret,
        SECURITY_PASSWORD_NORMALIZE_FORM="NFKC",  # noqa: S106
        SECURITY_USERNAME_ENABLE=True,
        SECURITY_USERNAME_ALLOWED_CHARS=["L", "N", "P"],  # Unicode categories; ours are stricter
        SECURITY_USERNAME_MIN_LENGTH=2,
        SECURITY_USERNAME_MAX_LENGTH=40,
        SECURITY_USER_IDENTITY_ATTRIBUTES=[
            {"username": {"mapper": uia_username_mapper, "case_insensitive": True}}
        ],
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_DATETIME_FACTORY=clock.now,
        SECURITY_LOGIN_URL="/api/login",
        SECURITY_LOGOUT_URL="/api/logout",
        SECURITY_LOGOUT_CSRF=True,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_ALWAYS_VALIDATE=True,
        SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY=30,
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TWO_FACTOR_SETUP_URL="/api/second-factor",
        SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL="/api/second-factor/code",  # noqa: S106
        SECURITY_TWO_FACTOR_RESCUE_URL="/api/second-factor/rescue",
        SECURITY_TWO_FACTOR_SELECT_URL="/api/second-factor/select",
        SECURITY_TOTP_SECRETS={"1": keys.key(here.work_path, "totp")},
        SECURITY_TOTP_ISSUER="Wangge",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS=[_fernet(keys.key(here.work_path, "recovery"))],
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=10,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL="/api/second-factor/recovery-codes",
        SECURITY_MULTI_FACTOR_RECOVERY_URL="/api/second-factor/recovery",
        SECURITY_STATIC_FOLDER=None,
    )


def _fernet(key: str) -> bytes:
    """Return a key as Fernet writes one, so that recovery codes lie encrypted in the database."""
    return base64.urlsafe_b64encode(bytes.fromhex(key))


def _always(_request: Request) -> bool:
    """Answer Flask-Security's routes with JSON, whoever asks: their screens are ours."""
    return True


def _as_system(_session: Session, _transaction: object, connection: Connection) -> None:
    """Let Flask-Security look up who logs in: nobody has a scope before."""
    connection.exec_driver_sql(scope.SET, scope.of(SYSTEM))


def _forget(store: scoped_session[Session], _error: BaseException | None) -> None:
    """Give the request's database connection of Flask-Security back."""
    store.remove()


def _not_logged_in(mechanisms: Any, headers: Any = None) -> Response:  # noqa: ARG001 - named by the caller
    return web.problem(401, "Not logged in", "log in first", {})


def _who() -> Actor:
    """Return who makes this request: by a token, else by the session, else nobody."""
    came_from = request.remote_addr
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and secret:
        with web.database().transaction(SYSTEM) as tx:
            return service.actor_by_token(tx, secret.strip(), came_from) or nobody(came_from)
    uniquifier = session.get("_user_id")
    if not isinstance(uniquifier, str) or _has_ended():
        return nobody(came_from)
    with web.database().transaction(SYSTEM) as tx:
        found = service.actor_by_session(tx, uniquifier, came_from)
    if found is None:
        session.clear()
        return nobody(came_from)
    g.by_cookie = True
    return replace(found, until=_ends())


def nobody(came_from: str | None) -> Actor:
    """Return nobody, with where the request came from."""
    return Actor(NOBODY.name, address=came_from)


def _has_ended() -> bool:
    """Return whether the session is over, and say that somebody was there a moment ago when it is not."""
    now = int(clock.now().timestamp())
    began, seen = int(session.get("began", 0)), int(session.get("seen", 0))
    idle = IDLE_ON_DEVICE if devices.is_on_one(now) else IDLE
    if now - began > LONGEST.total_seconds() or now - seen > idle.total_seconds():
        session.clear()
        return True
    since_input = request.headers.get("X-Idle", "0")
    is_unseen = request.path.startswith(UNSEEN) or PICTURES in request.path
    if not is_unseen and since_input.isascii() and since_input.isdigit():
        latest = now - min(int(since_input[:6]), now)
        if latest - seen > 10:  # not a new cookie with every request
            session["seen"] = latest
    return False


def _ends() -> datetime:
    """Return when the session ends unless somebody sits before it."""
    began, seen = (datetime.fromtimestamp(session[name], UTC) for name in ("began", "seen"))
    return min(began + LONGEST, seen + (IDLE_ON_DEVICE if session.get("device") else IDLE))


def _begin(_app: Flask, user: User, **_more: Any) -> None:
    """Start the clocks of a session that has just begun, with nothing of the one before; failures are forgotten."""
    for name in ("csrf_token", "half"):
        session.pop(name, None)
    g.pop("csrf_token", None)
    session.permanent = True
    session["began"] = session["seen"] = int(clock.now().timestamp())
    everything = Scope(everything=True)
    owner = Actor(str(user.username), scope=everything, account=int(user.id), address=request.remote_addr)
    with web.database().transaction(owner) as tx:
        service.succeeded(tx, int(user.id), address())
        devices.begin(tx, int(user.id))


def _guard_cookie_session() -> None:
    """Refuse a change that a foreign page could have made the browser send."""
    if request.method in SAFE:
        return
    door.actor()
    if g.get("by_cookie"):
        _csrf_protect().protect()


def _csrf_protect() -> CSRFProtect:
    found: CSRFProtect = current_app.extensions["csrf"]
    return found


def _end_other_sessions(response: Response) -> Response:
    """Let a logout end every session of the account."""
    if (
        request.endpoint == "security.logout"
        and response.status_code < 400
        and door.actor().account is not None
    ):
        with web.database().transaction(door.actor()) as tx:
            service.end_sessions(tx, int(door.actor().account or 0))
        session.clear()
    return response


def csrf_token() -> str:
    """Return the token a page of this session sends with every change, as X-CSRF-Token."""
    token: str = generate_csrf()
    return token


def _answer(payload: dict[str, Any], code: int, _headers: Any = None, _user: Any = None) -> Response:
    """Answer what Flask-Security says in our own words: its data, or a problem report."""
    if code < 400:
        kept = {name: value for name, value in payload.items() if name not in {"csrf_token", "user"}}
        return web.ok({**kept, "csrf_token": csrf_token()}, code)
    if g.get("is_slowed"):
        slowed = web.problem(429, "Slowed", SLOWED, {})
        slowed.headers["Retry-After"] = str(int(service.SLOWED.total_seconds()))
        return slowed
    members: dict[str, Any] = {}
    detail = REFUSED
    for field, rules in (payload.get("field_errors") or {}).items():
        if field and rules and field not in {"username", "password"}:
            members, detail = {"field": field, "rule": str(rules[0])}, str(rules[0])
    return web.problem(422 if members else 401, "Refused", detail, members)


def _csrf(error: CSRFError) -> Response:
    return web.problem(
        403, "Forbidden", "this change did not come from one of our pages; reload the page and try again",
        {"rule": str(error.description)},
    )  # fmt: skip


def enter(account_id: int) -> None:
    """Begin a session of an account that has shown a link for it, past the second factor."""
    security = current_app.extensions["security"]
    login_user(security.datastore.find_user(id=account_id), authn_via=["link"])


def is_logged_in() -> bool:
    """Return whether Flask-Security, too, sees somebody."""
    return bool(current_user.is_authenticated)
