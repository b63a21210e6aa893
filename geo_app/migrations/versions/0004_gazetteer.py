"""The gazetteer: names of places as people write them, made findable."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
