"""Whoever tampers with the record as its owner is found out, and the first row they touched is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geo_app.audit import chain, service, store
from geo_app.core import db
from tests.integration.audit.conftest import NOON, Kept, Raw, first

ALTERATIONS = {
    "kind": "'incident.closed'",
    "subject": "4711",
    "jurisdiction": "'110101'",
    "actor": "'somebody'",
    "actor_account": "8",
    "address": "'10.0.0.1'",
    "reason": "'x'",
    "at": "at + interval '1 microsecond'",
    "data": """data || '{"score": 1.50}'""",
    "changes": "'{}'",
}
HASH = "'\\x" + "ab" * 32 + "'"
INSERT = (
    "INSERT INTO fact (xid, kind, actor, data, at) VALUES (%(xid)s::text::xid8, 'x', 'x', '{}', clock_timestamp())"
    " RETURNING id"
)
FREE_IDS = "ALTER TABLE fact ALTER COLUMN id DROP IDENTITY"
NOON_LATER = NOON + timedelta(days=9)


def test_a_record_nobody_touched_is_whole(kept: Kept) -> None:
    with kept.tampering() as tx:
        verdict = kept.verdict(tx)
    assert verdict.is_whole
    assert (verdict.sealed, verdict.retired, verdict.anchors) == (len(kept.facts), 0, 3)
    assert (verdict.waiting, verdict.resting) == (0, 0)


@pytest.mark.parametrize("column", ALTERATIONS)
@pytest.mark.parametrize("which", [0, 17, -1])
def test_an_altered_column_names_its_fact(kept: Kept, column: str, which: int) -> None:
    fact_id, _ = kept.facts[which]
    with kept.tampering() as tx:
        assert (
            tx.run(Raw(f"UPDATE fact SET {column} = {ALTERATIONS[column]} WHERE id = %(id)s"), id=fact_id)
            == 1
        )
        assert first(kept, tx) == ("altered", "fact", str(fact_id))


def test_every_column_of_a_fact_is_sealed(kept: Kept) -> None:
    with kept.tampering() as tx:
        columns = tx.all(
            Raw("SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'fact'"),
            lambda row: row["name"],
        )
    assert set(columns) == {*ALTERATIONS, "id", "xid"}
    assert set(chain.KEYS) == {*columns, "account"} - {"actor_account"}


@pytest.mark.parametrize("moment", ["'infinity'", "'-infinity'", "'29999-01-01'", "at - interval '3 years'"])
def test_a_moment_beyond_every_calendar_names_its_fact(kept: Kept, moment: str) -> None:
    fact_id, _ = kept.facts[9]
    with kept.tampering() as tx:
        tx.run(Raw(f"UPDATE fact SET at = {moment} WHERE id = %(id)s"), id=fact_id)
        assert first(kept, tx) == ("altered", "fact", str(fact_id))


@pytest.mark.parametrize("which", [0, 5, -1])
def test_a_deleted_fact_is_named(kept: Kept, which: int) -> None:
    fact_id, _ = kept.facts[which]
    with kept.tampering() as tx:
        tx.run(Raw("DELETE FROM fact WHERE id = %(id)s"), id=fact_id)
        assert first(kept, tx) == ("deleted", "fact", str(fact_id))


def test_an_inserted_fact_is_named(kept: Kept) -> None:
    for which in (0, 12, -1):
        with kept.tampering() as tx:
            added = tx.value(Raw(INSERT), xid=str(kept.facts[which][1] - 1))
            assert first(kept, tx) == ("inserted", "fact", str(added))


def test_a_second_fact_under_the_same_id_and_transaction_is_named(kept: Kept) -> None:
    for which in (0, 12, -1):
        fact_id, xid = kept.facts[which]
        again = (
            "INSERT INTO fact (id, xid, kind, actor, data, at) OVERRIDING SYSTEM VALUE"
            " VALUES (%(id)s, %(xid)s::text::xid8, 'x', 'x', '{}', clock_timestamp())"
        )
        with kept.tampering() as tx:
            tx.run(Raw(again), id=fact_id, xid=str(xid))
            assert first(kept, tx) == ("inserted", "fact", str(fact_id))


def test_facts_that_changed_places_are_named(kept: Kept) -> None:
    one, other = kept.facts[4], kept.facts[20]
    with kept.tampering() as tx:
        move = Raw("UPDATE fact SET xid = %(xid)s::text::xid8 WHERE id = %(id)s")
        tx.run(move, id=one[0], xid=str(other[1]))
        tx.run(move, id=other[0], xid=str(one[1]))
        assert first(kept, tx) == ("reordered", "fact", str(one[0]))
    with kept.tampering() as tx:
        tx.run(Raw(FREE_IDS))
        swap = "UPDATE fact SET id = CASE id WHEN %(a)s THEN %(b)s ELSE %(a)s END WHERE id IN (%(a)s, %(b)s)"
        tx.run(Raw(swap), a=one[0], b=other[0])
        assert first(kept, tx) == ("reordered", "fact", str(one[0]))


TAILS: dict[str, Callable[[db.Transaction, int, int], None]] = {
    "facts and links": lambda tx, fact_id, seq: _cut(tx, fact_id, seq, ["fact_link"]),
    "facts, links and seals": lambda tx, fact_id, seq: _cut(tx, fact_id, seq, ["fact_link", "fact_seal"]),
}


def _cut(tx: db.Transaction, fact_id: int, seq: int, tables: list[str]) -> None:
    tx.run(Raw("DELETE FROM fact WHERE id > %(id)s"), id=fact_id)
    for table, column in (("fact_link", "seq"), ("fact_seal", "last_seq")):
        if table in tables:
            tx.run(Raw(f"DELETE FROM {table} WHERE {column} > %(seq)s"), seq=seq)


@pytest.mark.parametrize("what", TAILS)
@pytest.mark.parametrize("left", [0, 7, 14, 36, 37])
def test_a_tail_that_was_cut_off_is_named(kept: Kept, what: str, left: int) -> None:
    """36 facts and three anchors are the three days; the last fact was sealed after them."""
    fact_id = kept.facts[left - 1][0] if left else 0
    with kept.tampering() as tx:
        TAILS[what](tx, fact_id, left)
        kind, thing, name = first(kept, tx)
    assert (kind, thing, name) in {
        ("truncated", "link", str(left + 1)),
        ("deleted", "seal", str(_seals_whole(left) + 1)),
    }


def _seals_whole(left: int) -> int:
    """Return how many seals end at or before `left` links: each day is 7 and 5 facts, and the anchor's fact after."""
    return sum(1 for end in ENDS if end <= left)


