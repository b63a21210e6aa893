"""Shapes of units last until they change, so a release writes only those it changes; outlines are found by level."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0024"
down_revision = "0022"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
