"""Files of cells that were brought, and the mends that were accepted."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
