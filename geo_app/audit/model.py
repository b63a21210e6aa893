"""Position, Record, Link, Seal, Anchor, Finding, Verdict; Search, Entry, Page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from geo_app.core.db import Row


@dataclass(frozen=True, slots=True)
class Position:
    """Where a fact stands: its transaction and its id."""

    xid: str
    id: int

    @classmethod
    def read(cls, row: Row) -> Position:
        """Return the position of a row."""
        return cls(row["xid"], row["id"])


LOWEST = ("0", 0, "-infinity")
"""Before every fact: xid, id, moment."""


@dataclass(frozen=True, slots=True)
class Record:
    """A fact as it is sealed: every column under the name it has in the canonical form, and where to read on."""

    xid: int
    id: int
    moment: str
    members: dict[str, Any]

    @classmethod
    def read(cls, row: Row) -> Record:
        """Return the record of a row."""
        members = dict(row)
        moment = members.pop("moment")
        return cls(int(members["xid"]), members["id"], moment, members)

    @property
    def month(self) -> str:
        """The month of `at` in UTC, as 2026-11."""
        at: str = self.members["at"]
        return at[:7]


@dataclass(frozen=True, slots=True)
class Link:
    """One fact in the chain; `content` and `hash` are SHA-256 in hex, `seq` counts from 1 without a gap."""

    seq: int
    xid: int
    fact_id: int
    month: str
    content: str
    hash: str

    @classmethod
    def read(cls, row: Row) -> Link:
        """Return the link of a row."""
        return cls(row["seq"], int(row["xid"]), row["fact_id"], row["month"], row["content"], row["hash"])


@dataclass(frozen=True, slots=True)
class Seal:
    """A batch of links; `number` counts from 1 without a gap."""

    number: int
    first_seq: int
    last_seq: int
    first_xid: int
    first_id: int
    last_xid: int
    last_id: int
    hash: str

    @classmethod
    def read(cls, row: Row) -> Seal:
        """Return the seal of a row."""
        return cls(
            row["number"], row["first_seq"], row["last_seq"], int(row["first_xid"]), row["first_id"],
            int(row["last_xid"]), row["last_id"], row["hash"],
        )  # fmt: skip

    @property
    def count(self) -> int:
        """How many facts it seals."""
        return self.last_seq - self.first_seq + 1


@dataclass(frozen=True, slots=True)
class Anchor:
    """How far the chain reached: `seq` facts, the last at (xid, fact_id), and the hash there.

    `previous` is the SHA-256 of the anchor file before, None in the first one.
    """

    date: str
    seq: int
    xid: str
    fact_id: int
    hash: str
    previous: str | None


@dataclass(frozen=True, slots=True)
class AnchorFile:
    """An anchor file as it lies there; `anchor` is None when it cannot be read as one."""

    name: str
    sha256: str
    anchor: Anchor | None


@dataclass(frozen=True, slots=True)
class Retired:
    """A month whose facts were dropped after their time, and how many there were."""

    month: str
    facts: int

    @classmethod
    def read(cls, row: Row) -> Retired:
        """Return the month of a row."""
        return cls(row["month"], row["facts"])


class Break(StrEnum):
    """What was done to the record."""

    ALTERED = "altered"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Finding:
    """The first place where the record is not what was sealed.

    `what` is fact, link, seal, month or anchor; `name` its id, number or file; `seq` where in the chain it was seen.
    """

    kind: Break
    what: str
    name: str
    seq: int | None
    says: str

    def line(self) -> str:
        """Return it as one line."""
        return f"{self.what} {self.name} {self.kind}: {self.says}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: nothing in `findings` when the record is whole.

    `waiting` counts facts not sealed yet, `resting` those outside every month: both are no breaks.
    """

    sealed: int
    retired: int
    seals: int
    anchors: int
    waiting: int
    resting: int
    findings: tuple[Finding, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was touched."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Search:
    """What an auditor asks for; None leaves a field open, `until` is excluded."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    kind: str | None = None
    subject: int | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact as an auditor sees it."""

    position: Position
    kind: str
    subject: int | None
    jurisdiction: str | None
    actor: str
    account: int | None
    address: str | None
    reason: str | None
    at: datetime
    data: dict[str, Any]
    changes: dict[str, Any] | None

    @classmethod
    def read(cls, row: Row) -> Entry:
        """Return the entry of a row."""
        return cls(
            Position.read(row), row["kind"], row["subject"], row["jurisdiction"], row["actor"],
            row["actor_account"], row["address"], row["reason"], row["at"], row["data"], row["changes"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first; `next` is where the following page begins, None after the last one."""

    entries: tuple[Entry, ...]
    next: Position | None
