"""The application role on an existing server: made by the owner where that is allowed, else by an administrator."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.errors import InsufficientPrivilege
from sqlalchemy.engine import make_url

from geo_app.core.errors import NotReady, WrongSetup

NAME = "wangge_app"


def create(owner_url: str) -> str:
    """Make the application role with a new password, or give it one, and return its database address.

    WrongSetup holds the statement an administrator must run when the owner may not make roles.
    """
    address = make_url(owner_url)
    password = secrets.token_urlsafe(24)
    try:
        connection = psycopg2.connect(
            address.set(drivername="postgresql").render_as_string(hide_password=False)
        )
    except psycopg2.OperationalError as error:
        raise NotReady(
            "the database of DATABASE_URL does not answer; is it running, is the password right?"
        ) from error
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (NAME,))
        verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
        statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
            verb, sql.Identifier(NAME), sql.Literal(password)
        )
        try:
            cursor.execute(statement)
        except InsufficientPrivilege as error:
            raise WrongSetup(
                f"{address.username} may not make roles: an administrator runs CREATE ROLE {NAME} LOGIN PASSWORD '…'; "
                f"then set APP_DATABASE_URL to the same database for {NAME}"
            ) from error
    connection.close()
    return address.set(username=NAME, password=password).render_as_string(hide_password=False)


def keep(path: Path, app_url: str) -> None:
    """Write the address into a file only this user can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(app_url)
