"""Who tries passwords: a thousand at one account, many accounts from one address; and who must get in all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from argon2 import low_level

from geo_app.core import clock, door, edges
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import BadInput
from geo_app.identity import service
from geo_app.identity.model import Purpose
from tests.integration.conftest import Raw
from tests.integration.identity.house import WRONG, House, name, second_factor
from tests.people import PASSWORD
from tests.sizes import size

NEW = "Quite-new-4-me"
OFFICE = "10.8.8.8"


@pytest.fixture(autouse=True)
def standing_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still: who is slowed for ten seconds must not get a turn because the machine took them."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)


def said(answer: Any) -> tuple[int, str]:
    """Return what an answer tells somebody who guesses."""
    return answer.status_code, answer.get_json()["detail"]


def recovery(house: House, account: int) -> str:
    with house.database.transaction(SYSTEM) as tx:
        return service.link(tx, account, Purpose.RECOVER)


def guess(house: House, address: str, count: int = service.MOST_ACCOUNTS) -> None:
    """Try a password with as many names."""
    for number in range(count):
        house.visitor(address).login(f"guess{number}", WRONG)


def attack(house: House, count: int) -> set[tuple[int, str]]:
    """Try as many wrong passwords at one account from 50 addresses and return everything that was said."""
    return {said(house.visitor(f"10.1.0.{n % 50}").login("wang.fang", f"Wrong-4-{n}!")) for n in range(count)}


def test_a_thousand_wrong_logins_from_fifty_addresses_learn_nothing_and_the_owner_gets_in(
    house: House,
) -> None:
    account = house.account("wang.fang", "worker")
    answers = attack(house, size("wrong_logins"))
    assert len(answers) == 1
    restarted = House(house.settings, house.database)
    assert said(restarted.visitor("10.2.0.1").login("wang.fang")) in answers, "the lock is in the database"
    owner = restarted.visitor("10.2.0.1")
    used = owner.post("/api/link/use", {"secret": recovery(house, account), "password": NEW})
    assert used.status_code == 200
    assert owner.login("wang.fang", NEW).status_code == 200
    assert attack(house, service.MOST_FAILURES + 1) == answers
    assert said(house.visitor().login("wang.fang", NEW)) in answers, "locked again"
    assert name(owner) == "wang.fang", "a lock keeps nobody from working who is in"


def test_a_lock_does_not_grow_while_somebody_goes_on_trying(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.account("wang.fang", "worker")
    now = clock.now()
    for minutes in range(14):
        monkeypatch.setattr(clock, "now", lambda at=now + timedelta(minutes=minutes): at)
        for _ in range(service.MOST_FAILURES if minutes == 0 else 1):
            house.visitor().login("wang.fang", WRONG)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=16))
    assert house.visitor().login("wang.fang").status_code == 200


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What argon2 was asked for, in order."""
    asked: list[str] = []

    def counted(kind: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def count(*args: Any, **more: Any) -> Any:
            asked.append(kind)
            return real(*args, **more)

        return count

    for kind in ("hash_secret", "verify_secret"):
        monkeypatch.setattr(low_level, kind, counted(kind, getattr(low_level, kind)))
    return asked  # type: ignore[return-value]


def test_every_refusal_costs_one_hash_so_that_its_time_tells_nothing(house: House, hashes: list[str]) -> None:
    house.account("wang.fang", "worker")
    locked = house.account("li.na", "worker")
    with house.database.transaction(SYSTEM) as tx:
        tx.run(
            Raw("UPDATE account SET locked_until = now() + interval '1 hour' WHERE id = %(id)s"), id=locked
        )
        service.invite(tx, service.NewAccount("zhao.lei", "赵磊", ("worker",)))
    guess(house, OFFICE)
    asked = {}
    for address in ("10.3.0.1", OFFICE):
        for username in ("wang.fang", "li.na", "zhao.lei", "nobody.here"):
            hashes.clear()
            answer = house.visitor(address).login(username, WRONG)
            asked[address, username] = (len(hashes), said(answer))
    assert {count for count, _ in asked.values()} == {1}
    assert len({words for _, words in asked.values()}) == 2, "one at each address"


def test_a_hash_is_as_costly_as_owasp_asks(house: House) -> None:
    account = house.account("wang.fang", "worker")
    with house.database.transaction(SYSTEM) as tx:
        kept = tx.value(Raw("SELECT password FROM account WHERE id = %(id)s"), id=account)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    house.visitor().login("wang.fang")
    with house.database.transaction(SYSTEM) as tx:
        assert tx.value(Raw("SELECT password FROM account WHERE id = %(id)s"), id=account) == kept, (
            "both hashers agree, so a login writes nothing"
        )


def test_an_office_behind_one_address_gets_in_while_somebody_there_tries_many_accounts(house: House) -> None:
    house.app.extensions["tries"] = edges.Buckets(lambda: 1000.0, burst=0)  # for doors that tell nobody apart
    colleagues = [f"colleague{number}" for number in range(size("colleagues"))]
    for colleague in colleagues:
        house.account(colleague, "worker")
        assert house.visitor(OFFICE).login(colleague).status_code == 200
    guess(house, OFFICE)
    stranger = house.visitor(OFFICE).login("nobody.here", WRONG)
    assert (stranger.status_code, stranger.headers["Retry-After"]) == (429, "10")
    for colleague in colleagues:
        guess(house, OFFICE, 1)
        assert house.visitor(OFFICE).login(colleague).status_code == 200
    wrong = house.visitor(OFFICE).login(colleagues[0], WRONG)
    assert said(wrong) == said(stranger), "nobody learns there who works in the office"


def test_a_door_without_the_rate_of_tries_locks_the_account_that_is_guessed_there(house: House) -> None:
    """Each that leaves that rate aside is tried here with five wrong secrets."""
    house.account("li.na", "dispatcher")
    second_factor(house, "li.na")
    tried = {
        "/api/login": {"username": "li.na", "password": WRONG},
        "/api/second-factor/code": {"code": "000000"},
        "/api/second-factor/recovery": {"code": "0000-0000-0000"},
    }
    views = house.app.view_functions
    without = {
        rule.rule
        for rule in house.app.url_map.iter_rules()
        if door.PUBLIC in door.permissions_of(views[rule.endpoint])
        and rule.rule.startswith("/api/")
        and door.rate(views[rule.endpoint]) is None
    }
    assert without == set(tried)
    for path, wrong in tried.items():
        half = house.visitor(f"10.6.0.{len(path)}")
        assert half.login("li.na").get_json()["tf_state"] == "ready"
        for _ in range(service.MOST_FAILURES):
            assert half.post(path, wrong).status_code in {401, 422}, path
        with house.database.transaction(SYSTEM) as tx:
            assert service.is_locked(tx, "li.na"), path
            service.unlock(tx, service.account(tx, "li.na"))


def test_at_a_slowed_address_strangers_get_in_one_by_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.account("wang.fang", "worker")
    guess(house, OFFICE)
    assert house.visitor(OFFICE).login("wang.fang").status_code == 429
    assert house.visitor("10.7.7.7").login("wang.fang").status_code == 200, "another address is not slowed"
    house.account("zhao.lei", "worker")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + service.SLOWED + timedelta(seconds=1))
    assert house.visitor(OFFICE).login("zhao.lei").status_code == 200, "its turn"
    monkeypatch.setattr(clock, "now", lambda: now + service.FAILURES_WITHIN + timedelta(seconds=1))
    assert house.visitor(OFFICE).login("nobody.here", WRONG).status_code == 401, "forgotten"


