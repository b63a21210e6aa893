"""No phone and no identity number gets through; no code, moment or coordinate is taken for one."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from geo_app.core import masking

WORDS = st.text(st.sampled_from("井盖丢了，请回电。 路口！xyz\n"), max_size=12)
MOBILE = st.builds(
    lambda second, rest: f"1{second}{rest:09d}", st.sampled_from("3456789"), st.integers(0, 10**9 - 1)
)
WRITTEN = st.sampled_from([
    str, lambda n: f"+86{n}", lambda n: f"+86 {n}", lambda n: f"0086-{n}", lambda n: f"86{n}", lambda n: f"0{n}",
    lambda n: f"{n[:3]} {n[3:7]} {n[7:]}", lambda n: f"{n[:3]}-{n[3:7]}-{n[7:]}", lambda n: f"{n[:3]}—{n[3:]}",
    " ".join, lambda n: n.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    lambda n: n.translate(str.maketrans("0123456789", "零幺二三四五六七八九")), lambda n: f"{n[:4]}　{n[4:7]}　{n[7:]}",
])  # fmt: skip
BORN = st.dates(date(1920, 1, 1), date(2025, 12, 31))
MOMENT = st.integers(631_152_000, 2_051_222_400).map(lambda second: datetime.fromtimestamp(second, UTC))


def plain(text: str) -> str:
    """Return the digits of a text, however they are written."""
    return "".join(one for one in masking._plain(text).translate(masking.NUMERALS) if one.isdigit())


@given(WORDS, MOBILE, WRITTEN, WORDS)
def test_no_mobile_number_gets_through_however_it_is_written(
    before: str, number: str, written: object, after: str
) -> None:
    said = before + written(number) + after  # type: ignore[operator]
    shown = masking.text(said)
    assert number not in plain(shown)
    assert len(shown) == len(said)
    assert shown.startswith(before)
    assert shown.endswith(after)
    assert masking.text(shown) == shown


@given(
    WORDS,
    st.sampled_from(["110114", "310101", "440305"]),
    BORN,
    st.integers(0, 999),
    st.sampled_from("0123456789Xx"),
    WORDS,
)
def test_no_identity_number_gets_through(
    before: str, head: str, born: object, serial: int, check: str, after: str
) -> None:
    number = f"{head}{born:%Y%m%d}{serial:03d}{check}"
    shown = masking.text(before + number + after)
    assert number not in shown
    assert number[3:-3] not in plain(shown)


@given(st.integers(0, 10**9 - 1), st.integers(0, 10**10 - 1))
def test_no_code_of_a_cell_or_a_component_is_masked(cell: int, component: int) -> None:
    for code in (f"110114{cell:09d}", f"110114{component:010d}"):
        assert masking.text(f"网格 {code}，部件", frozenset({"110114"})) == f"网格 {code}，部件"


@given(
    MOMENT,
    st.sampled_from(
        ["%Y-%m-%dT%H:%M:%S+08:00", "%Y-%m-%d %H:%M", "%Y年%m月%d日%H时%M分", "%H:%M:%S", "%Y/%m/%d %H:%M"]
    ),
)
def test_no_moment_is_masked(moment: datetime, form: str) -> None:
    said = f"于{moment.strftime(form)}发生"
    assert masking.text(said) == said


@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(3, 15), st.sampled_from([",", " ", ", "]))
def test_no_coordinate_is_masked(lon: float, lat: float, places: int, between: str) -> None:
    said = f"{lon:.{places}f}{between}{lat:.{places}f}"
    assert masking.text(said) == said


@given(st.text(max_size=60))
def test_any_text_keeps_its_length(said: str) -> None:
    assert len(masking.text(said)) == len(said)
