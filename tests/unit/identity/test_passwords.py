"""The preset `dengbao3`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_app.core.errors import BadInput
from geo_app.identity import passwords

GOOD = ["Xk9!sun-river", "龙泽苑东区 4haoLou", "correct Horse 7", "aB3aB3cD4e", "1234abcdEFGH!"]


@pytest.mark.parametrize("password", GOOD)
def test_a_good_password_is_taken(password: str) -> None:
    passwords.check(password, "li.na")


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Ab1!efghi", "characters"),
        ("", "characters"),
        ("A1!" + "b" * 126, "characters"),
        ("onlylowercase", "3 of"),
        ("lowerAndUpper", "3 of"),
        ("1234567890!!", "3 of"),
        ("Li.Na-2024!", "name of the account"),
        ("P@ssw0rd123", "many people use"),
        ("Qwertyuiop1", "many people use"),
        ("Aa1aaaaaaaaa", "same character"),
    ],
)
def test_a_weak_password_is_refused_with_the_rule(password: str, rule: str) -> None:
    with pytest.raises(BadInput, match=rule) as refused:
        passwords.check(password, "li.na")
    assert not password or password not in str(refused.value)


@given(st.text(max_size=40))
def test_no_refusal_repeats_the_password(password: str) -> None:
    try:
        passwords.check(password, "li.na")
    except BadInput as error:
        assert error.value == "'…'"  # noqa: PT017 - whether it is refused is chance


def test_a_password_ages_in_ninety_days() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    assert passwords.is_old(None, at)
    assert not passwords.is_old(at - timedelta(days=90), at)
    assert passwords.is_old(at - timedelta(days=90, seconds=1), at)


@given(st.lists(st.text(min_size=1), max_size=9), st.none() | st.text(min_size=1))
def test_five_passwords_are_remembered_newest_first(former: list[str], current: str | None) -> None:
    kept = passwords.remembered(former, current)
    assert kept == ([] if current is None else [current]) + former[: len(kept) - (current is not None)]
    assert len(kept) == min(5, len(former) + (current is not None))
