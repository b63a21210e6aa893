"""The chain: the canonical form of a fact, its hash, the hash of a link and of a seal.

These forms are kept for ever; a change of one of them is a new chain. All hashes are SHA-256, in hex.

* Canonical form of a fact: a JSON object in UTF-8 without spaces, keys sorted, null where there is nothing:
  account, actor, address, at, changes, data, id, jurisdiction, kind, reason, subject, xid. `at` is UTC with six
  digits of the second and Z; `xid` is text; `data` and `changes` are the text in which PostgreSQL writes jsonb,
  so a number stays exactly as it was stored.
* content = hash of the canonical form.
* Link hash = hash of "previous hash, seq, xid, fact id, month, content", each on a line; 64 zeros before the first.
* Seal hash = hash of "previous seal hash, number, first seq, last seq, first xid, first id, last xid, last id, hash
  of the last link", in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256

from geo_app.audit.model import Link, Record, Seal

START = "0" * 64
KEYS = (
    "account", "actor", "address", "at", "changes", "data", "id", "jurisdiction", "kind", "reason", "subject", "xid",
)  # fmt: skip
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(record: Record) -> str:
    """Return the canonical form of a fact."""
    return _ENCODER.encode(record.members)


def content(record: Record) -> str:
    """Return the hash of a fact."""
    return sha256(canonical(record).encode()).hexdigest()


def link_hash(previous: str, link: Link) -> str:
    """Return the hash `link` must have behind a link with the hash `previous`."""
    text = f"{previous}\n{link.seq}\n{link.xid}\n{link.fact_id}\n{link.month}\n{link.content}"
    return sha256(text.encode()).hexdigest()


def links(last: Link | None, records: Iterable[Record]) -> list[Link]:
    """Return the links of `records` behind the link `last`."""
    seq, previous = (0, START) if last is None else (last.seq, last.hash)
    made: list[Link] = []
    for record in records:
        seq += 1
        bare = Link(seq, record.xid, record.id, record.month, content(record), "")
        previous = link_hash(previous, bare)
        made.append(Link(bare.seq, bare.xid, bare.fact_id, bare.month, bare.content, previous))
    return made


def seal(last: Seal | None, first: Link, final: Link) -> Seal:
    """Return the seal over the links from `first` to `final`, behind the seal `last`."""
    number, previous = (1, START) if last is None else (last.number + 1, last.hash)
    parts = (
        number, first.seq, final.seq, first.xid, first.fact_id, final.xid, final.fact_id,
    )  # fmt: skip
    text = "\n".join(str(part) for part in (previous, *parts, final.hash))
    return Seal(*parts, sha256(text.encode()).hexdigest())
