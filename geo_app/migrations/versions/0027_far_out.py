"""Open incidents are counted on tiles far out without reading them."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
