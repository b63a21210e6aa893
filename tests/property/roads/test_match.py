"""Matching against every way there is, streams against whole tracks, and any track at all on any roads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geo_app.core import kernels
from geo_app.roads import kept, match
from geo_app.roads import network as networks_module
from geo_app.roads.fixes import Fixes
from geo_app.roads.match import Field, Matcher, Settings
from geo_app.roads.model import Floats, Mode, Road
from geo_app.roads.settle import advance
from geo_app.roads.spots import Track, steps
from tests.property.roads import every_way, networks

PLAIN = replace(Settings(), heading=0.0, most=64, spread=1e9)
"""Every spot is considered and no heading, which depends on the fixes beside."""
ROWS = ("travels", "run", "enter", "leave", "begins", "ends", "confidence")
somewhere = st.tuples(st.floats(-60, 360, width=32), st.floats(-60, 360, width=32))


def field(roads: list[Road], mode: Mode) -> Field:
    return match.prepare(kept.build(networks_module.build(roads))[mode])


@st.composite
def tracks(draw: st.DrawFn, most: int) -> Fixes:
    """Return fixes near the roads and away from them, at moments that do not go back."""
    xy = np.array(draw(st.lists(somewhere, min_size=1, max_size=most)), dtype=np.float64)
    waits = draw(st.lists(st.integers(0, 40), min_size=len(xy), max_size=len(xy)))
    return Fixes(xy, np.cumsum(np.array(waits, dtype=np.float64)))


def scored(ground: Field, xy: Floats, settings: Settings) -> float:
    """Return the cost of the likeliest way as the kernel finds it."""
    made, count = steps(len(xy), settings.most), len(xy)
    track = Track(xy, np.full(count, settings.sigma), np.zeros((count, 2)), np.zeros(count))
    places = kernels.frozen((settings.beliefs, ground.terrain))
    _, state = advance((0, count - 1), kernels.frozen(track), places, ground.work, made, True)
    return float(made.scores[count - 1, state])


@given(networks.roads(4), st.sampled_from((Mode.CAR, Mode.WALK)), tracks(3))
def test_no_way_at_all_is_likelier_than_the_one_found(roads: list[Road], mode: Mode, fixes: Fixes) -> None:
    ground = field(roads, mode)
    found, expected = scored(ground, fixes.xy, PLAIN), every_way.least(ground, fixes.xy, PLAIN)
    assert found == pytest.approx(expected, abs=0.01)


@given(networks.roads(), st.sampled_from(list(Mode)), tracks(40))
def test_what_is_travelled_hangs_together(roads: list[Road], mode: Mode, fixes: Fixes) -> None:
    ground = field(roads, mode)
    found = match.match(ground, fixes)
    lengths = np.repeat(ground.terrain.lengths, 2)[found.travels]
    allowed = ground.terrain.chains.chain_of[found.travels] >= 0
    assert allowed.all()
    assert (found.enter <= found.leave).all()
    assert (found.begins >= -1e-9).all()
    assert (found.begins <= found.ends + 1e-9).all()
    assert (found.ends <= lengths + 1e-9).all()
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()
    moments = [*found.enter.tolist(), *found.leave.tolist()]
    moments += [moment for gap in found.gaps for moment in (gap.begins, gap.ends)]
    assert all(fixes.time[0] <= moment <= fixes.time[-1] for moment in moments)
    assert (np.diff(found.enter) >= -1e-9).all()
    assert (np.diff(found.run) >= 0).all()


@given(networks.roads(), tracks(40), st.integers(1, 9))
def test_a_stream_says_what_the_whole_track_says(roads: list[Road], fixes: Fixes, size: int) -> None:
    assume(len(fixes) > 1)
    ground = field(roads, Mode.WALK)
    matcher = Matcher(ground)
    pieces = [
        matcher.feed(Fixes(fixes.xy[at : at + size], fixes.time[at : at + size]))
        for at in range(0, len(fixes), size)
    ]
    pieces.append(matcher.finish())
    whole = match.match(ground, fixes)
    for name in ROWS:
        np.testing.assert_array_equal(
            np.concatenate([getattr(piece, name) for piece in pieces]), getattr(whole, name)
        )
    assert tuple(gap for piece in pieces for gap in piece.gaps) == whole.gaps
