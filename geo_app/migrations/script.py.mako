"""${message}."""

from __future__ import annotations

from geo_app.migrations import sql

revision = "${up_revision}"
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Run the statements of the .sql file beside this one."""
    sql.run(__file__)
