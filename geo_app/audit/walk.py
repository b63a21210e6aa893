"""Walk along the chain and name the first place where links, facts, seals and marks disagree.

Links come by seq, facts by (transaction, id): the order in which they were sealed. So one pass over both side by
side shows every fact that is missing, changed, out of place or was never sealed. Marks are what was written
outside the database: they show a chain that was cut off or computed anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from geo_app.audit import chain
from geo_app.audit.model import Break, Finding, Link, Record, Retired, Seal


@dataclass(frozen=True, slots=True)
class Mark:
    """A hash the chain must have at `seq`, and the name of the file that says so."""

    seq: int
    hash: str
    name: str


class Walk:
    """One pass; `last` is the last good link, `seal` the last good seal, `gone` counts facts of dropped months."""

    def __init__(
        self,
        records: Iterator[Record],
        seals: Iterator[Seal],
        marks: Sequence[Mark],
        retired: Sequence[Retired],
    ) -> None:
        self.last: Link | None = None
        self.seal: Seal | None = None
        self.gone: Counter[str] = Counter()
        self._retired = {one.month: one.facts for one in retired}
        self._records, self._record = records, next(records, None)
        self._seals, self._next_seal = seals, next(seals, None)
        self._marks = iter(sorted(marks, key=lambda mark: mark.seq))
        self._mark = next(self._marks, None)
        self._first: Link | None = None

    def first_break(self, links: Iterable[Link]) -> Finding | None:
        """Return what is wrong first, None when everything up to the last link and mark is as it was sealed."""
        for link in links:
            found = self._link(link) or self._fact(link) or self._seal_at(link) or self._mark_at(link)
            if found is not None:
                return found
            self.last = link
        return self._end()

    def _link(self, link: Link) -> Finding | None:
        """Check the link against the one before it."""
        seq, previous = (1, chain.START) if self.last is None else (self.last.seq + 1, self.last.hash)
        if link.seq != seq:
            return Finding(Break.DELETED, "link", str(seq), seq, f"links {seq} to {link.seq - 1} are missing")
        if chain.link_hash(previous, link) != link.hash:
            return Finding(
                Break.ALTERED, "link", str(seq), seq, f"its hash is wrong; it is of fact {link.fact_id}"
            )
        if self.last is not None and (link.xid, link.fact_id) <= (self.last.xid, self.last.fact_id):
            says = f"fact {link.fact_id} may not stand behind fact {self.last.fact_id}"
            return Finding(Break.REORDERED, "link", str(seq), seq, says)
        return None

    def _fact(self, link: Link) -> Finding | None:
        """Check the next fact against its link."""
        record = self._record
        here = (link.xid, link.fact_id)
        if record is None or (record.xid, record.id) > here:
            if link.month in self._retired:
                self.gone[link.month] += 1
                return None
            says = f"it was sealed in transaction {link.xid}, {link.month}, and is not there"
            return Finding(Break.DELETED, "fact", str(link.fact_id), link.seq, says)
        if (record.xid, record.id) < here:
            return self._unsealed(record, link.seq)
        if chain.content(record) != link.content:
            says = f"it is not what was sealed in transaction {link.xid}, {link.month}"
            return Finding(Break.ALTERED, "fact", str(link.fact_id), link.seq, says)
        self._record = next(self._records, None)
        return None

    def _unsealed(self, record: Record, seq: int) -> Finding:
        says = f"it stands in transaction {record.xid} among sealed facts and was not sealed there"
        return Finding(Break.INSERTED, "fact", str(record.id), seq, says)

    def _seal_at(self, link: Link) -> Finding | None:
        """Check the seal when this link is its last one."""
        seal = self._next_seal
        number = 1 if self.seal is None else self.seal.number + 1
        if seal is None or seal.number != number:
            return Finding(Break.DELETED, "seal", str(number), link.seq, f"nothing seals link {link.seq}")
        self._first = self._first or link
        if link.seq < seal.last_seq:
            return None
        if chain.seal(self.seal, self._first, link) != seal:
            return Finding(Break.ALTERED, "seal", str(number), link.seq, "it does not fit its links")
        self.seal, self._next_seal, self._first = seal, next(self._seals, None), None
        return None

    def _mark_at(self, link: Link) -> Finding | None:
        """Check every mark made at this link."""
        while self._mark is not None and self._mark.seq <= link.seq:
            if self._mark.hash != link.hash:
                says = f"{self._mark.name} noted another hash at {link.seq}: facts up to it were exchanged"
                return Finding(Break.REPLACED, "link", str(link.seq), link.seq, says)
            self._mark = next(self._marks, None)
        return None

    def _end(self) -> Finding | None:
        """Check that chain and facts end where seals and marks say."""
        seq = 0 if self.last is None else self.last.seq
        behind = "the start" if self.last is None else f"fact {self.last.fact_id}"
        if self._record is not None:
            return self._unsealed(self._record, seq)
        if self._next_seal is not None:
            says = f"the chain ends behind {behind}, seal {self._next_seal.number} reaches {self._next_seal.last_seq}"
            return Finding(Break.TRUNCATED, "link", str(seq + 1), seq + 1, says)
        if self._mark is not None:
            says = f"the chain ends behind {behind}, {self._mark.name} noted {self._mark.seq}"
            return Finding(Break.TRUNCATED, "link", str(seq + 1), seq + 1, says)
        for month, facts in self._retired.items():
            if self.gone[month] != facts:
                says = f"{facts} facts were dropped after their time, {self.gone[month]} are missing"
                return Finding(Break.DELETED, "month", month, None, says)
        return None
