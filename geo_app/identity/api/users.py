"""What Flask-Security needs to know of an account: the columns it reads and writes, its forms, its one-time codes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from flask import g, request, session
from flask_security import (
    AsaList,
    LoginForm,
    MfRecoveryForm,
    RoleMixin,
    TwoFactorVerifyCodeForm,
    UserMixin,
)
from flask_security.totp import Totp
from flask_security.utils import hash_password
from passlib.totp import TotpMatch
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import declarative_base
from wtforms.validators import ValidationError

from geo_app.core import clock, edges, web
from geo_app.core.actor import NOBODY, SYSTEM, Actor, Scope
from geo_app.identity import permissions, service

Base: Any = declarative_base()
Mixin: Any = UserMixin  # its annotations are those of plain attributes; ours are columns
REFUSED = "name or password is wrong, or the account is locked for a while"
"""One answer for every failed login: it does not tell whether the account exists."""
CODE_REFUSED = "this code is wrong, was used or is too late"
LONGEST = 200
"""Characters of a password as it is sent."""
HALF_LIVES = timedelta(minutes=10)
"""How long after the password the code may come."""


def address() -> str:
    """Return where a login comes from, as failures are counted: an IPv6 subscriber is one."""
    return edges.subscriber(request.remote_addr or "")


def doorkeeper() -> Actor:
    """Return who looks accounts up for somebody who is not in yet: may do nothing, and no row is hidden."""
    return Actor(NOBODY.name, scope=Scope(everything=True), address=request.remote_addr)


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
        with web.database().transaction(doorkeeper()) as tx:
            service.failed(tx, cast(str, self.username), address())


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
    """Name and password; a locked account and a stranger at a slowed address fail whatever the password.

    Every refusal reads the same and costs one hash, so neither its words nor its time tell which it was.
    """

    def validate(self, **kwargs: Any) -> bool:
        """Return whether they are right."""
        username = str(self.username.data or "").strip().lower()
        self.username.data, self.password.data = username, _readable(str(self.password.data or ""))
        if not service.USERNAME.fullmatch(username):  # nobody is called so, as everybody may know
            self.form_errors.append(REFUSED)
            return False
        with web.database().transaction(doorkeeper()) as tx:
            g.is_slowed = service.is_slowed(tx, address())
            may_try = not g.is_slowed or service.may_try(tx, username, address())
            is_locked = service.is_locked(tx, username)
        if is_locked or not may_try:
            hash_password(self.password.data)
            self.form_errors.append(REFUSED)
        elif super().validate(**kwargs):
            session["half"] = int(clock.now().timestamp())
            return True
        # Flask-Security counts the failures of accounts there are; a try that was none is not counted
        if may_try and (is_locked or self.user is None):
            with web.database().transaction(doorkeeper()) as tx:
                service.failed(tx, username, address())
        return False


class Code(TwoFactorVerifyCodeForm):
    """A one-time code; a locked account is refused here too, and so is who showed the password long ago."""

    def validate(self, **kwargs: Any) -> bool:
        """Return whether it is right and was not used."""
        try:
            if (self.is_setup or _may_go_on(self.user)) and super().validate(**kwargs):
                return True
        except ValidationError:  # another request was faster with the same code
            pass
        self.code.errors = [CODE_REFUSED]
        return False


class RecoveryCode(MfRecoveryForm):
    """A recovery code in place of a one-time code, under the same rules; a wrong one counts."""

    def validate(self, **kwargs: Any) -> bool:
        """Return whether it is right and was not used."""
        if _may_go_on(self.user):
            if super().validate(**kwargs):
                return True
            cast(User, self.user).track_failed_authn("recovery", tfa=True)
        self.code.errors = [CODE_REFUSED]
        return False


def _readable(password: str) -> str:
    """Return a password as it can be hashed; what is longer than any may be stays longer."""
    return password[: LONGEST + 1].encode("utf-8", "backslashreplace").decode()


def _may_go_on(user: Any) -> bool:
    """Return whether somebody who has shown the password may show a code now."""
    with web.database().transaction(doorkeeper()) as tx:
        is_locked = service.is_locked(tx, str(user.username))
    since = clock.now().timestamp() - int(session.get("half", 0))
    return not is_locked and since <= HALF_LIVES.total_seconds()
