"""Keys are the same for every way to write a name."""

from __future__ import annotations

import pytest

from geo_app.geocoding import text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("龍澤苑社區", "龙泽苑社区"),
        ("學府路１２號", "学府路12号"),
        ("学府路一二〇号", "学府路120号"),
        ("学府路一百二十号", "学府路120号"),
        ("学府路一零五号", "学府路105号"),
        ("龙泽苑 3 号楼", "龙泽苑3栋"),
        ("龙泽苑三幢", "龙泽苑3号楼"),
        ("龙泽苑3#", "龙泽苑3座"),
        ("天通苑第二社区", "天通苑第2社区"),
        ("龙泽苑（东区）", "龙泽苑东区"),
        ("柏泰巷叁拾號", "柏泰巷30号"),
        ("West 42nd St.", "west 42nd st"),
        ("龙泽苑A座", "龙泽苑a栋"),
    ],
)
def test_two_ways_to_write_one_name_have_one_key(one: str, other: str) -> None:
    assert text.key(one) == text.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("学府路12号", "学府路21号"), ("龙泽苑3号楼", "龙泽苑3号"), ("百花路", "100花路"), ("北苑", "南苑")],
)
def test_different_places_have_different_keys(one: str, other: str) -> None:
    assert text.key(one) != text.key(other)


@pytest.mark.parametrize(
    ("numeral", "figure"),
    [
        ("十", "10"),
        ("二十一", "21"),
        ("一百零五", "105"),
        ("三千", "3000"),
        ("一二〇", "120"),
        ("百", "百"),
        ("百十", "百10"),
    ],
)
def test_a_numeral_is_written_in_figures(numeral: str, figure: str) -> None:
    assert text.arabic(numeral.replace("〇", "零")) == figure


def test_pinyin_and_initials_know_the_reading_of_a_word_and_speak_single_figures() -> None:
    assert text.sound("重庆路3号楼") == ("chongqinglusanhaolou", "cqlshl")
    assert text.sound("longzeyuan12") == ("longzeyuan12", "longzeyuan12")


def test_one_wrong_character_leaves_common_pairs_in_a_name_of_three() -> None:
    assert set(text.grams("龙泽苑")) & set(text.grams("龙则苑")) == {"龙_苑"}


@pytest.mark.parametrize(
    ("one", "other", "changes"),
    [
        ("", "", 0),
        ("龙泽苑", "龙泽苑", 0),
        ("龙泽苑", "龙则苑", 1),
        ("龙泽苑", "龙苑", 1),
        ("ab", "ba", 1),
        ("", "abc", 3),
    ],
)
def test_the_distance_counts_changes(one: str, other: str, changes: int) -> None:
    assert text.distance(one, other) == text.distance(other, one) == changes
