"""Personal values of reports are sealed; what everybody sees is masked; a report has a code for who told it."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
