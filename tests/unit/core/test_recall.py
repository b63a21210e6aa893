"""Answers given again: only to who asked in the very same way and was let in a moment ago, only while they are new."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from geo_app.core import clock, recall
from geo_app.core.actor import Actor
from geo_app.core.recall import Kept, Recall

PATH = "/tiles/town/cells/14/1/2.mvt"
HEADERS = [(b"host", b"127.0.0.1:8000"), (b"cookie", b"s=1"), (b"accept-encoding", b"gzip, br")]
SCOPE: dict[str, Any] = {
    "method": "GET", "path": PATH, "query_string": b"", "headers": HEADERS, "http_version": "1.1",
    "scheme": "http", "client": ("10.0.0.1", 40_000),
}  # fmt: skip
ANSWERED = ((b"x-frame-options", b"DENY"), (b"etag", b'"old"'), (b"content-length", b"3"))
NOW = clock.now()
VIEWER = Actor("wang.fang", account=7, until=NOW + timedelta(hours=1))


def kept(stamp: str = "s1", plain: bytes = b"tile" * 100, packed: bytes | None = b"packed") -> Kept:
    return Kept(1, stamp, "application/x-tile", plain, packed, ("map.read",))


class Moment:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return Moment()


@pytest.fixture
def memory(moment: Moment) -> Recall:
    """A memory in which one viewer is known and one answer is kept."""
    made = Recall(ticks=moment)
    made._listens = True
    made.keep(PATH, kept(), moment.now)
    let_in(made)
    return made


def let_in(memory: Recall, actor: Actor = VIEWER, headers: recall.Headers = ANSWERED, **other: Any) -> None:
    environ = {recall.LET_IN: (actor, ("map.read",))}
    memory.learn({**SCOPE, **other}, memory.begin(), environ, headers)


def with_header(*header: bytes) -> dict[str, Any]:
    return {**SCOPE, "headers": [*HEADERS, header]}


def test_who_was_let_in_gets_the_same_again(memory: Recall) -> None:
    found = memory.find(SCOPE)
    assert found is not None
    status, headers, body = found
    assert (status, body) == (200, b"packed")
    assert dict(headers) == {
        b"etag": b'W/"s1"', b"cache-control": b"no-cache", b"content-type": b"application/x-tile",
        b"content-encoding": b"gzip", b"content-length": b"6", b"x-frame-options": b"DENY",
        b"vary": b"Accept-Encoding",
    }  # fmt: skip


def test_an_address_that_names_the_stamp_may_be_kept_for_a_day(memory: Recall) -> None:
    named = memory.find({**SCOPE, "query_string": b"v=s1"})
    assert named is not None
    assert dict(named[1])[b"cache-control"].decode() == recall.FOR_A_DAY
    plain = memory.find(SCOPE)
    assert plain is not None
    assert (plain[0], plain[2]) == (named[0], named[2])
    assert dict(plain[1])[b"cache-control"] == b"no-cache"
    assert memory.find({**SCOPE, "query_string": b"v=s0"}) is None, (
        "which stamp is the newest, the application knows"
    )


def test_a_query_is_part_of_the_address(memory: Recall, moment: Moment) -> None:
    memory.keep(f"{PATH}?release=3", kept(packed=b"third"), moment.now)
    found = memory.find({**SCOPE, "query_string": b"release=3"})
    assert found is not None
    assert found[2] == b"third"
    for other in (b"release=4", b"release=3&x=1", b"release=03"):
        assert memory.find({**SCOPE, "query_string": other}) is None
    plain = memory.find(SCOPE)
    assert plain is not None
    assert plain[2] == b"packed"


@pytest.mark.parametrize("match", [b'W/"s1"', b'"s1"', b'"s0", W/"s1"'])
def test_who_has_it_is_told_so(memory: Recall, match: bytes) -> None:
    found = memory.find(with_header(b"if-none-match", match))
    assert found is not None
    assert (found[0], found[2]) == (304, b"")


def test_who_does_not_take_gzip_gets_it_plain(memory: Recall) -> None:
    for encodings in (b"br", b"gzip;q=0", b"identity"):
        found = memory.find({**SCOPE, "headers": [*HEADERS[:2], (b"accept-encoding", encodings)]})
        assert found is not None
        assert found[2] == kept().plain
        assert b"content-encoding" not in dict(found[1])


@pytest.mark.parametrize("other", [
    {"method": "HEAD"}, {"method": "POST"}, {"query_string": b"v=1"}, {"scheme": "https"}, {"http_version": "2"},
    {"path": "/tiles/town/cells/14/1/3.mvt"}, {"client": ("10.0.0.2", 40_000)},
    {"headers": [(b"host", b"127.0.0.1:8000"), (b"cookie", b"s=2")]}, {"headers": HEADERS[:1]},
    {"headers": [(b"host", b"elsewhere"), (b"cookie", b"s=1")]},
])  # fmt: skip
def test_whoever_asks_otherwise_is_not_known(memory: Recall, other: dict[str, Any]) -> None:
    assert memory.find({**SCOPE, **other}) is None
    assert memory.find(SCOPE) is not None, "but the first one still is"


@pytest.mark.parametrize("header", [
    (b"authorization", b"Bearer x"), (b"x-forwarded-for", b"10.0.0.1"), (b"x-forwarded-proto", b"https"),
    (b"cache-control", b"no-cache"), (b"pragma", b"no-cache"), (b"range", b"bytes=0-1"), (b"content-length", b"4"),
    (b"x-new", b"1"), (b"cookie", b"t=1"),
])  # fmt: skip
def test_a_header_that_could_matter_leads_to_the_application(
    memory: Recall, header: tuple[bytes, bytes]
) -> None:
    assert memory.find(with_header(*header)) is None


def test_somebody_else_s_end_changes_nothing_and_one_s_own_all(memory: Recall) -> None:
    memory.forget(8)
    assert memory.find(SCOPE) is not None
    memory.forget(7)
    assert memory.find(SCOPE) is None


def test_who_was_let_in_before_something_was_heard_stays_unknown(memory: Recall) -> None:
    begun = memory.begin()
    memory.forget(7)
    memory.learn(SCOPE, begun, {recall.LET_IN: (VIEWER, ("map.read",))}, ANSWERED)
    assert memory.find(SCOPE) is None
    let_in(memory)
    assert memory.find(SCOPE) is not None


def test_nobody_is_known_while_nobody_listens(memory: Recall) -> None:
    memory._listens = False
    assert memory.find(SCOPE) is None


def test_one_asks_anew_in_time_and_all_when_it_is_over(memory: Recall, moment: Moment) -> None:
    memory.keep(PATH, kept(), moment.now + 10)
    moment.now += recall.KNOWN * 0.6
    assert [memory.find(SCOPE) is None for _ in range(4)] == [True, False, False, False]
    moment.now += recall.KNOWN * 0.6
    assert memory.find(SCOPE) is None
    let_in(memory)
    assert memory.find(SCOPE) is not None


def test_nobody_is_known_beyond_the_end_of_their_session(memory: Recall, moment: Moment) -> None:
    memory.keep(PATH, kept(), moment.now + 10)
    memory.forget(None)
    let_in(memory, Actor("wang.fang", account=7, until=NOW + timedelta(seconds=0.5)))
    assert memory.find(SCOPE) is not None
    moment.now += 0.5
    assert memory.find(SCOPE) is None
    for until in (None, NOW, NOW - timedelta(seconds=1)):
        let_in(memory, Actor("wang.fang", account=7, until=until))
        assert memory.find(SCOPE) is None


def test_a_program_without_account_is_not_known(memory: Recall) -> None:
    memory.forget(None)
    let_in(memory, Actor("teller", until=VIEWER.until))
    assert memory.find(SCOPE) is None


def test_an_answer_with_a_new_cookie_is_given_by_the_application(memory: Recall) -> None:
    memory.forget(None)
    let_in(memory, headers=(*ANSWERED, (b"set-cookie", b"s=2")))
    assert memory.find(SCOPE) is None


def test_who_was_let_in_elsewhere_is_not_let_in_here(memory: Recall, moment: Moment) -> None:
    other = Kept(1, "s1", "application/x-tile", b"secret", None, ("incident.read",))
    memory.keep("/tiles/town/other", other, moment.now)
    assert memory.find({**SCOPE, "path": "/tiles/town/other"}) is None


def test_a_newer_stamp_outdates_every_answer_of_its_thing(memory: Recall, moment: Moment) -> None:
    memory.keep("/tiles/town/cells/14/1/3.mvt", kept("s2"), moment.now + 0.1)
    assert memory.find(SCOPE) is None
    assert memory.get(PATH, "s2") is None
    memory.keep(PATH, kept("s2", plain=b""), moment.now + 0.2)
    found = memory.find(SCOPE)
    assert found is not None
    assert found[0] == 204
    memory.keep(PATH, kept("s1"), moment.now + 0.1)
    assert memory.find(SCOPE) is None, "what was asked earlier is not newer because it came later"


def test_a_stamp_is_looked_at_again(memory: Recall, moment: Moment) -> None:
    moment.now += recall.NEWEST
    assert memory.find(SCOPE) is None
    memory.keep(PATH, kept(), moment.now)
    assert memory.find(SCOPE) is not None


def test_what_was_kept_longest_gives_way(moment: Moment) -> None:
    memory = Recall(3 * kept().size, moment)
    for number in range(5):
        memory.keep(str(number), kept(), moment.now)
    assert [memory.get(str(number), "s1") is None for number in range(5)] == [True, True, False, False, False]


def test_only_so_many_viewers_are_known(memory: Recall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "MOST_VIEWERS", 2)
    for number in range(2):
        let_in(memory, client=(f"10.0.1.{number}", 1))
    assert memory.find(SCOPE) is None
    assert memory.find({**SCOPE, "client": ("10.0.1.1", 2)}) is not None


def test_nobody_is_known_by_endless_headers(memory: Recall) -> None:
    headers = [*HEADERS, (b"x-long", b"a" * recall.LONGEST_HEAD)]
    memory.learn(
        {**SCOPE, "headers": headers}, memory.begin(), {recall.LET_IN: (VIEWER, ("map.read",))}, ANSWERED
    )
    assert memory.find({**SCOPE, "headers": headers}) is None
