"""Names and addresses as keys that compare: one script, one width, one way to write numbers and buildings.

Both what the gazetteer stores and what people ask go through `key`, so it only has to be consistent, not
linguistically right: 三里屯 becomes 3里屯 on both sides.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

import opencc
from pypinyin import lazy_pinyin

from geo_app.geocoding import english

DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")}
TENS = {"十": 10, "百": 100, "千": 1000}
HAN = "零一二三四五六七八九十"
FORMAL = str.maketrans("〇○◯壹贰叁肆伍陆柒捌玖拾", "零零零一二三四五六七八九十")
NUMERAL = re.compile("[零一二三四五六七八九十百千]+")
DASHES = re.compile(r"[‐‑‒–—―−﹣－~〜～]|至")
NOISE = re.compile(r"[^\w\-#&/+,. ]|_")
SPACE = re.compile(r"(?<![!-~]) | (?![!-~])|(?<=\d) (?=\d+(?![a-z\d])|k?m\b)")
WORDS = re.compile(r"[ -~]*[a-z][ -~]*")
BUILDING = re.compile(r"(?<=\d)(?:号?楼栋?|[栋幢座]楼?|号[栋幢座])(?![下上]|层|道)")
LETTER_BUILDING = re.compile(r"(?<![a-z])([a-z])(?:号?楼|[栋幢座])")
HASH = re.compile(r"(?<=\d)#楼?")
UNIT = re.compile(r"(?<=\d)(?:门洞|单元门)")


def clean(text: str) -> str:
    """Return text in simplified characters of half width and lower case, without brackets.

    Spaces are gone but for those between English words, which `key` needs.
    """
    flat = unicodedata.normalize("NFKC", text).translate(_simple()).lower().translate(FORMAL)
    return NOISE.sub("", SPACE.sub("", " ".join(DASHES.sub("-", flat).split())))


def key(text: str) -> str:
    """Return the form in which names are compared: cleaned, numbers in digits, buildings as 3号楼."""
    cleaned = clean(text)
    flat = WORDS.sub(lambda match: english.squeezed(match[0], match[0] == cleaned), cleaned).replace(" ", "")
    found = NUMERAL.sub(lambda match: arabic(match[0]), flat)
    found = re.sub(r"[,.#&/+]+$", "", HASH.sub("号楼", found))
    found = BUILDING.sub("号楼", found)
    found = LETTER_BUILDING.sub(r"\1号楼", found)
    return re.sub(r"[,.&/+]", "", UNIT.sub("单元", found))


def arabic(numeral: str) -> str:
    """Return a Chinese numeral in digits: 二十一 is 21, 一二〇 is 120; what is none stays, as in 百花."""
    if not any(sign in TENS for sign in numeral):
        return "".join(str(DIGITS[sign]) for sign in numeral)
    if numeral[0] in "百千":
        return numeral[0] + (arabic(numeral[1:]) if len(numeral) > 1 else "")
    total, digit = 0, None
    for sign in numeral:
        if sign in TENS:
            total, digit = total + (1 if digit is None else digit) * TENS[sign], None
        else:
            digit = DIGITS[sign] if digit is None else digit * 10 + DIGITS[sign]
    return str(total + (digit or 0))


def grams(name: str) -> list[str]:
    """Return the pairs of a key: neighbours, and next but one, so that one wrong character leaves some."""
    near = {name[i : i + 2] for i in range(len(name) - 1)}
    far = {f"{name[i]}_{name[i + 2]}" for i in range(len(name) - 2)}
    return sorted(near | far)


def sound(name: str) -> tuple[str, str]:
    """Return the pinyin of a key without tones, and its initials; figures and Latin letters stay."""
    spoken = re.sub(r"(?<!\d)(\d|10)(?!\d)", lambda match: HAN[int(match[0])], name)
    parts = list(_syllables(spoken))
    return "".join(whole for whole, _ in parts), "".join(first for _, first in parts)


def is_latin(name: str) -> bool:
    """Return whether a key has Latin letters and no other script."""
    return name.isascii() and any(sign.isalpha() for sign in name)


def distance(one: str, other: str) -> int:
    """Return how many characters must be changed, added or left out (two that swapped count once)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        above, row_before = row, before
        row = [i]
        for j, b in enumerate(other, start=1):
            least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                least = min(least, row_before[j - 2] + 1)
            row.append(least)
        before = above
    return row[-1]


def _syllables(text: str) -> list[tuple[str, str]]:
    found = []
    for is_ascii, run in groupby(text, key=str.isascii):
        part = "".join(run)
        if is_ascii:
            found.append((part, part))
        else:
            found += [(whole, whole[:1]) for whole in lazy_pinyin(part, v_to_u=False)]
    return found


@lru_cache(maxsize=1)
def _simple() -> dict[int, str]:
    """Return the table from traditional characters to simplified ones, one for one."""
    converter = opencc.OpenCC("t2s")
    pairs = ((number, converter.convert(chr(number))) for number in range(0x4E00, 0xA000))
    return {number: sign for number, sign in pairs if sign != chr(number)}
