"""How the demo city orders, cuts and shares its cells."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Point

from geo_app.cities.demo import units


def test_things_are_read_by_rows_of_a_height() -> None:
    middles = [(0.0, 0.0), (5.0, 99.0), (1.0, 95.0), (9.0, 1.0)]
    assert units.in_reading_order("abcd", middles, 10.0) == ["c", "b", "a", "d"]
    assert units.in_reading_order("abcd", middles, 1.0) == ["b", "c", "d", "a"]


def test_a_group_of_cells_is_cut_into_connected_pieces_of_equal_number() -> None:
    squares = [shapely.box(x, y, x + 1, y + 1) for x in range(6) for y in range(4)]
    borders = units.shared_borders(squares)
    middles = np.array([square.centroid.coords[0] for square in squares])
    found = units.pieces(set(range(24)), 4, borders, middles)
    assert sorted(cell for piece in found for cell in piece) == list(range(24))
    for piece in found:
        assert len(piece) == 6
        assert units.connected(piece, borders) == set(piece)


def test_shares_are_whole_and_sum_up() -> None:
    assert units.shares([82, 50, 101, 67], 24) == [7, 4, 8, 5]
    assert sum(units.shares([1, 1, 1], 10)) == 10


def test_corners_are_no_shared_border() -> None:
    borders = units.shared_borders(
        [shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2), shapely.box(1, 0, 2, 1)]
    )
    assert 1 not in borders[0]
    assert borders[0][2] == pytest.approx(1.0)
    assert Point(1, 1).within(shapely.box(0, 0, 2, 2))
