"""Every door and every command states a permission the one table knows; what is open to everyone is listed here."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_app.cli import geo
from geo_app.core import door
from geo_app.core.errors import WrongSetup
from geo_app.identity.permissions import PERMISSIONS, ROLES

OPEN = {
    "/healthz", "/readyz", "/openapi.json", "/static/<path:filename>", "/install", "/install/ca.crt", "/install/qr.svg",
    "/login", "/link", "/api/link", "/api/link/use", "/api/login", "/api/logout", "/api/second-factor",
    "/api/second-factor/code", "/api/second-factor/recovery", "/api/second-factor/picture",
    "/report", "/api/reports", "/api/reports/<code>", "/api/reports/<code>/correct", "/api/reports/<code>/erase",
    "/api/reports/<code>/photos",
}  # fmt: skip
CLOSED = {
    "/verify", "/api/second-factor/rescue", "/api/second-factor/select", "/api/second-factor/<token>",
}  # fmt: skip


def commands(group: click.Group = geo, path: str = "geo") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_every_route_states_a_permission_and_only_these_are_open(still_client: FlaskClient) -> None:
    app = still_client.application
    stated: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        stated.setdefault(rule.rule, set()).update(door.permissions_of(app.view_functions[rule.endpoint]))
    assert all(stated.values())
    assert {path for path, asked in stated.items() if door.PUBLIC in asked} == OPEN
    assert {path for path, asked in stated.items() if door.CLOSED in asked} == CLOSED
    known = {*PERMISSIONS, door.PUBLIC, door.CLOSED}
    assert not {path: asked for path, asked in stated.items() if not asked <= known}


def test_a_route_without_a_permission_stops_the_start() -> None:
    app = Flask("forgotten", static_folder=None)
    app.add_url_rule("/forgotten", view_func=lambda: "")
    with pytest.raises(WrongSetup, match="/forgotten"):
        door.check(app)


def test_every_command_states_a_permission() -> None:
    found = dict(commands())
    assert len(found) > 40
    stated = {path: getattr(command.callback, "permission", None) for path, command in found.items()}
    assert not sorted(path for path, permission in stated.items() if permission not in PERMISSIONS)


def test_every_role_may_only_what_the_table_knows() -> None:
    for name, role in ROLES.items():
        assert role.permissions <= PERMISSIONS.keys(), name