def test_one_name_wrong_forty_times_slows_no_address(house: House) -> None:
    house.account("wang.fang", "worker")
    guess_one = [house.visitor(OFFICE).login("zhao.lei", WRONG).status_code for _ in range(40)]
    assert set(guess_one) == {401}
    assert house.visitor(OFFICE).login("wang.fang").status_code == 200


@pytest.mark.parametrize(
    "username", ["wang.fang", "a" * 5000, "wang\0fang", "\ud800x", "", "网", None, ["x"], {"a": 1}]
)
@pytest.mark.parametrize("password", ["x" * 5000, "\ufdfa" * 250, "a\0b", "\ud800", "", None, 7, ["x"]])
def test_nothing_that_is_sent_breaks_the_login(
    still_house: House, username: object, password: object
) -> None:
    visitor = still_house.visitor()
    visitor.get("/api/login")
    answer = visitor.post("/api/login", {"username": username, "password": password})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_what_happens_at_a_login_is_recorded_with_who_and_from_where(house: House) -> None:
    account = house.account("wang.fang", "worker")
    house.visitor("10.4.0.1").login("wang.fang", WRONG)
    house.visitor("2001:db8::7").login("wang.fang")
    with house.database.transaction(SYSTEM) as tx:
        sql = "SELECT kind, actor, actor_account, address, subject FROM fact WHERE kind LIKE 'login.%%' ORDER BY id"
        facts = tx.all(Raw(sql), lambda row: tuple(row.values()))
    assert facts == [
        ("login.failed", "nobody", None, "10.4.0.1", account),
        ("login.succeeded", "wang.fang", account, "2001:db8::7", account),
    ]


def test_a_locked_account_takes_no_codes_and_an_old_password_no_longer_opens(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.account("li.na", "dispatcher")
    _, codes = second_factor(house, "li.na")
    half = house.visitor()
    assert half.login("li.na", PASSWORD).get_json()["tf_state"] == "ready"
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    late = {"code": codes.generate(time=int(now.timestamp()) + 30).token}
    assert half.post("/api/second-factor/code", late).status_code == 422, "the password was long ago"
    monkeypatch.setattr(clock, "now", lambda: now)
    for _ in range(service.MOST_FAILURES):
        assert half.post("/api/second-factor/code", {"code": "000000"}).status_code == 422
    assert half.post("/api/second-factor/code", late).status_code == 422, "locked"
    assert name(half) == "nobody"
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=16))
    assert half.login("li.na").get_json()["tf_state"] == "ready"
    assert half.post("/api/second-factor/code", late).status_code == 200


@pytest.mark.parametrize("number", ["13812345678", "138-1234-5678", "11010519491231002x", "6512345.6"])
def test_nobody_is_called_by_a_number_which_would_stand_in_every_record(house: House, number: str) -> None:
    with house.database.transaction(SYSTEM) as tx, pytest.raises(BadInput, match="username"):
        service.invite(tx, service.NewAccount(number, "李娜", ("worker",)))
    house.account("grid-13812345678x9", "worker")
