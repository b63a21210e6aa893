"""An auditor finds facts by who, what, when and where, page by page; and the search is itself a fact."""

from __future__ import annotations

from datetime import timedelta

import pytest

from geo_app.audit import service, store
from geo_app.audit.model import Entry, Page, Position, Search
from geo_app.core import clock, db, facts
from geo_app.core.actor import SYSTEM, Actor
from geo_app.core.errors import BadInput, NotFound
from tests.integration.conftest import Raw, Town

AUDITOR = Actor("auditor", frozenset({"audit.read"}), account=3, address="10.1.1.1")


def found(town: Town, wanted: Search, **options: int) -> Page:
    """Return the page of a search by the auditor."""
    with town.database.transaction(AUDITOR) as tx:
        return service.search(tx, wanted, **options)


@pytest.fixture
def filled(town: Town) -> Town:
    """The town with facts of two people about three subjects, in the town and elsewhere."""
    for number in range(12):
        with town.database.transaction(Actor("王芳" if number % 2 else "clerk", account=number % 2)) as tx:
            place = town.city.jurisdiction if number < 6 else "110101"
            facts.record(tx, f"case.{number % 4}", number % 3, place, reason=f"r{number}", step=number)
    return town


def steps(entries: tuple[Entry, ...]) -> list[int]:
    """Return the numbers of the facts, as found."""
    return [entry.data["step"] for entry in entries if "step" in entry.data]


@pytest.mark.parametrize(("wanted", "expected"), [
    (Search(), [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
    (Search(actor="王芳"), [11, 9, 7, 5, 3, 1]),
    (Search(kind="case.3"), [11, 7, 3]),
    (Search(subject=2, kind="case.2"), [2]),
    (Search(city="town", actor="clerk"), [4, 2, 0]),
    (Search(actor="nobody"), []),
    (Search(since=clock.now() - timedelta(days=900), until=clock.now() - timedelta(days=800)), []),
    (Search(since=clock.now() - timedelta(hours=20), until=clock.now() + timedelta(days=2), kind="case.0"), [8, 4, 0]),
])  # fmt: skip
def test_facts_are_found_newest_first(filled: Town, wanted: Search, expected: list[int]) -> None:
    assert steps(found(filled, wanted, most=500).entries) == expected


def test_an_entry_says_who_from_where_and_why(filled: Town) -> None:
    (entry,) = found(filled, Search(subject=2, kind="case.2")).entries
    assert (entry.actor, entry.account, entry.address, entry.reason) == ("clerk", 0, None, "r2")
    assert (entry.jurisdiction, entry.changes, entry.data) == ("990101", None, {"step": 2})


def test_pages_follow_each_other_without_gap_or_repeat_while_facts_are_added(filled: Town) -> None:
    """Each search adds a fact of its own, and it stands before the page that is read next."""
    seen: list[int] = []
    before: Position | None = None
    while True:
        with filled.database.transaction(AUDITOR) as tx:
            page = service.search(tx, Search(), before, 5)
        seen += steps(page.entries)
        before = page.next
        if before is None:
            break
    assert seen == list(range(11, -1, -1))


def test_the_last_page_has_no_next(filled: Town) -> None:
    assert found(filled, Search(kind="case.3"), most=3).next is None
    assert found(filled, Search(kind="case.3"), most=2).next is not None


def test_a_search_is_itself_recorded_with_what_was_asked(filled: Town) -> None:
    found(filled, Search(actor="王芳", kind="case.3", subject=2, city="town"))
    ((actor, account, address, subject, data),) = filled.all(
        "SELECT actor, actor_account, address, subject, data FROM fact WHERE kind = 'audit.searched'"
    )
    assert (actor, account, address, subject) == ("auditor", 3, "10.1.1.1", 2)
    assert data == {
        "since": None,
        "until": None,
        "actor": "王芳",
        "fact": "case.3",
        "city": "town",
        "found": 0,
    }


@pytest.mark.parametrize(("wanted", "most"), [
    (Search(), 0), (Search(), 501), (Search(actor=""), 5), (Search(kind="x\0"), 5), (Search(city="c" * 201), 5),
])  # fmt: skip
def test_what_cannot_be_searched_is_refused_by_name(town: Town, wanted: Search, most: int) -> None:
    with pytest.raises(BadInput):
        found(town, wanted, most=most)


def test_a_city_that_is_not_there_is_named(town: Town) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        found(town, Search(city="nowhere"))


def test_a_rare_kind_an_actor_and_a_subject_are_found_by_an_index(settings, database: db.Database) -> None:
    owner = db.Database(settings.database_url, settings)
    many = """
        INSERT INTO fact (kind, actor, subject, data)
        SELECT 'kind.' || n %% 500, 'actor ' || n %% 500, n, '{}' FROM generate_series(1, 30000) n"""
    with owner.transaction(SYSTEM) as tx:
        tx.run(Raw(many))
        tx.run(Raw("ANALYZE fact"))
        month = tx.value(Raw("SELECT DISTINCT tableoid::regclass::text FROM fact"))
    owner.dispose()
    nothing = {
        "since": None,
        "until": None,
        "actor": None,
        "kind": None,
        "subject": None,
        "jurisdiction": None,
    }
    for name, value in (("kind", "kind.7"), ("actor", "actor 7"), ("subject", 77)):
        values = {**nothing, name: value, "xid": service.NEWEST.xid, "id": service.NEWEST.id, "most": 100}
        with database.transaction(SYSTEM) as tx:
            plan = str(tx.value(Raw("EXPLAIN (FORMAT JSON) " + store.SQL.search.sql), **values))
        assert f"{month}_{name}_xid_id_idx" in plan
