"""Grid codes of 15 digits and their kin: built, read, refused."""

from __future__ import annotations

import pytest

from grids import code as codes


def test_a_code_is_its_community_and_a_number() -> None:
    assert codes.build("990101001004", 7) == "990101001004007"
    assert codes.parent("990101001004007") == "990101001004"
    assert codes.sequence("990101001004007") == 7


def test_the_older_pattern_has_two_digits_for_the_number() -> None:
    assert codes.build("990101001004", 7, codes.CJ213) == "99010100100407"
    assert codes.parent("99010100100407", codes.CJ213) == "990101001004"
    assert codes.sequence("99010100100407", codes.CJ213) == 7


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "99010100100400",  # 14 digits
        "9901010010040077",  # 16 digits
        "990101000004007",  # street 000
        "990101001004000",  # number 000
        "99010100100400x",
        " 990101001004007",
        "990101001004007\n",
        "９９０１０１００１００４００７",  # full-width digits are digits to Python, not to the standard
        "٩٩٠١٠١٠٠١٠٠٤٠٠٧",
    ],
)
def test_what_does_not_follow_the_pattern_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(codes.BadCode, match=r"GB/T 30428\.1 \(15 digits\)"):
        codes.check(wrong)
    with pytest.raises(codes.BadCode):
        codes.parent(wrong)
    with pytest.raises(codes.BadCode):
        codes.sequence(wrong)


@pytest.mark.parametrize("number", [0, 1000, -1])
def test_a_number_without_room_is_refused(number: int) -> None:
    with pytest.raises(codes.BadCode):
        codes.build("990101001004", number)


def test_a_street_is_no_community() -> None:
    with pytest.raises(codes.BadCode):
        codes.build("990101001", 1)


def test_a_community_may_be_numbered_zero() -> None:
    codes.check("990101001000001")
