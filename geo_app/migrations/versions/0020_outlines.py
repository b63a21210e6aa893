"""Outlines for the map: drawn for bands of zooms, so that tiles are small and neighbours never part."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
