"""Every named SQL statement plans: names, columns and types fit the newest schema, and the role may do it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiosql
import psycopg2.extensions
import pytest

from tests.databases import Server, connected

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "geo_app").glob("**/queries.sql"))
VALUE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Statement:
    """A named statement and the file it stands in."""

    name: str
    sql: str

    def __str__(self) -> str:
        """Return its name with that of its capability."""
        return self.name

    def prepared(self) -> str:
        """Return the statement as PREPARE wants it: values by number, % written once."""
        names = list(dict.fromkeys(VALUE.findall(self.sql)))
        numbered = VALUE.sub(lambda match: f"${names.index(match[1]) + 1}", self.sql)
        return "PREPARE statement AS " + numbered.replace("%%", "%")


def statements(path: Path) -> list[Statement]:
    """Return the statements of one file."""
    queries = aiosql.from_path(path, "psycopg2")
    names = [name for name in queries.available_queries if not name.endswith("_cursor")]
    return [Statement(f"{path.parent.name}.{name}", getattr(queries, name).sql) for name in names]


STATEMENTS = [statement for path in FILES for statement in statements(path)]


@pytest.fixture(scope="module")
def application(cluster: Server, migrated: str) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor of the application role in a migrated database."""
    with cluster.clone(migrated) as place, connected(place.app_url) as cursor:
        yield cursor


@pytest.mark.parametrize("statement", STATEMENTS, ids=str)
def test_the_application_role_can_prepare(
    application: psycopg2.extensions.cursor, statement: Statement
) -> None:
    application.execute("DEALLOCATE ALL")
    application.execute(statement.prepared())


def test_every_statement_is_found_by_its_name() -> None:
    written = [
        name for path in FILES for name in re.findall(r"^-- name: (\w+)", path.read_text(), re.MULTILINE)
    ]
    assert len(written) == len(STATEMENTS) > 0


def test_a_statement_that_does_not_fit_the_schema_is_refused(application: psycopg2.extensions.cursor) -> None:
    application.execute("DEALLOCATE ALL")
    with pytest.raises(psycopg2.errors.UndefinedColumn):
        application.execute(
            Statement("wrong", "SELECT no_such_column FROM city WHERE code = %(code)s").prepared()
        )
