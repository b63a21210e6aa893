"""Positions of whole shifts in days of their own, stretches off duty, what stays of positions past their term."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
