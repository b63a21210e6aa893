"""The canonical form and the hashes stand for ever: a record sealed today is verified by every later version."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from geo_app.audit import chain
from geo_app.audit.model import Link, Record

MEMBERS = {
    "account": 7, "actor": "王芳", "address": "10.0.0.9", "at": "2026-11-22T03:28:13.120000Z",
    "changes": '{"state": ["reported", "filed"]}', "data": '{"n": 1.50}', "id": 42, "jurisdiction": "110114",
    "kind": "incident.filed", "reason": None, "subject": 4711, "xid": "983",
}  # fmt: skip
RECORD = Record(983, 42, "2026-11-22 03:28:13.12+00", MEMBERS)
CANONICAL = (
    '{"account":7,"actor":"王芳","address":"10.0.0.9","at":"2026-11-22T03:28:13.120000Z",'
    '"changes":"{\\"state\\": [\\"reported\\", \\"filed\\"]}","data":"{\\"n\\": 1.50}","id":42,'
    '"jurisdiction":"110114","kind":"incident.filed","reason":null,"subject":4711,"xid":"983"}'
)


def test_the_canonical_form_is_as_it_is_written_down() -> None:
    assert chain.canonical(RECORD) == CANONICAL
    assert chain.content(RECORD) == sha256(CANONICAL.encode()).hexdigest()
    assert tuple(sorted(MEMBERS)) == chain.KEYS


def test_the_order_of_columns_does_not_matter() -> None:
    turned = replace(RECORD, members=dict(reversed(MEMBERS.items())))
    assert chain.canonical(turned) == CANONICAL


def test_links_and_seals_are_as_they_are_written_down() -> None:
    first, second = chain.links(None, [RECORD, replace(RECORD, id=43, members={**MEMBERS, "id": 43})])
    text = "\n".join([chain.START, "1", "983", "42", "2026-11", chain.content(RECORD)])
    assert first == Link(1, 983, 42, "2026-11", chain.content(RECORD), sha256(text.encode()).hexdigest())
    assert second.hash == chain.link_hash(first.hash, second)
    sealed = chain.seal(None, first, second)
    text = f"{chain.START}\n1\n1\n2\n983\n42\n983\n43\n{second.hash}"
    assert sealed.hash == sha256(text.encode()).hexdigest()
    assert (sealed.number, sealed.count, chain.seal(sealed, first, second).number) == (1, 2, 2)


@pytest.mark.parametrize("member", chain.KEYS)
def test_no_member_can_change_unseen(member: str) -> None:
    changed = replace(RECORD, members={**MEMBERS, member: "another"})
    assert chain.content(changed) != chain.content(RECORD)
