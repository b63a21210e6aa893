"""A release published before a scheduled one puts that on other cells: each plan knows on which of them it stands."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
