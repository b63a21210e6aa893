"""Row policies: people and cases are seen by who is bound to where they lie, whose they are, or whom they concern."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
