"""Errors a person can do something about; each knows its HTTP status.

GeoError is the root; below it BadInput 422 (a value breaks a rule; names field, value and rule), Refused 422 (what
was listed before is wrong), NotLoggedIn 401, Forbidden 403 (names the missing permission), PasswordDue 403 (a new
password comes first), OutOfScope 403 (names what lies beyond the actor's units and departments), NotFound 404,
Conflict 409 (somebody else was first), Stale 412 (it changed since it was looked at), NeedsVersion 428 (an edit must
say what it looked at), NotReady 503, WrongSetup 500 (the installation lacks something).
"""

from __future__ import annotations

from geo_app.core import masking

WITHHELD = "withheld"
"""Stands for a value that is a person's: an error never repeats it."""


def shown(value: object) -> str:
    """Return a value as an error shows it: as code writes it, at most 80 characters, what is a person's masked."""
    text = masking.text(repr(value))
    return text if len(text) <= 80 else text[:77] + "…"


class GeoError(Exception):
    """Something went wrong that the message explains."""

    status = 500
    title = "Error"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())

    def members(self) -> dict[str, object]:
        """Return what the problem report adds to the message."""
        return {}


class BadInput(GeoError):
    """A value breaks a rule."""

    status = 422
    title = "Bad input"

    def __init__(self, field: str, value: object, rule: str) -> None:
        self.field, self.value, self.rule, self._given = field, shown(value), rule, value
        super().__init__(f"{field}: {rule}, got {self.value}")

    def at(self, field: str) -> BadInput:
        """Return the same refusal under the name that `field` has for whoever gave the value."""
        return BadInput(field, self._given, self.rule)

    def members(self) -> dict[str, object]:
        """Return the field, the value and the rule it breaks."""
        return {"field": self.field, "value": self.value, "rule": self.rule}


class Refused(GeoError):
    """What was given breaks rules that have been listed."""

    status = 422
    title = "Refused"


class NotLoggedIn(GeoError):
    """Log in first."""

    status = 401
    title = "Not logged in"


class Forbidden(GeoError):
    """A permission is missing."""

    status = 403
    title = "Forbidden"

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(f"this needs the permission {permission}; ask the security administrator for it")

    def members(self) -> dict[str, object]:
        """Return the missing permission."""
        return {"permission": self.permission}


class PasswordDue(GeoError):
    """Choose a new password first: this one must be changed. Nothing else is done until then."""

    status = 403
    title = "Password must be changed"

    def members(self) -> dict[str, object]:
        """Return what is due, and where."""
        return {"due": "password", "at": "/api/me/password"}


class OutOfScope(GeoError):
    """It lies outside the units and departments you are bound to; ask the security administrator."""

    status = 403
    title = "Out of scope"

    def __init__(self, what: str = "it") -> None:
        self.what = what
        rule = "lies outside the units and departments you are bound to; ask the security administrator"
        super().__init__(f"{what} {rule}")

    def members(self) -> dict[str, object]:
        """Return what lies out of scope."""
        return {"scope": self.what}


class NotFound(GeoError):
    """There is no such thing."""

    status = 404
    title = "Not found"


class Conflict(GeoError):
    """Somebody else was first."""

    status = 409
    title = "Conflict"


class Stale(GeoError):
    """Somebody changed it since you looked at it."""

    status = 412
    title = "Changed meanwhile"


class NeedsVersion(GeoError):
    """An edit says which version it is made on: If-Match with the ETag of what was looked at."""

    status = 428
    title = "If-Match missing"


class NotReady(GeoError):
    """The service cannot answer yet."""

    status = 503
    title = "Not ready"


class WrongSetup(GeoError):
    """The installation lacks something."""

    title = "Wrong setup"
