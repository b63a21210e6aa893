"""COPY writes what INSERT writes, whatever stands in a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

import psycopg2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_app.core import db
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from tests.databases import Server

NASTY = st.sampled_from([
    "\t", "\n", "\r", "\r\n", "\\", "\\N", "\\.", "\\n", "{", "}", ",", '"', "'", "NULL", "null", "", " ", "%s",
    "网格", "\U0001f6b2", "\u2028", "\x01", "\x7f", "a\tb\\c\nd",
])  # fmt: skip
TEXT = NASTY | st.lists(NASTY, max_size=5).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20
)  # fmt: skip
ROWS = st.lists(
    st.tuples(
        TEXT | st.none(),
        st.lists(TEXT | st.none(), max_size=4),
        st.integers(-(2**63), 2**63 - 1) | st.none(),
        st.floats(),
        st.booleans() | st.none(),
        st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
        st.times() | st.just(time(0)),
    ),
    max_size=5,
)
COLUMNS = ("t", "a", "i", "f", "b", "m", "c")


@dataclass
class Raw:
    """A statement only a test needs."""

    sql: str


INSERT = Raw("INSERT INTO inserted VALUES (%(n)s, %(t)s, %(a)s::text[], %(i)s, %(f)s, %(b)s, %(m)s, %(c)s)")
DIFFERENT = Raw("""
(TABLE inserted EXCEPT TABLE copied) UNION ALL (TABLE copied EXCEPT TABLE inserted)""")


@pytest.fixture(scope="module")
def opened(cluster: Server, migrated: str) -> Iterator[db.Database]:
    """A database for every example: their tables are gone at their end."""
    with cluster.clone(migrated) as place:
        database = db.Database(place.app_url, Settings())
        yield database
        database.dispose()


@given(ROWS)
def test_copy_writes_what_insert_writes(
    opened: db.Database,
    rows: list[tuple[str | None, list[str | None], int | None, float, bool | None, datetime, time]],
) -> None:
    with opened.transaction(SYSTEM) as tx:
        for name in ("inserted", "copied"):
            tx.run(Raw(
                f"CREATE TEMP TABLE {name} (n int, t text, a text[], i bigint, f float8, b boolean,"
                " m timestamptz, c time) ON COMMIT DROP"
            ))  # fmt: skip
        for number, row in enumerate(rows):
            tx.run(INSERT, n=number, **dict(zip(COLUMNS, row, strict=True)))
        numbered = [(number, *row) for number, row in enumerate(rows)]
        assert tx.copy("copied", ("n", *COLUMNS), numbered) == len(rows)
        assert tx.all(DIFFERENT, dict) == []
        assert tx.value(Raw("SELECT count(*) FROM copied")) == len(rows)


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_a_text_no_database_can_hold_is_refused_and_nothing_is_written(
    opened: db.Database, text: str
) -> None:
    with pytest.raises((ValueError, psycopg2.DataError)), opened.transaction(SYSTEM) as tx:
        tx.copy("idempotency", ("key", "actor", "request_hash"), [("a", "b", "c"), (text, "b", "c")])
    with opened.transaction(SYSTEM) as tx:
        assert tx.value(Raw("SELECT count(*) FROM idempotency")) == 0
