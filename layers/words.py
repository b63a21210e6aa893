"""The words of the user interface: one file a language in static/words, read once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from layers import assets


class Lang(StrEnum):
    """The languages of the pages; the value is the HTML `lang`."""

    ZH = "zh"
    EN = "en"


HTML_LANG = {Lang.ZH: "zh-CN", Lang.EN: "en"}


@cache
def refusals(lang: Lang) -> Mapping[str, str]:
    """Return the sentences the API refuses with, by their English; pages in English need none."""
    if lang is Lang.EN:
        return {}
    said: dict[str, str] = json.loads((assets.FOLDER / "words" / "refusals.json").read_text(encoding="utf-8"))
    return said


@cache
def of(lang: Lang) -> Mapping[str, str]:
    """Return every word of a language by key."""
    words: dict[str, str] = json.loads((assets.FOLDER / "words" / f"{lang}.json").read_text(encoding="utf-8"))
    return words
