"""Edits as data: read again they are the same, and what is no edit is refused."""

from __future__ import annotations

import pytest

from grids import edit, edits
from grids.edits import Rename
from grids.refusal import Reason, Refused
from tests.drafts import square, town

FOUR = town(square(0, 0), square(10, 0), square(0, 10), square(10, 10))


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"kind": "fly"},
        {"kind": ["move_vertex"]},
        {"kind": "move_vertex", "at": [0, 0]},
        {"kind": "move_vertex", "at": [0, 0], "to": [1, 1], "more": 1},
        {"kind": "move_vertex", "at": [0, 0.5], "to": [1, 1]},
        {"kind": "move_vertex", "at": [0, True], "to": [1, 1]},
        {"kind": "move_vertex", "at": [0, 0, 0], "to": [1, 1]},
        {"kind": "move_vertex", "at": [0, 0], "to": [1, 10**12]},
        {"kind": "rename", "code": 1, "name": "x"},
        {"kind": "split", "code": "a", "line": [[0, 0]], "codes": []},
        {"kind": "assign_units", "units": {"a": None}},
        {"kind": "restore", "over": [], "cells": [{"code": "a"}], "outer": [], "is_outer": False},
    ],
)
def test_what_is_no_edit_is_refused(data: object) -> None:
    with pytest.raises(Refused) as refused:
        edits.read(data)
    assert refused.value.refusal.reason is Reason.MALFORMED


def test_replay_stops_at_an_edit_that_cannot_be_made() -> None:
    with pytest.raises(Refused) as refused:
        edit.replay(FOUR, [Rename("a", "x"), Rename("a", "x")])
    assert refused.value.refusal.reason is Reason.NOTHING
