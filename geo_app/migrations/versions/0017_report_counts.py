"""Reports are counted without fetching them."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
