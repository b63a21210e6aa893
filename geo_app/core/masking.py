"""What everybody sees of personal values: 张**, 138****1234; pure. Free text keeps its length, a digit becomes *.

Numbers are found however they are written: full-width, with spaces or hyphens, with +86, as 幺三八. Codes of cells
(15 digits) and components (16), moments and coordinates are no numbers of a person. What has the form of an
identity number is masked even when its check digit is wrong: a slip of the pen is still somebody's.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TWO = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶"
    "太叔申屠公孙慕容仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良"
    "漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延东郭南门羊舌微生梁丘左丘东门西门第五"
)
TWO_CHARACTERS = frozenset(_TWO[start : start + 2] for start in range(0, len(_TWO), 2))
"""Surnames of two characters (复姓)."""
NUMERALS = str.maketrans("〇零○一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖", "00011122233445566778899")
SEPARATOR = r"[\s\-‐-―－_·/]{1,3}"
_S = rf"(?:{SEPARATOR})"
_BEFORE = r"(?<!\d)(?<!\d\.)(?<!\d．)"
_GROUPS = ((11,), (3, 4, 4), (3, 3, 5), (4, 3, 4), (3, 8), (7, 4), (3, 2, 2, 2, 2), (3, 3, 3, 2), (1,) * 11)
CUE = r"(?:身份证|证件|居民证|ID)[^\d\n]{0,8}"
CALL = r"(?:电话|手机|座机|致电|联系|热线|拨打|tel|phone|call|mobile)[^\d\n]{0,6}"


def _mobile(groups: tuple[int, ...]) -> str:
    """Return the pattern of eleven digits in groups, the first two being 13 to 19."""
    parts = [rf"\d{{{size}}}" for size in groups]
    return r"(?=1\D{0,3}[3-9])" + _S.join(parts)


MOBILE = re.compile(
    rf"{_BEFORE}(?:(?:\+|00)?86{_S}?|0)?(?P<number>{'|'.join(map(_mobile, _GROUPS))}|1[3-9]\d\.\d{{4}}\.\d{{4}})(?!\d)"
)
LANDLINE = re.compile(
    rf"{_BEFORE}(?:(?:\+|00)86{_S}?)?(?:[（(]0?\d{{2,3}}[)）]{_S}?|0\d{{2,3}}{_S}?|(?<=86)[1-9]\d{{1,2}}{_S})"
    rf"(?P<number>[2-9]\d{{6,7}}|[2-9]\d{{2,3}}{_S}\d{{4}})(?!\d)"
)
LOCAL = re.compile(rf"(?i){CALL}(?P<number>[2-9]\d{{6,7}}|[2-9]\d{{2,3}}{_S}\d{{4}})(?!\d)")
FOREIGN = re.compile(r"\+(?!86)\d{1,3}[ \-(]{0,2}(?P<number>\d(?:[ \-()]{0,2}\d){6,12})(?![\d.])")
AMERICAN = re.compile(r"(?<![\d.])(?P<number>\(?[2-9]\d{2}\)?[-. ][2-9]\d{2}[-. ]\d{4})(?![\d.])")
_BORN = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
IDENTITY = re.compile(
    rf"(?<!\d)(?P<number>[1-9]\d{{5}}{_S}?{_BORN}{_S}?\d{{3}}[\dXx]|"
    rf"[1-9](?:{_S}\d){{16}}{_S}[\dXx])(?![\d])"
)
ANY_IDENTITY = re.compile(r"(?<!\d)(?P<number>[1-9]\d{16}[\dXx])(?!\d)")
CUED = re.compile(rf"(?i){CUE}(?P<number>\d{{15}}(?:\d{{2}}[\dx])?)(?!\d)")
OLD_IDENTITY = re.compile(
    r"(?<!\d)(?<!\d\.)(?P<number>[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})(?!\d)"
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
"""GB 11643-1999: the last character of an identity number."""
_FLAT = r"\d{3,4}(?:[\s]?[室户号])?|\d{1,2}[\s]?[室户]"
_STAIRS = r"(?:[\da-zA-Z一二三四五六七八九十甲乙丙丁]{1,3}\s?(?:单元|门|梯)[\s\-,，]*)"
_NOT_ON = r"(?![\d米元路弄车年月日.:：℃%])"
ROOMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:号楼|[栋幢座])[\s\-,，]*(?P<number>{_STAIRS}?(?:\d{{1,2}}[层楼][\s\-,，]*)?(?:{_FLAT})){_NOT_ON}",
        rf"单元[\s\-,，]*(?P<number>(?:\d{{1,2}}[层楼][\s\-,，]*)?(?:{_FLAT})){_NOT_ON}",
        r"(?<![\d.])(?P<number>\d{3,4})\s?[室户](?![外内])",
        r"(?<![\d.\-])\d{1,3}-(?P<number>\d{1,2}-(?!(?:19|20)\d\d(?!\d))\d{3,4})(?![\d\-.])",
        r"(?i)\b(?:apt|apartment|room|rm|flat|suite|ste)\b\.?\s*#?\s*(?P<number>[a-z]?-?\d{1,4}[a-z]?)\b",
    )
)


def name(text: str) -> str:
    """Return what is shown of a person's name: the surname, or each word's first letter."""
    words = text.split()
    if not words:
        return ""
    if any(_is_han(one) for one in text):
        whole = "".join(words)
        kept = 2 if whole[:2] in TWO_CHARACTERS and len(whole) > 2 else 1
        return whole[:kept] + "**" if len(whole) > kept else "*"
    return " ".join(word[0] + "***" if word[0].isalpha() and len(word) > 1 else "*" for word in words)


def phone(text: str) -> str:
    """Return what is shown of a phone: of a mobile 138****1234, of others the last four, of short ones nothing."""
    shown = numbers(text)
    if shown != text:
        return shown
    places = [place for place, one in enumerate(_plain(text)) if one.isdigit()]
    hidden = places[:-4] if len(places) >= 8 else places
    return _starred(text, set(hidden)) if hidden else "*" * len(text)


def numbers(text: str, divisions: frozenset[str] = frozenset()) -> str:
    """Return free text with the numbers of phones and identity cards masked.

    Identity numbers of 15 digits look like the codes of cells: without `divisions`, the heads of six digits that
    codes of cells have here, they are masked behind a word that says what they are, and only there.
    """
    if len(text) < 7:
        return text
    plain = _plain(text)
    spoken = plain.translate(NUMERALS)
    if sum(map(str.isdigit, spoken)) < 7:
        return text
    shown = _numbers(text, plain, divisions)
    if spoken == plain:
        return shown
    stars = "".join("*" if one == "*" else said for one, said in zip(shown, spoken, strict=True))
    hidden = {
        place
        for pattern, keep in ((MOBILE, (3, 4)), (IDENTITY, (1, 1)))
        for found in pattern.finditer(stars)
        for place in _hidden(stars, found, *keep)
    }
    return _starred(shown, hidden)


def rooms(text: str) -> str:
    """Return free text with flats masked; the building stays."""
    if len(text) < 3:
        return text
    plain = _plain(text)
    hidden: set[int] = set()
    for pattern in ROOMS:
        for found in pattern.finditer(plain):
            start, end = found.span("number")
            hidden |= {
                place for place in range(start, end) if plain[place].isalnum() and not _is_word(plain[place])
            }
    return _starred(text, hidden)


def text(said: str, divisions: frozenset[str] = frozenset(), who: str | None = None) -> str:
    """Return what somebody told with phones, identity cards and flats masked, and the name of `who` told it."""
    shown = rooms(numbers(said, divisions))
    if who is not None and len(who) > 1 and who in shown:
        shown = shown.replace(who, who[0] + "*" * (len(who) - 1))
    return shown


def is_identity(number: str) -> bool:
    """Return whether 18 characters are an identity number whose check digit is right (GB 11643-1999)."""
    if len(number) != 18 or not number[:17].isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return CHECKS[total % 11] == number[17].upper()


def _numbers(text: str, plain: str, divisions: frozenset[str]) -> str:
    cards = [found for pattern in (IDENTITY, CUED) for found in pattern.finditer(plain)]
    cards += [found for found in ANY_IDENTITY.finditer(plain) if is_identity(found["number"])]
    if divisions:
        cards += [found for found in OLD_IDENTITY.finditer(plain) if found["number"][:6] not in divisions]
    hidden = {place for found in cards for place in _hidden(plain, found, 1, 1)}
    left = _starred(plain, hidden)
    for pattern, first in ((MOBILE, 3), (LANDLINE, 0), (LOCAL, 0), (FOREIGN, 0), (AMERICAN, 0)):
        for found in pattern.finditer(left):
            hidden |= _hidden(left, found, first, 4)
    return _starred(text, hidden)


def _hidden(plain: str, found: re.Match[str], first: int, last: int) -> set[int]:
    """Return the places of the digits of a number but the first and last few."""
    start, end = found.span("number")
    places = [place for place in range(start, end) if plain[place].isdigit() or plain[place] in "Xx"]
    return set(places[first : len(places) - last])


def _starred(text: str, hidden: set[int]) -> str:
    return "".join("*" if place in hidden else one for place, one in enumerate(text)) if hidden else text


def _plain(text: str) -> str:
    """Return text of the same length with every digit and Latin letter as ASCII."""
    return text if text.isascii() else "".join(map(_one, text))


@lru_cache(maxsize=4096)
def _one(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isascii() else character


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


def _is_word(character: str) -> bool:
    return character in "单元门梯层楼室户号"