ENDS = (7, 12, 19, 25, 32, 38, 39)


def test_links_cut_off_while_their_facts_stay_are_named(kept: Kept) -> None:
    with kept.tampering() as tx:
        tx.run(Raw("DELETE FROM fact_link WHERE seq > 20"))
        tx.run(Raw("DELETE FROM fact_seal WHERE last_seq > 20"))
        assert first(kept, tx)[0] in {"truncated", "deleted"}


def test_a_tail_that_was_cut_off_and_sealed_anew_is_found(kept: Kept) -> None:
    """Whoever deletes facts, computes all links and seals again and forgets no hash is held by the anchors."""
    gone, _ = kept.facts[15]
    with kept.tampering() as tx:
        _seal_anew(tx, "DELETE FROM fact WHERE id = %(id)s", gone)
        kind, what, _ = first(kept, tx)
        assert (kind, what) == ("replaced", "link")
        assert kept.verdict(tx).findings[0].says.startswith("2026-11-21.json noted another hash")
        assert service.anchor(tx, kept.folder, NOON_LATER) is not None, "the head is not written over"


def _seal_anew(tx: db.Transaction, statement: str, fact_id: int) -> None:
    last = store.last_link(tx)
    assert last is not None
    tx.run(Raw(statement), id=fact_id)
    records = list(store.records(tx, last))
    tx.run(Raw("DELETE FROM fact_link"))
    tx.run(Raw("DELETE FROM fact_seal"))
    made = chain.links(None, records)
    store.add_links(tx, made)
    store.add_seal(tx, chain.seal(None, made[0], made[-1]))


LINKS = {
    "xid": "'1'::xid8",
    "fact_id": "fact_id + 1000",
    "month": "'2020-01'",
    "content": HASH,
    "hash": HASH,
}


@pytest.mark.parametrize("column", LINKS)
@pytest.mark.parametrize("seq", [1, 12, 37])
def test_an_altered_link_is_named(kept: Kept, column: str, seq: int) -> None:
    with kept.tampering() as tx:
        tx.run(Raw(f"UPDATE fact_link SET {column} = {LINKS[column]} WHERE seq = %(seq)s"), seq=seq)
        assert first(kept, tx) == ("altered", "link", str(seq))


