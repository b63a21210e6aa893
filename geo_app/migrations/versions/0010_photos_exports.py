"""Photos of reports, pixels only; the exports that were made."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0010"
down_revision = "0008"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
