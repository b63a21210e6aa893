"""About, Audience, Viewer: what facts are about, whom they concern, who hears of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from geo_app.core.actor import Actor

Ids = frozenset[int]
NONE: Ids = frozenset()


class About(Enum):
    """What a fact is about, which says whom it concerns."""

    INCIDENT = auto()
    """Its subject is an incident."""
    ASSIGNMENT = auto()
    """It names an incident and a responder."""
    RESPONDER = auto()
    """Its subject is a responder."""
    PLACED = auto()
    """Its subject is a thing that has a placement."""
    CITY = auto()
    """The grid, the roads, the city as a whole: everybody's."""
    NOBODY = auto()
    """For the audit trail only."""


KINDS = {
    "assignment": About.ASSIGNMENT, "city": About.CITY, "department": About.CITY, "grid": About.CITY,
    "households": About.CITY, "incident": About.INCIDENT, "incidents": About.CITY,
    "photo": About.INCIDENT, "plan": About.CITY, "placement": About.PLACED, "release": About.CITY,
    "report": About.INCIDENT,
    "responder": About.RESPONDER, "responders": About.CITY, "roads": About.CITY,
    "routes": About.CITY, "stream": About.CITY,
    **dict.fromkeys(
        ("account", "audit", "device", "export", "login", "person", "retention", "role", "token", "track"), About.NOBODY
    ),
}  # fmt: skip
"""What facts are about, by the first word of their kind; a kind that is missing is heard with a whole city only."""
CHANGES = frozenset({
    "account.bound", "account.ended", "account.password_set", "account.sessions_ended", "account.unbound",
    "role.granted", "role.revoked", "token.revoked",
})  # fmt: skip
"""Facts after which an account's pages ask anew who they are."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a fact concerns: everybody, who is bound to these units or departments, these responders and accounts."""

    everybody: bool = False
    units: Ids = NONE
    departments: Ids = NONE
    responders: Ids = NONE
    accounts: Ids = NONE

    def __or__(self, other: Audience) -> Audience:
        """Return both together."""
        return Audience(
            self.everybody or other.everybody, self.units | other.units, self.departments | other.departments,
            self.responders | other.responders, self.accounts | other.accounts,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who follows a city on a page; the same rule as the row policies, in memory."""

    actor: Actor
    city: int
    jurisdiction: str
    units: Ids
    departments: Ids

    @classmethod
    def of(cls, actor: Actor, city: int, jurisdiction: str) -> Viewer:
        """Return an actor who follows a city."""
        return cls(
            actor, city, jurisdiction, frozenset(actor.scope.units), frozenset(actor.scope.departments)
        )

    def hears(self, kind: str, jurisdiction: str | None, whom: Audience) -> bool:
        """Return whether a fact is of the city, and the viewer's to hear."""
        if jurisdiction != self.jurisdiction or about(kind) is About.NOBODY:
            return False
        if self.actor.scope.everything or self.city in self.actor.scope.cities:
            return True
        return (
            whom.everybody
            or not self.units.isdisjoint(whom.units)
            or not self.departments.isdisjoint(whom.departments)
            or self.actor.responder in whom.responders
            or self.actor.account in whom.accounts
        )

    def is_changed_by(self, kind: str, subject: int | None) -> bool:
        """Return whether a fact changes what the viewer may do or see."""
        return kind in CHANGES and subject is not None and subject == self.actor.account


def about(kind: str) -> About | None:
    """Return what facts of a kind are about; None when nobody has said so."""
    return KINDS.get(kind.partition(".")[0])
