"""Everything a city needs to be mapped, matched and served."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