def test_a_deleted_or_renumbered_link_is_named(kept: Kept) -> None:
    for statement in (
        "DELETE FROM fact_link WHERE seq = 12",
        "UPDATE fact_link SET seq = 999 WHERE seq = 12",
        "UPDATE fact_link SET seq = -3 WHERE seq = 1",
    ):
        with kept.tampering() as tx:
            tx.run(Raw(statement))
            assert first(kept, tx)[:2] == ("deleted", "link")


SEALS = {
    "first_seq": "first_seq - 1",
    "last_seq": "last_seq + 1",
    "first_xid": "'3'::xid8",
    "first_id": "0",
    "last_xid": "'3'::xid8",
    "last_id": "0",
    "hash": HASH,
}


@pytest.mark.parametrize("column", SEALS)
def test_an_altered_seal_is_named(kept: Kept, column: str) -> None:
    with kept.tampering() as tx:
        tx.run(Raw(f"UPDATE fact_seal SET {column} = {SEALS[column]} WHERE number = 2"))
        assert first(kept, tx) == ("altered", "seal", "2")


def test_a_deleted_seal_is_named(kept: Kept) -> None:
    for number in (1, 3, len(ENDS)):
        with kept.tampering() as tx:
            assert tx.run(Raw("DELETE FROM fact_seal WHERE number = %(number)s"), number=number) == 1
            assert first(kept, tx) == ("deleted", "seal", str(number))


def test_a_month_that_somebody_dropped_is_not_taken_for_one_that_was_old(kept: Kept) -> None:
    """Neither an entry among the dropped months nor a fact about it helps before six months are over."""
    with kept.tampering() as tx:
        month = tx.value(Raw("SELECT month FROM fact_link LIMIT 1"))
        tx.run(Raw("DELETE FROM fact WHERE kind = 'incident.moved'"))
        tx.run(Raw("INSERT INTO fact_retired VALUES (%(month)s, 36, 'infinity')"), month=month)
        tx.run(Raw("""INSERT INTO fact (kind, actor, data)
            VALUES ('audit.retired', 'system', jsonb_build_object('month', %(month)s))"""), month=month)  # fmt: skip
        assert first(kept, tx) == ("deleted", "fact", str(kept.facts[0][0]))


Deed = tuple[str, int]
DEEDS = st.lists(
    st.tuples(st.sampled_from([*ALTERATIONS, "delete", "insert", "xid", "id"]), st.integers(0, 38)),
    min_size=1, max_size=4, unique_by=lambda deed: deed[1],
)  # fmt: skip


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_of_several_deeds_the_first_in_the_order_of_the_record_is_named(
    kept: Kept, deeds: list[Deed]
) -> None:
    with kept.tampering() as tx:
        for deed, which in deeds:
            _do(tx, deed, *kept.facts[which])
        finding = kept.verdict(tx).findings[0]
        earliest = min(which for _, which in deeds)
        assert finding.what == "fact"
        assert finding.seq is not None
        assert finding.seq <= earliest + 1
        touched = {str(kept.facts[which][0]) for _, which in deeds}
        inserted = any(deed in {"insert", "id"} for deed, _ in deeds)
        assert finding.name in touched or inserted


def _do(tx: db.Transaction, deed: str, fact_id: int, xid: int) -> None:
    values = {"id": fact_id, "xid": str(xid)}
    if deed == "delete":
        tx.run(Raw("DELETE FROM fact WHERE id = %(id)s"), **values)
    elif deed == "insert":
        before = (
            "INSERT INTO fact (id, xid, kind, actor, data) OVERRIDING SYSTEM VALUE"
            " VALUES (-%(id)s, %(xid)s::text::xid8, 'x', 'x', '{}')"
        )
        tx.run(Raw(before), **values)
    elif deed == "xid":
        tx.run(Raw("UPDATE fact SET xid = '3'::xid8 WHERE id = %(id)s"), **values)
    elif deed == "id":
        tx.run(Raw(FREE_IDS + " IF EXISTS"))
        tx.run(Raw("UPDATE fact SET id = 1000 + id WHERE id = %(id)s"), **values)
    else:
        tx.run(Raw(f"UPDATE fact SET {deed} = {ALTERATIONS[deed]} WHERE id = %(id)s"), **values)
