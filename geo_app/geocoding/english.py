"""Street names in English, written one way: 350 Fifth Avenue is 350 5th Ave., West 42nd Street is W 42 St."""

from __future__ import annotations

import re

TYPES = {
    "street": "st", "str": "st", "saint": "st", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd",
    "place": "pl", "square": "sq", "drive": "dr", "lane": "ln", "parkway": "pkwy", "highway": "hwy",
    "terrace": "ter", "court": "ct",
}  # fmt: skip
SIDES = {"west": "w", "east": "e", "north": "n", "south": "s"}
COUNTED = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
)  # fmt: skip
WORDS = TYPES | SIDES | {word: str(number) for number, word in enumerate(COUNTED, start=1)}
ROADS = frozenset(TYPES.values()) | {"broadway"}
ORDINAL = re.compile(r"^(\d*(?<!1)1(?=st)|\d+(?=nd|rd|th))(?:st|nd|rd|th)$")
SIDE_NUMBER = re.compile(r"\b([nsew])(?=\d+(?:st|nd|rd|th)\b)")
HOUSE = re.compile(r"^\d+(?:-\d+)?$")
CROSSING = re.compile(
    r"^(?:(?:at|on) )?(?:the )?(?:(?:corner|intersection|junction) of )?(?P<one>.+?)"
    r"(?:\s*[&@]\s*|\s+(?:and|at)\s+)(?:the )?(?P<other>.+)$"
)


def squeezed(text: str, is_whole: bool) -> str:
    """Return lower-case ASCII text without spaces, its road words short.

    A house number at the beginning of a whole address comes last, as in Chinese.
    """
    told = SIDE_NUMBER.sub(r"\1 ", text).replace(".", " ").split()
    if not told:
        return text
    words = [ORDINAL.sub(r"\1", WORDS.get(word.strip(","), word)) for word in told]
    is_house = len(words) > 1 and HOUSE.match(told[0]) and words[1] not in TYPES.values()
    if is_whole and is_house and ROADS.intersection(words[1:]):
        return "".join([*words[1:], words[0], "号"])
    return "".join(words)


def roads(key: str) -> list[str]:
    """Return the keys of the roads that a number may stand for: 42nd St is West or East 42nd Street."""
    found = re.fullmatch(r"([we])?(\d+)(st)?", key)
    if found is None or (found[1] and found[3]):
        return []
    streets = [f"{side}{found[2]}st" for side in found[1] or "we"]
    return streets if found[1] or found[3] else [*streets, f"{found[2]}ave", f"{found[2]}st"]
