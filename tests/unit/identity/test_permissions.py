"""The one table of permissions and roles."""

from __future__ import annotations

from itertools import combinations

import pytest

from geo_app.core.errors import BadInput
from geo_app.identity import permissions
from geo_app.identity.permissions import PERMISSIONS, ROLES

ADMINISTRATORS = sorted(name for name, role in ROLES.items() if role.is_administrator)


def test_roles_hold_only_permissions_that_exist_and_each_permission_is_held_by_somebody() -> None:
    held = {permission for role in ROLES.values() for permission in role.permissions}
    assert held == set(PERMISSIONS)


def test_the_three_administrators_share_nothing_but_their_own_account_and_looking() -> None:
    assert ADMINISTRATORS == ["audit_admin", "security_admin", "system_admin"]
    for one, other in combinations(ADMINISTRATORS, 2):
        shared = ROLES[one].permissions & ROLES[other].permissions
        assert shared <= {"own.account", "account.read", "organisation.read"}
    for name in ADMINISTRATORS:
        assert not any(
            permission.startswith(("incident.", "person.")) for permission in ROLES[name].permissions
        )


@pytest.mark.parametrize("role", ADMINISTRATORS)
@pytest.mark.parametrize("other", sorted(ROLES))
def test_an_administrator_holds_one_role(role: str, other: str) -> None:
    if role == other:
        permissions.check_together([role, other])
        return
    with pytest.raises(BadInput, match="三员分立"):
        permissions.check_together([role, other])


def test_an_unknown_role_is_named() -> None:
    with pytest.raises(BadInput, match="'king'"):
        permissions.check_together(["worker", "king"])


def test_several_duties_add_up() -> None:
    both = permissions.of_roles(["worker", "dispatcher"])
    assert both == ROLES["worker"].permissions | ROLES["dispatcher"].permissions
    assert permissions.of_roles([]) == frozenset()


@pytest.mark.parametrize("role", ["dispatcher", "planner", "approver", *ADMINISTRATORS])
def test_who_can_do_much_needs_a_second_factor(role: str) -> None:
    assert permissions.needs_second_factor(["worker", role])
    assert not permissions.needs_second_factor(["worker"])
