"""Plans: drafts of the grid with their logs, as planners draw, discuss, lock and approve them."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
