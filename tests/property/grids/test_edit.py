"""Whatever is drawn, the partition stays whole, can be taken back to the bit, and comes out the same again."""

from __future__ import annotations

import json

import pytest
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
DRAWN = hands.INNER - {"rename", "recode", "assign_units"}
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


@settings(max_examples=size("edit_stories"))
@given(cities, some)
def test_the_verdict_on_touched_cells_is_that_on_all(city: Partition, hand: hands.Hand) -> None:
    draft = Draft.of(city)
    for _ in range(10):
        draft = judged(draft, hand.next(draft, hands.INNER))


@pytest.mark.parametrize(("side", "edits"), [(20, size("edit_verdicts")), (100, size("edit_verdicts_10k"))])
def test_the_verdict_on_touched_cells_is_that_on_all_in_a_city(side: int, edits: int) -> None:
    draft, hand = Draft.of(hands.city(side, side, seed=side + 1)), hands.Hand(side)
    for _ in range(edits):
        draft = judged(draft, hand.next(draft, DRAWN))


def test_many_edits_in_a_row_with_undo_and_redo_tear_nothing_and_move_nothing() -> None:
    city = hands.city(20, 20, seed=7)
    first = Draft.of(city)
    declared = partition.outline(city)
    left, round_ = size("edits_in_a_row"), 0
    while left > 0:
        hand, round_ = hands.Hand(round_), round_ + 1
        done = walked(first, hand, min(left, 2_000))
        left -= 2_000
        assert hands.is_whole(
            declared, done[-1].draft.partition, {node for one in done for node in one.nodes}
        )
        draft = done[-1].draft
        for made in reversed(done):
            draft = undone(draft, made)
        assert hands.fingerprint(draft.partition) == hands.fingerprint(city)


def walked(draft: Draft, hand: hands.Hand, edits: int) -> list[edit.Done]:
    """Return what was done of so many edits; some were undone and done again before the next."""
    done = list[edit.Done]()
    for _ in range(edits):
        asked = hand.next(draft, hands.INNER)
        made = edit.apply(draft, asked)
        if isinstance(made, Refusal):
            continue
        if hand.rng.random() < 0.2:
            again = edit.apply(undone(made.draft, made), asked)
            assert isinstance(again, edit.Done)
            assert again.changed == made.changed
            made = again
        done.append(made)
        draft = made.draft
    return done


def undone(draft: Draft, made: edit.Done) -> Draft:
    back = edit.apply(draft, made.inverse)
    assert isinstance(back, edit.Done), (made.inverse, back)
    return back.draft


def judged(draft: Draft, asked: Edit) -> Draft:
    """Compare both verdicts on one edit and return the draft after it."""
    declared = partition.outline(draft.partition)
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
