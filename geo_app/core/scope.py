"""What row policies read of an actor: settings of one transaction, which the functions scope_… of the database give.

Whoever sets nothing sees nothing. The policies are a second wall behind permissions and queries: they hold where a
query forgot to ask whose a row is.
"""

from __future__ import annotations

from geo_app.core.actor import Actor

NAMES = (
    "geo.actor", "geo.everything", "geo.cities", "geo.units", "geo.departments", "geo.account", "geo.responder",
    "geo.audit", "geo.accounts", "geo.tracks",
)  # fmt: skip
SET = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in NAMES)
"""Sets them for one transaction."""
ACCOUNTS = {"keep": ("account.manage", "role.grant", "token.manage"), "read": ("account.read",)}
"""By which permissions somebody keeps or reads the accounts of others."""


def of(actor: Actor) -> tuple[str, ...]:
    """Return the values of NAMES for an actor; empty where there is nothing."""
    bound = (actor.scope.cities, actor.scope.units, actor.scope.departments)
    return (
        actor.name,
        _yes(actor.scope.everything),
        *("{" + ",".join(map(str, ids)) + "}" for ids in bound),
        *("" if one is None else str(one) for one in (actor.account, actor.responder)),
        _yes(actor.may("audit.read")),
        next((word for word, some in ACCOUNTS.items() if any(map(actor.may, some))), "no"),
        _yes(actor.may("track.read")),
    )


def _yes(claim: bool) -> str:
    return "yes" if claim else "no"
