"""When this happens, do that: which jobs follow from which facts.

The worker reads settled facts and enqueues these jobs in the same transaction in which it moves on, so each
fact has its consequences exactly once. A job gets the fact's data that its parameters name.
"""

from __future__ import annotations

REACTIONS: dict[str, tuple[str, ...]] = {
    "release.in_force": ("patrols.match_routes",),
}
