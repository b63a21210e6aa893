"""The web service with accounts, and people who come to its door."""

from __future__ import annotations

from typing import Any

from passlib.totp import TOTP

from geo_app.app import create_app
from geo_app.core import db, door
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.identity import service
from geo_app.identity.model import NewAccount
from tests.people import PASSWORD, Visitor

WRONG = "Wrong-4-sure!"


class House:
    """The web service with accounts, and people who come to its door."""

    def __init__(self, settings: Settings, database: db.Database) -> None:
        self.settings, self.database = settings, database
        self.app = create_app(settings)

        @self.app.get("/who")
        @door.permit(door.PUBLIC)
        def who() -> Any:
            actor = door.actor()
            return {"name": actor.name, "account": actor.account, "units": list(actor.scope.units)}

        @self.app.post("/change")
        @door.permit(door.PUBLIC)
        def change() -> Any:
            return {"changed": True}

    def account(self, username: str, *roles: str) -> int:
        """Make an account that has chosen its password and return its id."""
        with self.database.transaction(SYSTEM) as tx:
            made, secret = service.invite(tx, NewAccount(username, "李娜", roles))
            service.enter_by_link(tx, secret, PASSWORD)
        return made.id

    def visitor(self, address: str = "10.0.0.1") -> Visitor:
        """Return somebody at a browser of their own."""
        return Visitor(self.app.test_client(), address)


def name(visitor: Visitor) -> str:
    return str(visitor.get("/who").get_json()["name"])


def second_factor(house: House, username: str) -> tuple[Visitor, Any]:
    """Log in for the first time, set the second factor up, and return the visitor and the code's generator."""
    visitor = house.visitor()
    assert visitor.login(username).get_json()["tf_state"] == "setup_from_login"
    assert name(visitor) == "nobody", "half a login is none"
    shown = visitor.post("/api/second-factor", {"setup": "authenticator"}).get_json()
    codes = TOTP(key=shown["tf_authr_b32key"])
    assert visitor.post("/api/second-factor/code", {"code": codes.generate().token}).status_code == 200
    return visitor, codes
