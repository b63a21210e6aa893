"""Run a migration's SQL file."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def run(migration: str) -> None:
    """Run the statements of the .sql file that has the name of the module file `migration`."""
    op.get_bind().exec_driver_sql(Path(migration).with_suffix(".sql").read_text(encoding="utf-8"))
