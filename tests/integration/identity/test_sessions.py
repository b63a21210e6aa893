"""What a session is worth: nothing before the login, nothing after its end, and nothing to another page."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.identity import service
from geo_app.identity.model import Purpose
from tests.integration.identity.house import House, name, second_factor
from tests.people import PASSWORD, Visitor

NEW = "Quite-new-4-me"


def cookie(visitor: Visitor) -> str:
    """Return the session cookie of a browser."""
    found = visitor.client.get_cookie(cookie_name(visitor))
    assert found is not None
    return found.value


def cookie_name(visitor: Visitor) -> str:
    return str(visitor.client.application.config["SESSION_COOKIE_NAME"])


def thief(house: House, stolen: str) -> Visitor:
    """Return somebody else's browser with a cookie that was copied."""
    visitor = house.visitor("10.66.6.6")
    visitor.client.set_cookie(cookie_name(visitor), stolen)
    return visitor


@pytest.mark.parametrize(("path", "body"), [
    ("/api/logout", {}),
    ("/api/me/sessions/end", {}),
    ("/api/me/password", {"current": PASSWORD, "new": NEW}),
])  # fmt: skip
def test_an_old_cookie_opens_nothing_after(house: House, path: str, body: dict[str, str]) -> None:
    house.account("wang.fang", "worker")
    mine, other = house.visitor(), house.visitor("10.0.0.2")
    for visitor in (mine, other):
        assert visitor.login("wang.fang").status_code == 200
    kept = [cookie(mine), cookie(other)]
    assert [name(thief(house, one)) for one in kept] == ["wang.fang"] * 2, "until then they do"
    assert mine.post(path, body).status_code == 200
    assert [name(thief(house, one)) for one in kept] == ["nobody"] * 2
    assert [name(mine), name(other)] == ["nobody"] * 2
    for one in kept:
        assert thief(house, one).get("/api/me").status_code == 401
    assert mine.login("wang.fang", body.get("new", PASSWORD)).status_code == 200


def test_a_recovered_account_leaves_nobody_in(house: House) -> None:
    account = house.account("wang.fang", "worker")
    intruder, owner = house.visitor("10.66.6.6"), house.visitor()
    intruder.login("wang.fang")
    with house.database.transaction(SYSTEM) as tx:
        secret = service.link(tx, account, Purpose.RECOVER)
    for status in (200, 404):
        answer = owner.post("/api/link/use", {"secret": secret, "password": NEW})
        assert answer.status_code == status, "a link works once"
    assert name(intruder) == "nobody"
    assert name(owner) == "nobody", "a link sets a password; it is the password that opens"


def test_what_a_browser_held_before_the_login_is_worth_nothing_after_it(house: House) -> None:
    house.account("wang.fang", "worker")
    visitor = house.visitor()
    visitor.get("/api/login")
    before, token = cookie(visitor), visitor.csrf
    assert visitor.login("wang.fang").status_code == 200
    assert cookie(visitor) != before
    assert name(thief(house, before)) == "nobody", "who planted the cookie is not let in with its owner"
    visitor.csrf = token
    assert visitor.post("/change", {}).status_code == 403, "the token of before is not the session's"


def test_a_half_login_is_worth_nothing_after_a_new_password(house: House) -> None:
    account = house.account("li.na", "dispatcher")
    _, codes = second_factor(house, "li.na")
    half = house.visitor()
    half.login("li.na")
    with house.database.transaction(SYSTEM) as tx:
        service.set_password(tx, service.account_by_id(tx, account), NEW)
    later = codes.generate(time=int(clock.now().timestamp()) + 30).token
    assert half.post("/api/second-factor/code", {"code": later}).status_code >= 400
    assert name(half) == "nobody"


def test_a_code_that_two_hands_send_at_once_opens_for_one(house: House) -> None:
    """The slower one was answered 500."""
    house.account("li.na", "dispatcher")
    _, codes = second_factor(house, "li.na")
    later = codes.generate(time=int(clock.now().timestamp()) + 30).token
    hands = [house.visitor(f"10.0.0.{number}") for number in range(6)]
    for hand in hands:
        assert hand.login("li.na").get_json()["tf_state"] == "ready"
    start = threading.Barrier(len(hands))

    def enter(hand: Visitor) -> int:
        start.wait(60)
        return int(hand.post("/api/second-factor/code", {"code": later}).status_code)

    with ThreadPoolExecutor(len(hands)) as threads:
        answers = sorted(threads.map(enter, hands))
    assert answers == [200] + [422] * (len(hands) - 1)
    assert sorted(name(hand) for hand in hands) == ["li.na"] + ["nobody"] * (len(hands) - 1)


def test_nobody_is_logged_in_by_a_page_of_another_site(house: House) -> None:
    """It would be an account of the attacker's, into which the victim then writes."""
    house.account("wang.fang", "worker")
    said = {"username": "wang.fang", "password": PASSWORD}
    victim = house.visitor()
    victim.get("/api/login")
    form = victim.client.post("/api/login", data=said, environ_base=victim.address)
    assert form.status_code == 415, "a form of another page cannot send JSON"
    victim.csrf = ""
    assert victim.post("/api/login", said).status_code >= 400
    stranger = house.visitor()
    stranger.get("/api/login")
    victim.csrf = stranger.csrf
    assert victim.post("/api/login", said).status_code >= 400, "the token of another browser"
    with house.database.transaction(SYSTEM) as tx:
        secret = service.link(tx, service.account(tx, "wang.fang").id, Purpose.DEMO)
    entered = victim.client.post("/api/link/use", data={"secret": secret}, environ_base=victim.address)
    assert entered.status_code == 415
    assert name(victim) == "nobody"


def test_a_cookie_is_out_of_reach_of_scripts_and_of_other_sites(house: House) -> None:
    house.account("wang.fang", "worker")
    visitor = house.visitor()
    visitor.get("/api/login")
    answer = visitor.login("wang.fang")
    (set_cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("wangge_")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(set_cookie.split("; "))


def test_what_a_page_fetches_by_itself_keeps_no_session_alive(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.account("wang.fang", "worker")
    visitor = house.visitor()
    visitor.login("wang.fang")
    start = clock.now()
    for minutes in range(14):
        monkeypatch.setattr(clock, "now", lambda at=start + timedelta(minutes=minutes): at)
        visitor.get("/static/css/app.css").close()
        visitor.get("/who", **{"X-Idle": str(60 * minutes)})
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=16))
    assert name(visitor) == "nobody"


def test_a_copied_cookie_ages_though_its_owner_goes_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.account("wang.fang", "worker")
    visitor = house.visitor()
    visitor.login("wang.fang")
    stolen, start = cookie(visitor), clock.now()
    for minutes in range(0, 20, 5):
        monkeypatch.setattr(clock, "now", lambda at=start + timedelta(minutes=minutes): at)
        assert name(visitor) == "wang.fang"
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=16))
    assert name(visitor) == "wang.fang"
    assert name(thief(house, stolen)) == "nobody"
