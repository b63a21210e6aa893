"""Reports and where they say something is; raw coordinates as given; assignments step by step."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
