"""Procrastinate's own schema, and what the application role needs of it."""

from __future__ import annotations

from procrastinate.schema import SchemaManager

from geo_app.migrations import sql

revision = "0002"
down_revision = "0001"

TABLES = "procrastinate_jobs, procrastinate_events, procrastinate_workers, procrastinate_periodic_defers"


def upgrade() -> None:
    """Create the job queue of the pinned procrastinate release."""
    sql.execute(SchemaManager.get_schema())
    sql.execute(f"""
        DO $$
        DECLARE app text := current_setting('geo.app_role');
        BEGIN
          EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLES} TO %I', app);
          EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', app);
        END $$""")
