"""Whoever gets a case by a release that begins sees it from that instant on, before anybody has taken it over."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
