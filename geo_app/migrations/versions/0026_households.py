"""How many households live where."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
