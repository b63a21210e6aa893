"""Fields of ours out of columns of theirs."""

from __future__ import annotations

import pytest

from geo_app.cities.kit.columns import Field
from geo_app.core.errors import BadInput

ROW = {"a": " 12 x ", "b": "", "c": "yes"}


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("a", "12 x"),
        ("b", None),
        ({"value": "department"}, "department"),
        ({"format": "{c}-{a}"}, "yes- 12 x"),
        ({"column": "a", "pattern": r"^(\d+)"}, "12"),
        ({"column": "c", "pattern": r"^(\d+)"}, None),
        ({"column": "c", "map": {"yes": "1"}}, "1"),
        ({"column": "a", "map": {"yes": "1"}}, "12 x"),
        ({"column": "a", "map": {"yes": "1"}, "default": "0"}, "0"),
        ({"column": "b", "default": "none"}, "none"),
    ],
)
def test_a_field_is_made_as_it_is_written(given: object, value: str | None) -> None:
    assert Field.read("layers[1]", "f", given).of(ROW) == value


@pytest.mark.parametrize(
    "given",
    [
        3,
        {},
        {"column": "a", "value": "b"},
        {"colum": "a"},
        {"column": "a", "pattern": "("},
        {"column": "a", "pattern": "a"},
    ],
)
def test_a_wrong_field_is_named(given: object) -> None:
    with pytest.raises(BadInput, match=r"layers\[1\]\.columns\.f"):
        Field.read("layers[1]", "f", given)


def test_a_field_knows_its_columns() -> None:
    assert Field.read("x", "f", {"format": "{a:0>3}/{b}"}).columns() == {"a", "b"}
    assert Field.read("x", "f", {"value": "b"}).columns() == set()
