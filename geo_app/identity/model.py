"""Account, NewAccount, Binding, Link: who can log in and what their rows lie in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geo_app.core.db import Row


class Purpose(StrEnum):
    """What a one-time link is for."""

    INVITE = "invite"
    """Set the first password."""
    RECOVER = "recover"
    """Set a new password; ends a lock."""
    DEMO = "demo"
    """Enter a demo account, on this machine only, past the second factor."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account about to be made; `responder` is the id of the responder it belongs to, if any."""

    username: str
    name: str
    roles: tuple[str, ...]
    responder: int | None = None
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can log in; `locked_until` is in the past or None when the account is open."""

    id: int
    username: str
    name: str
    roles: tuple[str, ...]
    responder: int | None
    is_demo: bool
    is_active: bool
    has_password: bool
    has_second_factor: bool
    must_change_password: bool
    locked_until: datetime | None
    version: int

    @classmethod
    def read(cls, row: Row) -> Account:
        """Return the account of a row."""
        values = dict(row)
        values["roles"] = tuple(row["roles"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Binding:
    """What an account's rows lie in from `since` to `until`: a unit, a department, or the whole city."""

    id: int
    account: int
    city: int
    unit: int | None
    department: int | None
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Bound:
    """A binding with the names it is shown by; `kind` is city, district, street, community or department."""

    id: int
    account: int
    username: str
    account_name: str
    city: int
    city_code: str
    unit: int | None
    department: int | None
    kind: str
    place: str
    place_en: str | None
    since: datetime
    until: datetime | None

    @classmethod
    def read(cls, row: Row) -> Bound:
        """Return the binding of a row."""
        return cls(**row)


@dataclass(frozen=True, slots=True)
class Token:
    """A device's or a system's key, known by its hash only; a device without permissions is a bound one.

    A bound device opens nothing: whoever logs in on it may put it down for longer.
    """

    id: int
    account: int
    kind: str
    name: str
    permissions: tuple[str, ...]
    expires_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None = None

    @property
    def is_bound_device(self) -> bool:
        """Return whether it is a device somebody bound to their account, and no key."""
        return self.kind == "device" and not self.permissions

    @classmethod
    def read(cls, row: Row) -> Token:
        """Return the token of a row."""
        values = dict(row)
        values["permissions"] = tuple(row["permissions"])
        return cls(**values)
