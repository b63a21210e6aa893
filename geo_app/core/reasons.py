"""Written reasons: why somebody must see what is a person's."""

from __future__ import annotations

import re

from geo_app.core.errors import BadInput

LENGTH = (5, 500)
"""Characters of a written reason."""
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Characters nobody can read and the database cannot keep."""


def check(reason: str) -> str:
    """Return a written reason without white space around it; BadInput when it is none."""
    written = reason.strip()
    if not LENGTH[0] <= len(written) <= LENGTH[1] or CONTROL.search(written):
        raise BadInput("reason", reason, f"{LENGTH[0]} to {LENGTH[1]} characters: why must you see it?")
    return written
