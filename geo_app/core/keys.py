"""Keys of this installation: random, made on first use, one file each that only this user can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from geo_app.core.errors import WrongSetup

BYTES = 32


def key(work: Path, name: str) -> str:
    """Return the key `name` of the work folder as 64 hex digits, made now when it is not there.

    Two processes that start together agree on one: the file appears whole or not at all.
    """
    path = work / "keys" / f"{name}.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f".{name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    text = path.read_text(encoding="ascii").strip()
    if len(text) != 2 * BYTES or any(one not in "0123456789abcdef" for one in text):
        raise WrongSetup(f"{path} holds no key of {BYTES} bytes in hex; put the right one back")
    return text
