"""Stretches that are closed or slowed, and versions of what is."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
