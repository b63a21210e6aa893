"""English street names have one key however they are shortened, and a bare number is a road of either side."""

from __future__ import annotations

import pytest

from geo_app.geocoding import asked, english, text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("W. 42 St", "West 42nd Street"),
        ("w42nd st", "West 42nd Street"),
        ("Fifth Ave", "5th Avenue"),
        ("3rd  Avenue", "Third Av."),
        ("St Nicholas Ave", "Saint Nicholas Avenue"),
        ("124 Liberty St.", "Liberty Street 124号"),
        ("E 21st St", "East 21st Street"),
    ],
)
def test_two_ways_to_write_one_street_have_one_key(one: str, other: str) -> None:
    assert text.key(one) == text.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("West 42nd Street", "East 42nd Street"), ("5th Avenue", "5th Street"), ("350 5th Ave", "3505th Ave")],
)
def test_different_streets_have_different_keys(one: str, other: str) -> None:
    assert text.key(one) != text.key(other)


def test_a_number_may_be_the_street_of_either_side() -> None:
    assert english.roads(text.key("42nd St")) == ["w42st", "e42st"]
    assert english.roads(text.key("W 79th")) == ["w79st"]
    assert english.roads(text.key("42nd")) == ["w42st", "e42st", "42ave", "42st"]
    assert english.roads(text.key("Broadway")) == []


@pytest.mark.parametrize(
    ("said", "roads"),
    [
        ("Broadway & W 42nd St", ("broadway", "w 42nd st")),
        ("the corner of Canal St and Mott St", ("canal st", "mott st")),
        ("Park Ave @ E 51 St", ("park ave", "e 51 st")),
        ("Broadway与West 42nd Street交叉口", ("broadway", "west 42nd street")),
    ],
)
def test_a_crossing_is_read_in_english_too(said: str, roads: tuple[str, str]) -> None:
    question = asked.read(said)
    assert isinstance(question, asked.Crossing)
    assert roads in question.roads


def test_pinyin_and_chinese_beside_figures_keep_their_keys() -> None:
    assert text.key("tian tong xi yuan") == "tiantongxiyuan"
    assert text.key("龙泽苑 3 号楼 2 单元") == "龙泽苑3号楼2单元"
    assert text.key("longze yuan 12 hao") == "longzeyuan12hao"
