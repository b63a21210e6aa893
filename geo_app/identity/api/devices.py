"""Bound phones at the door: the cookie by which a phone is known, and the sessions that began on one.

The cookie holds the phone's secret and opens nothing. A session remembers which phone it began on, and asks the
database once a minute whether it is still bound.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Response, current_app, g, request, session

from geo_app.core import clock, db, web
from geo_app.core.actor import SYSTEM
from geo_app.identity import tokens

LOOK_AGAIN = timedelta(minutes=1)
"""How long a phone counts as bound before the database is asked again."""


def begin(tx: db.Transaction, account_id: int) -> None:
    """Let the session of an account that has just begun be on the bound phone that shows its cookie, if one does."""
    secret = request.cookies.get(_cookie(), "")
    number = tokens.device(tx, account_id, secret) if secret else None
    session["device"] = None if number is None else [account_id, number, _now()]


def is_on_one(now: int) -> bool:
    """Return whether this session is on a phone that is still bound."""
    account, number, looked = session.get("device") or (0, 0, 0)
    if not number or now - looked <= LOOK_AGAIN.total_seconds():
        return bool(number)
    with web.database().transaction(SYSTEM) as tx:
        is_bound = tokens.see_device(tx, account, number)
    session["device"] = [account, number, now] if is_bound else None
    return is_bound


def is_by_cookie() -> bool:
    """Return whether this request comes from a browser that has logged in, and not by a token."""
    return bool(g.get("by_cookie"))


def current() -> int | None:
    """Return the id of the bound phone this session is on."""
    found = session.get("device") if is_by_cookie() else None
    return int(found[1]) if found else None


def keep(answer: Response, account_id: int, token_id: int, secret: str) -> Response:
    """Let this session be on a phone bound just now, and the phone keep its secret, which scripts do not see."""
    session["device"] = [account_id, token_id, _now()]
    answer.set_cookie(
        _cookie(), secret, max_age=tokens.DEVICE_LIVES, path="/api/", httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return answer


def forget(token_id: int) -> None:
    """Let this session be on no bound phone, when it was on this one."""
    if current() == token_id:
        session["device"] = None


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}_device"


def _now() -> int:
    return int(clock.now().timestamp())
