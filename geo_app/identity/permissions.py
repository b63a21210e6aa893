"""The one table of permissions and roles: doors, screens, `geo roles list` and tests are made from it.

A permission is `thing.verb`. A role is a set of permissions; what it may see is not said here but by the units
and departments the account is bound to (scope).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geo_app.core.errors import BadInput

PERMISSIONS = {
    "map.read": "see cells, units, releases and tiles of cells, roads and places",
    "place.search": "search places and addresses",
    "live.read": "follow what happens",
    "incident.read": "see incidents",
    "incident.report": "file a report",
    "incident.locate": "say where an incident is",
    "incident.load": "load and replay incidents",
    "responder.read": "see responders and where they are",
    "responder.manage": "set another responder's status",
    "patrol.read": "see patrol routes",
    "track.read": "see where somebody of one's street was on shift, with a reason",
    "position.send": "send one's own position, go on and off duty",
    "assignment.make": "send a responder, cancel an assignment",
    "assignment.step": "accept and carry out one's own assignment",
    "road.manage": "close and slow roads for a time",
    "plan.edit": "draft boundary changes",
    "release.approve": "approve and publish boundary changes",
    "insight.read": "see figures and trends",
    "person.unmask": "see one reporter's personal data, with a reason",
    "person.erase": "correct and delete personal data on request",
    "export.make": "export tables, with a reason",
    "demo.run": "run a generated city's made-up stream",
    "account.read": "see accounts",
    "account.manage": "invite, lock and end accounts",
    "organisation.read": "see districts, streets, communities and departments",
    "organisation.manage": "change departments",
    "role.grant": "grant roles and bind accounts to units and departments",
    "token.manage": "issue and revoke device and system tokens",
    "audit.read": "search the audit trail and verify it",
    "system.manage": "migrate, load cities, run jobs",
    "own.account": "see and change one's own account",
}


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its names, what it may do, whether it needs a second factor, and which kind of duty it is."""

    name: str
    name_en: str
    permissions: frozenset[str]
    needs_second_factor: bool
    is_administrator: bool = False


_OWN = {"own.account"}
_SEE = {"map.read", "place.search", "live.read", "organisation.read", *_OWN}
_CASES = {*_SEE, "incident.read", "responder.read", "patrol.read"}

ROLES = {
    "worker": Role(
        "网格员", "Grid worker",
        frozenset({*_CASES, "incident.report", "assignment.step", "position.send"}), False,
    ),
    "dispatcher": Role(
        "派遣员", "Dispatcher",
        frozenset({
            *_CASES, "incident.report", "incident.locate", "incident.load", "responder.manage", "assignment.make",
            "assignment.step", "track.read", "person.unmask", "person.erase", "export.make", "insight.read",
            "demo.run", "road.manage",
        }), True,
    ),
    "planner": Role(
        "网格规划员", "Planner", frozenset({*_CASES, "plan.edit", "insight.read", "export.make"}), True,
    ),
    "approver": Role("审批人", "Approver", frozenset({*_CASES, "release.approve", "insight.read"}), True),
    "leader": Role("领导", "Leader", frozenset({*_CASES, "insight.read"}), False),
    "observer": Role("观察员", "Observer", frozenset({*_SEE, "incident.read"}), False),
    "department_member": Role(
        "部门人员", "Department member", frozenset({*_CASES, "assignment.step", "position.send"}), False,
    ),
    "system_admin": Role(
        "系统管理员", "System administrator",
        frozenset({"account.read", "account.manage", "organisation.read", "organisation.manage", "system.manage",
                   *_OWN}), True, is_administrator=True,
    ),
    "security_admin": Role(
        "安全管理员", "Security administrator",
        frozenset({"account.read", "role.grant", "token.manage", "organisation.read", *_OWN}), True,
        is_administrator=True,
    ),
    "audit_admin": Role(
        "审计管理员", "Audit administrator", frozenset({"audit.read", "account.read", *_OWN}), True,
        is_administrator=True,
    ),
}  # fmt: skip


def of_roles(roles: Iterable[str]) -> frozenset[str]:
    """Return what these roles together may do."""
    return frozenset().union(*(ROLES[role].permissions for role in roles))


def needs_second_factor(roles: Iterable[str]) -> bool:
    """Return whether one of these roles asks for a second factor."""
    return any(ROLES[role].needs_second_factor for role in roles)


def may_bind_device(roles: Iterable[str]) -> bool:
    """Return whether somebody with these roles may bind a phone: a grid worker who is nothing that needs more care."""
    held = set(roles)
    return "worker" in held and not needs_second_factor(held)


def check_together(roles: Iterable[str]) -> None:
    """Refuse roles one person must not hold together: an administrator (三员分立, 等保 2.0) holds one role only."""
    held = sorted(set(roles))
    unknown = [role for role in held if role not in ROLES]
    if unknown:
        raise BadInput("role", unknown[0], "one of " + ", ".join(ROLES))
    if len(held) > 1 and any(ROLES[role].is_administrator for role in held):
        rule = "an administrator (system, security, audit) holds no other role (三员分立)"
        raise BadInput("role", ", ".join(held), rule)
