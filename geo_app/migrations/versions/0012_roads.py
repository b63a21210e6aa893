"""Limits, access and restrictions of roads; roads closed or slowed for a time."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0012"
down_revision = "0010"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
