"""A position is checked and kept with less ado: stretches off duty by one call, the cheapest rule of writing first."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
