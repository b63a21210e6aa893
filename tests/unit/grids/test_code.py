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


COMMUNITY = "990101001002"


def test_new_codes_go_on_west_to_east_and_north_to_south() -> None:
    places = [(20.0, 0.0), (0.0, 0.0), (0.0, 10.0)]
    used = {f"{COMMUNITY}001", f"{COMMUNITY}004", "990101001003009", "own-7"}
    assert codes.propose(COMMUNITY, places, used) == (f"{COMMUNITY}007", f"{COMMUNITY}006", f"{COMMUNITY}005")
    assert codes.propose(COMMUNITY, places[:1], ()) == (f"{COMMUNITY}001",)
    assert codes.propose(COMMUNITY, (), used) == ()


def test_a_code_that_was_ever_given_is_not_given_again() -> None:
    used = {codes.build(COMMUNITY, number) for number in range(1, 1000) if number not in {3, 7}}
    assert codes.propose(COMMUNITY, [(1.0, 0.0), (0.0, 0.0)], used) == (f"{COMMUNITY}007", f"{COMMUNITY}003")
    with pytest.raises(codes.BadCode, match="2 codes left"):
        codes.propose(COMMUNITY, [(0.0, 0.0)] * 3, used)
    with pytest.raises(codes.BadCode):
        codes.propose("12", [(0.0, 0.0)], ())
