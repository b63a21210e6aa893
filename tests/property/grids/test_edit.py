"""Whatever is drawn, the partition stays whole, can be taken back to the bit, and comes out the same again."""

from __future__ import annotations

import json

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from grids import edit, edits, partition
from grids.draft import Draft
from grids.edits import Edit
from grids.model import Partition
from grids.refusal import Refusal, Refused
from grids.rings import Vertex, point
from tests import hands
from tests.sizes import size

cities = st.builds(hands.city, st.integers(2, 4), st.integers(2, 3), seed=st.integers(0, 5))
some = st.builds(hands.Hand, st.integers(0, 10**6))


@settings(max_examples=size("edit_stories"))
@given(cities, some)
def test_after_any_edits_the_partition_is_whole_and_undo_gives_back_every_bit(
    city: Partition, hand: hands.Hand
) -> None:
    first = Draft.of(city)
    draft, done = first, list[edit.Done]()
    declared = partition.outline(city)
    nodes: set[Vertex] = set()
    for _ in range(12):
        made = edit.apply(draft, hand.next(draft, hands.INNER))
        if isinstance(made, Refusal):
            assert made.message
            assert made.advice
            continue
        nodes ^= set(made.nodes)
        draft = made.draft
        done.append(made)
        assert hands.is_whole(declared, draft.partition, nodes)
    for node in nodes:
        assert point(node).distance(declared.boundary) < 0.001
    for made in reversed(done):
        back = edit.apply(draft, made.inverse)
        assert not isinstance(back, Refusal), back
        draft = back.draft
    assert hands.fingerprint(draft.partition) == hands.fingerprint(city)
    assert hands.fingerprint(first.partition) == hands.fingerprint(city), (
        "a draft was changed, not a new one made"
    )


@settings(max_examples=size("edit_stories"))
@given(cities, some)
def test_the_log_of_edits_read_again_gives_the_same_geometry(city: Partition, hand: hands.Hand) -> None:
    draft, log = Draft.of(city), list[Edit]()
    for _ in range(15):
        asked = hand.next(draft)
        made = edit.apply(draft, asked)
        if isinstance(made, Refusal):
            continue
        log.append(asked)
        if hand.rng.random() < 0.3:
            log.append(made.inverse)
            made = edit.apply(made.draft, made.inverse)
            assert isinstance(made, edit.Done)
        draft = made.draft
    text = json.dumps([one.data() for one in log])
    again = edit.replay(Draft.of(city), [edits.read(one) for one in json.loads(text)])
    assert hands.fingerprint(again.partition) == hands.fingerprint(draft.partition)


@settings(max_examples=size("edit_verdicts") // 20)
@given(cities, some)
def test_the_verdict_on_touched_cells_is_that_on_all(city: Partition, hand: hands.Hand) -> None:
    draft = Draft.of(city)
    declared = partition.outline(city)
    for _ in range(20):
        draft = judged(draft, declared, hand.next(draft, hands.INNER))
        declared = partition.outline(draft.partition)


def judged(draft: Draft, declared: shapely.Geometry, asked: Edit) -> Draft:
    """Compare both verdicts on one edit and return the draft after it."""
    made = edit.apply(draft, asked)
    try:
        touched = edit.PLAN[type(asked)](draft, asked)
    except Refused:
        assert isinstance(made, Refusal)
        return draft
    everything = hands.put(draft, {cell.code for cell in touched.was}, touched.now)
    if isinstance(made, Refusal):
        assert not hands.is_whole(declared, everything), (asked, made)
        return draft
    assert hands.is_whole(declared, everything, made.nodes), asked
    assert hands.fingerprint(everything) == hands.fingerprint(made.draft.partition)
    return made.draft


@settings(max_examples=size("edit_stories"))
@given(cities, some)
def test_the_outer_border_changes_only_by_its_own_edits_and_nothing_is_torn(
    city: Partition, hand: hands.Hand
) -> None:
    draft = Draft.of(city)
    for _ in range(12):
        asked = hand.next(draft, hands.OUTER)
        made = edit.apply(draft, asked)
        if isinstance(made, Refusal):
            continue
        assert asked.changes_outer_border
        assert made.inverse.changes_outer_border
        assert not partition.check(made.draft.partition)
        back = edit.apply(made.draft, made.inverse)
        assert isinstance(back, edit.Done)
        assert hands.fingerprint(back.draft.partition) == hands.fingerprint(draft.partition)
        draft = made.draft
