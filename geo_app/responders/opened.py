"""Opened: a part of a track that somebody has opened, signed, so that its tiles need no second reason; pure.

The signature says that it was opened by the rules; whether the one who shows it still may is asked again each time.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

LASTS = timedelta(minutes=30)
"""So long a track that was opened may be looked at; then it is opened anew, with a reason."""
Sign = Callable[[bytes], str]
"""Gives the keyed digest of some bytes."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened by whom: the positions of a responder from `since` to before `until`, at `at`."""

    who: str
    responder: int
    since: datetime
    until: datetime
    at: datetime


def write(one: Opened, sign: Sign) -> str:
    """Return an opening as one word that only we can write, of base64url and a dot."""
    moments = [moment.isoformat() for moment in (one.since, one.until, one.at)]
    said = base64.urlsafe_b64encode(json.dumps([one.who, one.responder, *moments]).encode()).decode()
    return f"{said}.{_signature(said, sign)}"


def read(word: str, sign: Sign) -> Opened | None:
    """Return what `write` wrote; None for any other word."""
    said, _, signature = word.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(said, sign).encode()):
        return None
    who, responder, *moments = json.loads(base64.urlsafe_b64decode(said))
    since, until, at = (datetime.fromisoformat(moment) for moment in moments)
    return Opened(who, responder, since, until, at)


def _signature(said: str, sign: Sign) -> str:
    return sign(b"track.opened\0" + said.encode())
