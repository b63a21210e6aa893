"""Personal values at rest: sealed with AES-256-GCM, found again by a keyed index; keys may be changed.

A sealed value is the id of its key (4 bytes), a nonce (12), and what AES-GCM made of the text, bound to what the
value is (`report.phone`), so that a value moved into another column does not open. Keys come from GEO_PERSONAL_KEYS,
newest first, or lie in the work folder as personal.key, personal-2.key, …; the newest seals, every one opens. The
index is an HMAC-SHA-256 under a key derived (HKDF) from each of them, over the value as it is compared.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from geo_app.core import keys
from geo_app.core.errors import WrongSetup
from geo_app.core.settings import Settings

ID, NONCE = 4, 12
FIRST = "personal"
"""Name of the first key in the work folder; the next ones are numbered from 2."""
KEY = re.compile("[0-9a-f]{64}")


class Safe:
    """Seals and opens personal values; `read` gives the keys, newest first, asked again when one is unknown."""

    def __init__(self, read: Callable[[], list[bytes]]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._keys: dict[bytes, bytes] = {}

    @property
    def newest(self) -> bytes:
        """The id of the key that seals."""
        return next(iter(self._known()))

    def seal(self, kind: str, value: str | None) -> bytes | None:
        """Return a value sealed as what it is; nothing stays nothing."""
        if value is None:
            return None
        nonce = os.urandom(NONCE)
        key_id, key = next(iter(self._known().items()))
        return key_id + nonce + AESGCM(key).encrypt(nonce, value.encode(), kind.encode())

    def open(self, kind: str, sealed: bytes | memoryview | None) -> str | None:
        """Return what was sealed; WrongSetup when its key is not there, or when it was touched."""
        if sealed is None:
            return None
        whole = bytes(sealed)
        key_id = whole[:ID]
        if key_id not in self._known():
            self.refresh()
        key = self._known().get(key_id)
        if key is None:
            raise WrongSetup(f"the key {key_id.hex()} of a personal value is not here; put it back")
        nonce, text = whole[ID : ID + NONCE], whole[ID + NONCE :]
        try:
            return AESGCM(key).decrypt(nonce, text, kind.encode()).decode()
        except InvalidTag as error:
            raise WrongSetup(f"a sealed {kind} was altered in the database") from error

    def index(self, kind: str, value: str | None) -> bytes | None:
        """Return by what a value is found, under the newest key; nothing for nothing."""
        return None if value is None else _index(next(iter(self._known().values())), kind, value)

    def indexes(self, kind: str, value: str) -> list[bytes]:
        """Return by what a value may be found, under every key."""
        return [_index(key, kind, value) for key in self._known().values()]

    def digest(self, said: bytes) -> str:
        """Return a keyed digest, under the oldest key, so that it stays the same when a new one comes."""
        oldest = next(reversed(self._known().values()))
        return hmac.new(_index_key(oldest), b"digest\0" + said, hashlib.sha256).hexdigest()

    def refresh(self) -> None:
        """Read the keys again: another process may have added one."""
        with self._lock:
            self._keys = {key_id(key): key for key in self._read()}

    def _known(self) -> dict[bytes, bytes]:
        if not self._keys:
            self.refresh()
        return self._keys


def of(here: Settings) -> Safe:
    """Return the safe of this installation."""
    return Safe(lambda: read(here))


def read(here: Settings) -> list[bytes]:
    """Return the keys, newest first; the first one of a work folder is made now."""
    if here.personal_keys:
        return [_key(text, "GEO_PERSONAL_KEYS") for text in here.personal_keys.split(",")]
    numbered = sorted(_numbers(here.work_path), reverse=True)
    texts = [keys.key(here.work_path, f"{FIRST}-{number}") for number in numbered]
    return [bytes.fromhex(text) for text in (*texts, keys.key(here.work_path, FIRST))]


def add_key(here: Settings) -> str:
    """Make a new key, which seals from now on, and return its id; WrongSetup when the environment holds the keys."""
    if here.personal_keys:
        raise WrongSetup("GEO_PERSONAL_KEYS holds the keys: put a new one before them, 64 hex digits")
    keys.key(here.work_path, FIRST)
    number = max(_numbers(here.work_path), default=1) + 1
    return key_id(bytes.fromhex(keys.key(here.work_path, f"{FIRST}-{number}"))).hex()


def key_id(key: bytes) -> bytes:
    """Return by what a sealed value names its key."""
    return hashlib.sha256(b"wangge key id" + key).digest()[:ID]


def compared(kind: str, value: str) -> str:
    """Return a value as it is compared: of a phone its digits without country code, an identity number upper-case."""
    folded = unicodedata.normalize("NFKC", value)
    if kind.endswith("phone"):
        digits = "".join(one for one in folded if one.isdecimal())
        return re.sub(r"^(?:00)?86(?=1[3-9]\d{9}$)", "", digits)
    return "".join(folded.split()).upper()


def _numbers(work: Path) -> list[int]:
    names = [path.stem for path in (work / "keys").glob(f"{FIRST}-*.key")]
    tails = [name.removeprefix(f"{FIRST}-") for name in names]
    return [int(tail) for tail in tails if tail.isascii() and tail.isdigit()]


def _key(text: str, where: str) -> bytes:
    if not KEY.fullmatch(text.strip().lower()):
        raise WrongSetup(f"{where} holds keys of 64 hex digits, newest first, with commas")
    return bytes.fromhex(text.strip())


@lru_cache(maxsize=64)
def _index_key(key: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"wangge personal index").derive(key)


def _index(key: bytes, kind: str, value: str) -> bytes:
    said = f"{kind}\0{compared(kind, value)}".encode()
    return hmac.new(_index_key(key), said, hashlib.sha256).digest()
