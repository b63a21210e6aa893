"""What tiles far out draw of roads and themes is kept by zoom, merged and simplified."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
