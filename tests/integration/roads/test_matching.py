"""Recorded tracks on their maps come out within limits that were set before; nothing impossible is ever told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo_app.roads import match
from geo_app.roads.model import Mode
from tests.driven import drive as drives
from tests.driven import judged, score, taxis, tracks, trips
from tests.driven.drive import Drive
from tests.property.roads import cities
from tests.sizes import is_soak, size

FEW = ("00000003", "00000011", "00000046", "00000050", "00000090", "00000094")
"""Short in files, not in what happens on them: tracks for every run; a soak takes all."""
HELD = (1, 10)
"""Rates at which the limits are held; see the bench `track-match` for all."""


@pytest.fixture(scope="module")
def recorded(real_data: Path) -> list[Drive]:
    """The recorded tracks of this run."""
    if is_soak():
        return tracks.read(real_data)
    return [drive for name in FEW for drive in tracks.read(real_data, name)]


def test_recorded_tracks_are_matched_within_the_limits(recorded: list[Drive]) -> None:
    scores: dict[int, list[score.Score]] = {rate: [] for rate in judged.RATES}
    for drive in recorded:
        field = match.prepare(drive.ground)
        for rate, thin in judged.rated(drive):
            matched = judged.answer(field, thin)
            assert judged.faults(thin, matched) == []
            scores[rate].append(judged.judge(thin, matched))
    for rate in HELD:
        found = score.spread(scores[rate])
        assert found.is_within(judged.LIMITS[rate]), f"{rate} s: {found}"
    assert all(score.spread(some).worst <= 20.0 for some in scores.values())


def test_a_stream_of_positions_is_matched_as_the_whole(recorded: list[Drive]) -> None:
    drive = min(recorded, key=lambda one: len(one.seconds))
    field = match.prepare(drive.ground)
    whole = judged.answer(field, drive)
    for step in (1, 7, 100):
        streamed = judged.streamed(field, drive, step)
        for name in ("travels", "run", "enter", "leave", "begins", "ends", "confidence"):
            assert np.array_equal(getattr(streamed, name), getattr(whole, name)), (step, name)
        assert streamed.gaps == whole.gaps


def test_made_up_trips_are_never_matched_to_what_cannot_be(real_data: Path) -> None:
    ground = drives.ground(cities.middle(cities.manhattan(real_data), 3_000.0), Mode.CAR)
    field = match.prepare(ground)
    for drive in trips.make("manhattan", ground, size("made_up_trips"), 20260101, (800.0, 2_500.0)):
        for _, thin in judged.rated(drive):
            assert judged.faults(thin, judged.answer(field, thin)) == []


def test_sparse_positions_on_a_poor_map_lead_to_no_absurd_detour(real_data: Path) -> None:
    field = None
    for number, drive in enumerate(taxis.read(real_data)):
        if number >= size("taxi_tracks"):
            break
        field = field or match.prepare(drive.ground)
        assert judged.faults(drive, judged.answer(field, drive)) == []
