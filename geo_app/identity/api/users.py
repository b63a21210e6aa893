"""What Flask-Security needs to know of an account: the columns it reads and writes, its forms, its one-time codes."""

from __future__ import annotations

from typing import Any, cast

from flask import request
from flask_security import AsaList, LoginForm, RoleMixin, UserMixin
from flask_security.totp import Totp
from passlib.totp import TotpMatch
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import declarative_base
from wtforms.validators import ValidationError

from geo_app.core import door, web
from geo_app.core.actor import SYSTEM
from geo_app.identity import permissions, service

Base: Any = declarative_base()
Mixin: Any = UserMixin  # its annotations are those of plain attributes; ours are columns
REFUSED = "name or password is wrong, or the account is locked for a while"
"""One answer for every failed login: it does not tell whether the account exists."""


class NamedRole(RoleMixin):
    """A role as Flask-Security wants one; our roles are rows with a name."""

    def __init__(self, name: str) -> None:
        self.name = name


class User(Base, Mixin):  # type: ignore[misc]
    """An account as Flask-Security sees it."""

    __tablename__ = "account"

    id = Column(BigInteger, primary_key=True)
    username = Column(Text, nullable=False)
    password = Column(Text)
    password_at = Column(DateTime(timezone=True))
    active = Column(Boolean, nullable=False)
    fs_uniquifier = Column(Text, nullable=False)
    tf_primary_method = Column(Text)
    tf_totp_secret = Column(Text)
    mf_recovery_codes = Column(MutableList.as_mutable(AsaList()))
    totp_counter = Column(BigInteger)
    is_demo = Column(Boolean, nullable=False)

    @property
    def roles(self) -> list[NamedRole]:
        """Return the roles the account holds."""
        return [NamedRole(name) for name in self._role_names()]

    def _role_names(self) -> tuple[str, ...]:
        with web.database().transaction(SYSTEM) as tx:
            return service.account_by_id(tx, cast(int, self.id)).roles

    def check_tf_required(self, tf_setup_methods: list[str], tf_fresh: bool) -> tuple[bool, list[str]]:  # noqa: ARG002
        """Return whether a second factor is asked for: by a role, or because there is one."""
        return self.check_tf_required_setup() or bool(tf_setup_methods), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Return whether a role of the account needs a second factor."""
        return permissions.needs_second_factor(self._role_names())

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:  # noqa: ARG002
        """Count a wrong password or code against account and address, whatever becomes of the request."""
        with web.database().transaction(door.actor()) as tx:
            service.failed(tx, cast(str, self.username), request.remote_addr or "")


class OneTimeCodes(Totp):
    """TOTP (RFC 6238) whose codes work once (its section 5.2)."""

    def get_last_counter(self, user: Any) -> int | None:
        """Return the counter of the last accepted code."""
        return cast("int | None", user.totp_counter)

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Remember an accepted code; ValidationError when another request was faster with the same one."""
        with web.database().transaction(SYSTEM) as tx:
            if not service.take_code(tx, cast(int, user.id), tmatch.counter):
                raise ValidationError("this code has been used")


class NameAndPassword(LoginForm):
    """Name and password; a locked account and a slowed address are refused before the password is looked at."""

    def validate(self, **kwargs: Any) -> bool:
        """Return whether they are right; every refusal reads the same."""
        username, address = str(self.username.data or "").strip().lower(), request.remote_addr or ""
        self.username.data = username
        with web.database().transaction(SYSTEM) as tx:
            refused = service.is_locked(tx, username) or service.is_slowed(tx, address)
        if refused:
            self.form_errors.append(REFUSED)
            return False
        if not super().validate(**kwargs):
            if self.user is None and username:  # Flask-Security counts the failures of accounts there are
                with web.database().transaction(door.actor()) as tx:
                    service.failed(tx, username, address)
            return False
        return True
