"""Logging in: by name, password and one-time code; what locks, what slows, what ends a session."""

from __future__ import annotations

from datetime import timedelta

import pytest

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.identity import service, tokens
from geo_app.identity.model import Token
from tests.integration.identity.house import House, name, second_factor
from tests.people import PASSWORD


def test_a_worker_enters_with_name_and_password(house: House) -> None:
    house.account("wang.fang", "worker")
    visitor = house.visitor()
    assert name(visitor) == "nobody"
    assert visitor.login("Wang.Fang").status_code == 200
    assert name(visitor) == "wang.fang"


def test_every_refusal_reads_the_same(house: House) -> None:
    house.account("wang.fang", "worker")
    said = {
        (answer.status_code, answer.get_json()["detail"])
        for answer in (
            house.visitor().login("wang.fang", "Wrong-4-sure!"),
            house.visitor().login("nobody.here", PASSWORD),
            house.visitor().login("wang.fang", ""),
            house.visitor().login("", ""),
        )
    }
    assert len(said) == 1
    assert said.pop()[0] == 401


def test_a_login_that_no_page_of_ours_sent_is_refused(house: House) -> None:
    house.account("wang.fang", "worker")
    visitor = house.visitor()
    assert visitor.post("/api/login", {"username": "wang.fang", "password": PASSWORD}).status_code >= 400
    assert name(visitor) == "nobody"


def test_a_change_by_cookie_needs_the_token_of_the_page(house: House) -> None:
    house.account("wang.fang", "worker")
    visitor = house.visitor()
    visitor.login("wang.fang")
    assert visitor.post("/change", {}).get_json() == {"changed": True}
    visitor.csrf = ""
    refused = visitor.post("/change", {})
    assert (refused.status_code, refused.mimetype) == (403, "application/problem+json")


def test_a_dispatcher_needs_a_second_factor_and_a_code_works_once(house: House) -> None:
    house.account("li.na", "dispatcher")
    visitor, codes = second_factor(house, "li.na")
    assert name(visitor) == "li.na"
    used = codes.generate().token
    again = house.visitor()
    assert again.login("li.na").get_json()["tf_state"] == "ready"
    assert again.post("/api/second-factor/code", {"code": used}).status_code == 422
    assert name(again) == "nobody"
    later = codes.generate(time=int(clock.now().timestamp()) + 30).token
    assert again.post("/api/second-factor/code", {"code": later}).status_code == 200
    assert name(again) == "li.na"


def test_a_recovery_code_opens_once(house: House) -> None:
    house.account("li.na", "dispatcher")
    visitor, _ = second_factor(house, "li.na")
    shown = visitor.post("/api/second-factor/recovery-codes", {}).get_json()["recovery_codes"]
    assert len(shown) == len(set(shown)) == 10
    with house.database.transaction(SYSTEM) as tx:
        kept = tx.value(Kept("SELECT mf_recovery_codes FROM account WHERE username = 'li.na'"))
    assert not any(code in kept for code in shown), "codes lie encrypted"
    for expected in (200, 422):
        other = house.visitor()
        other.login("li.na")
        answer = other.post("/api/second-factor/recovery", {"code": shown[0]})
        assert answer.status_code == expected
        assert (name(other) == "li.na") == (expected == 200)


class Kept:
    """A statement of a test."""

    def __init__(self, sql: str) -> None:
        self.sql = sql


def test_five_failures_lock_the_account_for_everyone_until_the_owner_recovers_it(house: House) -> None:
    account = house.account("wang.fang", "worker")
    for number in range(20):
        assert house.visitor(f"10.0.1.{number}").login("wang.fang", "Wrong-4-sure!").status_code == 401
    assert house.visitor().login("wang.fang").status_code == 401, "the right password does not open a lock"
    with house.database.transaction(SYSTEM) as tx:
        secret = service.link(tx, account, service.Purpose.RECOVER)
        service.enter_by_link(tx, secret, "Quite-new-4-me")
    owner = house.visitor()
    assert owner.login("wang.fang", "Quite-new-4-me").status_code == 200
    assert name(owner) == "wang.fang"


def test_a_lock_ends_by_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.account("wang.fang", "worker")
    for _ in range(5):
        house.visitor().login("wang.fang", "Wrong-4-sure!")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=14))
    assert house.visitor().login("wang.fang").status_code == 401
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=16))
    assert house.visitor().login("wang.fang").status_code == 200


def test_a_session_ends_when_nobody_touches_it_and_after_twelve_hours(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.account("wang.fang", "worker")
    start = clock.now()

    def later(minutes: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=minutes))

    visitor = house.visitor()
    visitor.login("wang.fang")
    later(14)
    assert visitor.get("/who", **{"X-Idle": "840"}).get_json()["name"] == "wang.fang"
    later(16)
    assert name(visitor) == "nobody", "looking on is not touching"
    visitor.login("wang.fang")
    for minutes in range(16, 16 + 12 * 60, 14):
        later(minutes)
        assert name(visitor) == "wang.fang"
    later(17 + 12 * 60)
    assert name(visitor) == "nobody"


def test_logout_and_a_new_password_end_every_other_session(house: House) -> None:
    account = house.account("wang.fang", "worker")
    for end in ("logout", "password"):
        one, other = house.visitor(), house.visitor()
        for visitor in (one, other):
            assert visitor.login("wang.fang").status_code == 200
        if end == "logout":
            assert one.post("/api/logout", {}).status_code == 200
        else:
            with house.database.transaction(SYSTEM) as tx:
                service.set_password(tx, service.account_by_id(tx, account), "Quite-new-4-me")
        assert name(one) == name(other) == "nobody"


def test_a_token_reaches_as_far_as_it_was_given_and_can_be_revoked(house: House) -> None:
    account = house.account("wang.fang", "worker")
    until = clock.now() + timedelta(days=1)
    with house.database.transaction(SYSTEM) as tx:
        secret = tokens.issue(tx, Token(0, account, "device", "phone", ("map.read",), until, None))
        (token,) = tokens.of(tx, service.account_by_id(tx, account))
        acting = service.actor_by_token(tx, secret, None)
    assert acting is not None
    assert acting.permissions == {"map.read"}
    visitor = house.visitor()
    sent = {"Authorization": f"Bearer {secret}"}
    assert visitor.get("/who", **sent).get_json()["account"] == account
    with house.database.transaction(SYSTEM) as tx:
        tokens.revoke(tx, service.account_by_id(tx, account), token.id)
    assert visitor.get("/who", **sent).get_json()["account"] is None
