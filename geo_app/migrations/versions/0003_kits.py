"""City kits: the code scheme of a city, and what removing one needs."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
