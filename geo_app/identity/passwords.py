"""What a password must be, by the preset `dengbao3` (等保 2.0 level 3, GB/T 22239-2019 8.1.4.1), and what is kept."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from geo_app.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Preset:
    """Rules for passwords: characters, classes of four (lower, upper, digit, other), history and age."""

    least: int
    most: int
    classes: int
    history: int
    age: timedelta


PASSES, MEMORY, LANES = 2, 19456, 1
"""Argon2id as OWASP's password storage cheat sheet asks: two passes over 19 MiB (KiB here), one thread.

It holds one pass over 46 MiB for as strong; that took three times the processor, a third of it for fresh pages.
"""
DENGBAO3 = Preset(least=10, most=128, classes=3, history=5, age=timedelta(days=90))
COMMON = (
    "password", "passw0rd", "p@ssw0rd", "qwerty", "qwertyuiop", "asdfgh", "zxcvbn", "1qaz2wsx", "abc123", "abcd1234",
    "iloveyou", "woaini", "admin", "administrator", "root", "welcome", "letmein", "wangge", "beijing", "shanghai",
    "12345678", "87654321", "11111111", "88888888", "66666666", "00000000", "5201314", "1314520", "aa123456",
    "test1234", "changeme", "huawei", "dragon", "monkey", "football", "sunshine", "princess", "zhongguo",
)  # fmt: skip
"""Beginnings of what people choose first; a password is refused when it is one of them with little around it."""
LITTLE = 4


def check(password: str, username: str, preset: Preset = DENGBAO3) -> None:
    """Refuse a password that breaks the preset; BadInput names the rule and never repeats the password."""
    plain = unicodedata.normalize("NFKC", password)
    if not preset.least <= len(plain) <= preset.most:
        raise _broken(f"{preset.least} to {preset.most} characters")
    kinds = (str.islower, str.isupper, str.isdigit, lambda one: not one.isalnum())
    if sum(any(kind(one) for one in plain) for kind in kinds) < preset.classes:
        raise _broken(f"{preset.classes} of: lower case, upper case, digits, other signs")
    low = plain.lower()
    if username.lower() in low or low in username.lower():
        raise _broken("not the name of the account")
    if any(word in low and len(low) - len(word) <= LITTLE for word in COMMON):
        raise _broken("not a word that many people use, with a little around it")
    if any(low.count(one) > len(low) // 2 for one in set(low)):
        raise _broken("not mostly the same character")


def is_old(set_at: datetime | None, at: datetime, preset: Preset = DENGBAO3) -> bool:
    """Return whether a password must be changed because of its age."""
    return set_at is None or at - set_at > preset.age


def remembered(former: Sequence[str], current: str | None, preset: Preset = DENGBAO3) -> list[str]:
    """Return the hashes to remember once `current` is replaced, newest first."""
    return ([current] if current else [])[: preset.history] + list(former)[: preset.history - bool(current)]


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _broken(rule: str) -> BadInput:
    return BadInput("password", "…", rule)
