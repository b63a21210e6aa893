"""A key is stable, and no text breaks what reads it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geo_app.geocoding import asked, parse, text

signs = st.text(
    st.sampled_from("龙泽苑小区路街号楼单元栋一二十百〇零0123456789-#,（)東西与口往米NSAB nsw.°/'%_\\"),
    max_size=30,
)
texts = st.one_of(signs, st.text(max_size=30))


@given(texts)
def test_a_key_is_its_own_key(said: str) -> None:
    assert text.key(text.key(said)) == text.key(said)


@given(texts)
def test_any_text_is_a_question_and_has_parts_in_order(said: str) -> None:
    assert asked.read(said) is not None
    parts = parse.parts(said)
    assert all(part.start < part.end for part in parts)
    assert [part.start for part in parts][1:] == [part.end for part in parts][:-1]
    assert not parts or (parts[0].start, parts[-1].end) == (0, len(said))


@given(texts)
def test_pairs_and_sounds_never_fail(said: str) -> None:
    key = text.key(said)
    assert all(len(pair) in {2, 3} for pair in text.grams(key))
    assert isinstance(text.sound(key)[0], str)
