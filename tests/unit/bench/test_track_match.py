"""The bench of matching notices one wrong road, and a track that came out badly."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely

from geo_app.roads.match import Field
from geo_app.roads.matched import Matched
from tests.bench import track_match
from tests.driven import drive, judged
from tests.driven.drive import Drive

SIDE, SPACING, SPEED = 6, 120.0, 8.0


@pytest.fixture(scope="module")
def recorded() -> list[Drive]:
    """Three drives across a raster of streets, each way an arc of its own, a position every second."""
    node = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    pairs = [(node[i, j], node[i, j + 1]) for i in range(SIDE) for j in range(SIDE - 1)]
    pairs += [(node[i, j], node[i + 1, j]) for i in range(SIDE - 1) for j in range(SIDE)]
    arcs = np.array([*pairs, *(pair[::-1] for pair in pairs)], dtype=np.int64)
    places = np.array(
        [(SPACING * (number % SIDE), SPACING * (number // SIDE)) for number in range(SIDE * SIDE)]
    )
    number = {tuple(pair): arc for arc, pair in enumerate(arcs.tolist())}
    made = []
    for name, nodes in (
        ("stairs", [0, 1, 7, 8, 14, 15, 21]),
        ("row", [6, 7, 8, 9, 10, 11]),
        ("ell", [3, 9, 15, 14, 13]),
    ):
        truth = np.array([number[one, other] for one, other in pairwise(nodes)])
        line = shapely.linestrings(places[nodes])
        seconds = np.arange(2.0, shapely.length(line) / SPEED - 2.0)
        xy = shapely.get_coordinates(shapely.line_interpolate_point(line, seconds * SPEED))
        errors = np.random.default_rng(len(made)).normal(0.0, 1.0, xy.shape)
        made.append(drive.of_arcs(name, (arcs, places), xy + errors, seconds, truth))
    return made


def test_drives_that_are_matched_right_are_right(recorded: list[Drive]) -> None:
    found = track_match.measured(recorded, {})
    assert found.equal is True, found.note
    assert found.ours > 0


def test_one_road_exchanged_makes_the_quality_false(
    recorded: list[Drive], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = track_match.told

    def wrong(field: Field, one: Drive) -> Matched:
        matched = right(field, one)
        if one.name != "row":
            return matched
        travels = matched.travels.copy()
        travels[1] ^= 2
        return replace(matched, travels=travels)

    monkeypatch.setattr(track_match, "told", wrong)
    assert track_match.measured(recorded, {}).equal is False
    assert (
        track_match.measured([one for one in recorded if one.name != "row"], {"made up": recorded}).equal
        is False
    )


def test_a_road_too_much_is_found_by_the_score_alone(recorded: list[Drive]) -> None:
    one = recorded[0]
    matched = track_match.told(track_match.match.prepare(one.ground), one)
    assert judged.judge(one, matched).mismatch < judged.LIMITS[1].mean / 100
    longer = replace(matched, **{
        name: np.append(getattr(matched, name), getattr(matched, name)[:1])
        for name in ("travels", "run", "enter", "leave", "begins", "ends", "confidence")
    })  # fmt: skip
    assert judged.judge(one, longer).mismatch > judged.LIMITS[1].worst / 100 / 2
    assert any("begins" in fault for fault in judged.faults(one, longer))
