"""One's own account: a password that must be changed comes first, and a bound phone may lie down for longer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from geo_app.app import create_app
from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.identity import service
from geo_app.identity.model import NewAccount
from tests.integration.conftest import Run, Town
from tests.people import PASSWORD, Visitor

OTHER = "Quite-new-4-me"
PHONE = {"name": "工作手机"}
Later = Callable[..., None]


@pytest.fixture
def app(town: Town) -> Flask:
    """The web service on the town, with its logins."""
    return create_app(town.settings, town.database)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Move the clock to so long after the beginning of the test."""
    start = clock.now()

    def move(**passed: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(**passed))

    return move


def account(town: Town, username: str = "wang.fang", *roles: str) -> int:
    """Make an account that has chosen its password and return its id."""
    with town.database.transaction(SYSTEM) as tx:
        made, secret = service.invite(tx, NewAccount(username, "王芳", roles or ("worker",)))
        service.enter_by_link(tx, secret, PASSWORD)
    return made.id


def entered(app: Flask, username: str = "wang.fang", password: str = PASSWORD) -> Visitor:
    """Return somebody at a browser of their own who has logged in."""
    visitor = Visitor(app.test_client(), "10.0.0.1")
    assert visitor.login(username, password).status_code == 200
    return visitor


def is_in(visitor: Visitor) -> bool:
    return bool(visitor.get("/api/me").status_code == 200)


def test_who_must_change_the_password_does_nothing_else(town: Town, app: Flask) -> None:
    owner = account(town)
    visitor = entered(app)
    assert visitor.get("/api/incidents?city=town").status_code == 200
    with town.database.transaction(SYSTEM) as tx:
        service.demand_password(tx, service.account_by_id(tx, owner))
    refused = visitor.get("/api/incidents?city=town")
    assert (refused.status_code, refused.get_json()["due"]) == (403, "password")
    assert visitor.post("/api/incidents", {"city": "town"}).get_json()["due"] == "password"
    for path in ("/worker", "/", "/accounts"):
        led = visitor.get(f"{path}?lang=en")
        assert (led.status_code, led.headers["Location"]) == (302, "/account?lang=en")
    assert visitor.get("/account").status_code == 200
    assert visitor.get("/api/me").get_json()["owes_password"] is True
    again = visitor.post("/api/me/password", {"current": PASSWORD, "new": PASSWORD})
    assert (again.status_code, again.get_json()["rule"]) == (422, "none of the last five")
    assert visitor.post("/api/me/password", {"current": PASSWORD, "new": OTHER}).status_code == 200
    assert not is_in(visitor)
    fresh = entered(app, password=OTHER)
    assert fresh.get("/api/me").get_json()["owes_password"] is False
    assert fresh.get("/api/incidents?city=town").status_code == 200


def test_a_password_older_than_the_preset_must_be_changed(town: Town, app: Flask, later: Later) -> None:
    account(town)
    later(days=89)
    assert entered(app).get("/api/me").get_json()["owes_password"] is False
    later(days=91)
    visitor = entered(app)
    assert visitor.get("/api/me").get_json()["owes_password"] is True
    assert visitor.get("/api/responders?city=town").get_json()["due"] == "password"
    assert visitor.post("/api/logout", {}).status_code == 200


def test_a_demo_account_has_no_password_that_could_grow_old(town: Town, app: Flask, later: Later) -> None:
    with town.database.transaction(SYSTEM) as tx:
        made, _ = service.invite(tx, NewAccount("demo", "演示", ("worker",), is_demo=True))
        later(days=400)
        secret = service.link(tx, made.id, service.Purpose.DEMO)
    visitor = Visitor(app.test_client(), "127.0.0.1")
    visitor.get("/api/login")
    assert visitor.post("/api/link/use", {"secret": secret}).status_code == 200
    assert visitor.get("/api/me").get_json()["owes_password"] is False


