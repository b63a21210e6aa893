"""Facts by month with who, from where and why; the chain that shows whether one of them was touched."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
