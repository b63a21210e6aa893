"""In which cell a thing lies from release to release.

Pure. Something is written ahead of a thing from the first release on that moves it: in every release from there, also
where it stays, so that taking over one of them never changes what the others say.
"""

from __future__ import annotations

from collections.abc import Sequence

from geo_app.planning.changes import Ahead, Home, Stage


def ahead(
    placement: int, current: Home, homes: Sequence[Home], stages: Sequence[Stage], *, is_foretold: bool
) -> list[Ahead]:
    """Return what is to be written ahead of a thing that lies in `current` until the first of `stages`.

    `is_foretold` when something is written already: then everything is written anew.
    """
    first = 0 if is_foretold else next((i for i, home in enumerate(homes) if home != current), len(homes))
    return [Ahead(placement, home, stage) for home, stage in list(zip(homes, stages, strict=True))[first:]]
