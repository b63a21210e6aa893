"""Open incidents are found by place."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
