"""Who acts: carried by every transaction, checked at every door, written into every fact."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """What an actor's rows lie in: whole cities, units (district, street, community) and departments, by id.

    `everything` is for the system itself; no account has it.
    """

    everything: bool = False
    cities: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()

    @property
    def is_somewhere(self) -> bool:
        """Return whether any row lies in it."""
        return self.everything or bool(self.cities or self.units or self.departments)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts; `permissions` None means all of them.

    `account` is the id of the account, `responder` of the responder it belongs to, `address` where the request
    came from; each None when there is none. Who `owes_password` may do nothing before choosing a new one. At `until`
    the session or token ends by itself; None when who acts is not to be remembered beyond this request.
    """

    name: str
    permissions: frozenset[str] | None = frozenset()
    scope: Scope = field(default_factory=Scope)
    account: int | None = None
    responder: int | None = None
    address: str | None = None
    owes_password: bool = False
    until: datetime | None = None

    def may(self, permission: str) -> bool:
        """Return whether the actor has this permission."""
        return self.permissions is None or permission in self.permissions

    def may_for(self, responder: int, permission: str) -> bool:
        """Return whether the actor is this responder, or may act for others by this permission."""
        return self.responder == responder or self.may(permission)


SYSTEM = Actor("system", None, Scope(everything=True))
"""Timers, jobs and the command line."""

NOBODY = Actor("nobody")
"""Whoever has not logged in: may do only what is open to everyone."""
