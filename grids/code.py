"""Grid codes: build, read, check.

The 15-digit code of GB/T 30428.1 and DB11/T 2157-2023 is county 6 (GB/T 2260) + street 3 (GB/T 10114) +
community 3 + sequence 3. Other places number otherwise, so a scheme is data: a `Pattern`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass


class BadCode(ValueError):
    """The grid code does not follow its pattern."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A scheme of grid codes: how many digits each level takes, from the top."""

    name: str
    digits: tuple[int, ...]
    rule: str
    """What a whole code must look like, as a regular expression."""


GB30428 = Pattern("GB/T 30428.1", (6, 3, 3, 3), r"\d{6}(?!000)\d{3}\d{3}(?!000)\d{3}")
CJ213 = Pattern("CJ/T 213-2005", (6, 3, 3, 2), r"\d{6}(?!000)\d{3}\d{3}(?!00)\d{2}")

SCHEMES: dict[str, Pattern | None] = {"gb30428": GB30428, "cjt213": CJ213, "own": None}
"""Schemes a city may follow, by name; `own` means that its codes stand as they are."""


def check(code: str, pattern: Pattern = GB30428) -> None:
    """Raise BadCode unless `code` follows `pattern`."""
    if re.fullmatch(pattern.rule, code, re.ASCII) is None:
        raise BadCode(f"{code!r} is not a grid code of {pattern.name} ({sum(pattern.digits)} digits)")


def parent(code: str, pattern: Pattern = GB30428) -> str:
    """Return the code of the community that holds the cell `code`."""
    check(code, pattern)
    return code[: -pattern.digits[-1]]


def sequence(code: str, pattern: Pattern = GB30428) -> int:
    """Return the cell's number inside its community."""
    check(code, pattern)
    return int(code[-pattern.digits[-1] :])


def build(community: str, number: int, pattern: Pattern = GB30428) -> str:
    """Return the code of cell `number` of the community with code `community`."""
    code = f"{community}{number:0{pattern.digits[-1]}d}"
    check(code, pattern)
    return code


def propose(
    community: str, places: Sequence[tuple[float, float]], used: Collection[str], pattern: Pattern = GB30428
) -> tuple[str, ...]:
    """Return a new code for the cell at each of `places` (x, y), numbered west to east, and north to south.

    None of `used`, every code that was ever given, is given again: numbers go on after the highest of the community,
    and only when those run out to numbers never given before. BadCode when all are used up.
    """
    numbers = {sequence(one, pattern) for one in used if _is_of(one, community, pattern)}
    most, last = 10 ** pattern.digits[-1], max(numbers, default=0)
    free = [*range(last + 1, most), *(number for number in range(1, last) if number not in numbers)]
    if len(free) < len(places):
        raise BadCode(f"community {community} has {len(free)} codes left of {pattern.name}")
    order = sorted(range(len(places)), key=lambda one: (places[one][0], -places[one][1]))
    found = dict(zip(order, free, strict=False))
    return tuple(build(community, found[one], pattern) for one in range(len(places)))


def _is_of(code: str, community: str, pattern: Pattern) -> bool:
    return code.startswith(community) and re.fullmatch(pattern.rule, code, re.ASCII) is not None
