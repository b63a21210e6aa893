"""Who acts: accounts, roles, what they are bound to, how they log in."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
