"""Run plain SQL in a migration."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from alembic import op


def run(migration: str) -> None:
    """Run the statements of the .sql file that has the name of the module file `migration`."""
    execute(Path(migration).with_suffix(".sql").read_text(encoding="utf-8"))


def execute(statements: str) -> None:
    """Run statements as they are: no parameters, a % is a %."""
    with closing(op.get_bind().connection.cursor()) as cursor:
        cursor.execute(statements)