def test_a_bound_phone_lies_down_for_eight_hours_and_any_other_for_fifteen_minutes(
    town: Town, app: Flask, later: Later
) -> None:
    account(town)
    phone, desk = entered(app), entered(app)
    bound = phone.post("/api/me/devices", PHONE)
    assert bound.status_code == 201
    assert phone.get("/api/me").get_json()["device"] == bound.get_json()["id"]
    assert desk.get("/api/me").get_json()["device"] is None
    later(minutes=16)
    assert (is_in(phone), is_in(desk)) == (True, False)
    later(hours=8, minutes=15)
    assert is_in(phone)
    later(hours=12, minutes=1)
    assert not is_in(phone), "nothing lasts longer than 12 hours"
    later(hours=13)
    assert phone.login("wang.fang").status_code == 200
    assert phone.get("/api/me").get_json()["device"] == bound.get_json()["id"], "it is known again"
    later(hours=21, minutes=1)
    assert not is_in(phone)


def test_a_phone_that_is_revoked_is_any_other(town: Town, app: Flask, later: Later) -> None:
    account(town)
    phone, desk = entered(app), entered(app)
    number = phone.post("/api/me/devices", PHONE).get_json()["id"]
    later(minutes=5)
    (listed,) = desk.get("/api/me").get_json()["tokens"]
    assert (listed["name"], listed["is_bound_device"], listed["permissions"]) == ("工作手机", True, [])
    assert listed["seen_at"] is not None
    assert desk.post(f"/api/me/tokens/{number}/revoke", {}).status_code == 200
    later(minutes=21)
    assert not is_in(phone)
    later(minutes=22)
    assert phone.login("wang.fang").status_code == 200
    assert phone.get("/api/me").get_json()["device"] is None


def test_a_phone_is_bound_to_one_account_and_opens_nothing(town: Town, app: Flask) -> None:
    account(town)
    account(town, "li.na")
    phone = entered(app)
    answer = phone.post("/api/me/devices", PHONE)
    kept = answer.headers.getlist("Set-Cookie")
    secret = next(one for one in kept if "_device=" in one)
    assert all(word in secret for word in ("HttpOnly", "SameSite=Lax", "Path=/api/"))
    value = secret.split("=", 1)[1].split(";", 1)[0]
    stranger = Visitor(app.test_client(), "10.0.0.9")
    refused = stranger.get("/api/incidents?city=town", Authorization=f"Bearer {value}")
    assert refused.status_code == 403, "as a token it may do nothing"
    phone.post("/api/logout", {})
    assert phone.login("li.na").status_code == 200
    assert phone.get("/api/me").get_json()["device"] is None, "it is somebody else's"


def test_only_a_worker_binds_a_phone_and_three_at_most(town: Town, app: Flask) -> None:
    account(town)
    account(town, "leader", "leader")
    assert entered(app, "leader").post("/api/me/devices", PHONE).status_code == 409
    for expected in (201, 201, 201, 409):
        assert entered(app).post("/api/me/devices", PHONE).status_code == expected


def test_a_lock_is_seen_and_ended(town: Town, app: Flask, geo: Run) -> None:
    owner = account(town)
    for _ in range(5):
        Visitor(app.test_client(), "10.0.0.1").login("wang.fang", "Wrong-4-sure!")
    with town.database.transaction(SYSTEM) as tx:
        locked = service.account_by_id(tx, owner).locked_until
    assert locked is not None
    assert locked > clock.now()
    (listed,) = geo("accounts", "list", "--json")
    assert listed["state"] == "locked"
    geo("accounts", "unlock", "wang.fang")
    assert is_in(entered(app))
    geo("accounts", "end", "wang.fang")
    assert Visitor(app.test_client(), "10.0.0.1").login("wang.fang").status_code == 401
    geo("accounts", "reopen", "wang.fang")
    assert is_in(entered(app))


def test_who_is_bound_to_nothing_is_told_so_and_a_link_says_where_it_works(
    town: Town, app: Flask, geo: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    account(town)
    visitor = entered(app)
    assert visitor.get("/api/me").get_json()["is_bound"] is False
    geo("accounts", "bind", "wang.fang")
    assert visitor.get("/api/me").get_json()["is_bound"] is True
    here = geo("accounts", "recover", "wang.fang", "--json")
    assert "127.0.0.1" in here["link"]
    assert "GEO_PUBLIC_NAMES" in here["note"]
    named = replace(town.settings, public_names="grid.example")
    monkeypatch.setattr("geo_app.core.settings.connected", lambda: named)
    there = geo("accounts", "invite", "zhao.lei", "--name", "赵磊", "--json")
    assert "//grid.example:" in there["link"]
    assert "note" not in there
