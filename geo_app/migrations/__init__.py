"""Migrations: plain SQL, run by Alembic, forward only, never edited after release."""
