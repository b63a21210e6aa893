"""Releases that are dated ahead, that take an earlier one back, and where the land of every cell came from."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
