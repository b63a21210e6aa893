"""Arcs: every border once, with its two cells, and rings put together again from them."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import Polygon, box

from grids import arcs, edit
from grids.edits import MoveVertex
from grids.rings import edges, rings
from tests import hands
from tests.drafts import at, made, path, square, town

FOUR = town(square(0, 0), square(10, 0), square(0, 10), square(10, 10))


def test_each_border_stands_once_with_its_two_cells() -> None:
    found = arcs.of(list(FOUR.cells.values()))
    assert sorted(found.ids) == ["a|", "a|b", "a|c", "b|", "b|d", "c|", "c|d", "d|"]
    lines = {one.id: one for one in map(found.arc, range(len(found)))}
    assert set(lines["a|b"].line) == {at(10, 0), at(10, 10)}
    assert (lines["a|b"].one, lines["a|b"].other, lines["d|"].other) == ("a", "b", None)
    assert sorted(map(tuple, found.junctions.tolist())) == sorted(
        path((10, 0), (0, 10), (10, 10), (20, 10), (10, 20))
    )


def test_a_border_around_an_island_is_one_closed_arc() -> None:
    ring = Polygon([(0, 0), (30, 0), (30, 30), (0, 30)], [[(10, 10), (20, 10), (20, 20), (10, 20)]])
    found = arcs.of(list(town(ring, box(10, 10, 20, 20)).cells.values()))
    assert sorted(found.ids) == ["a|", "a|b"]
    assert len(found.junctions) == 0
    line = found.arc(found.ids.index("a|b")).line
    assert line[0] == line[-1] == at(10, 10)
    assert len(line) == 5


def test_two_cells_with_several_borders_in_common_have_them_numbered() -> None:
    around = Polygon([(0, 0), (30, 0), (30, 10), (20, 10), (10, 10), (0, 10)])
    over = Polygon([(0, 10), (10, 10), (10, 20), (20, 20), (20, 10), (30, 10), (30, 30), (0, 30)])
    found = arcs.of(list(town(around, over, box(10, 10, 20, 20)).cells.values()))
    assert sorted(one for one in found.ids if one.startswith("a|b")) == ["a|b", "a|b|2"]
    assert at(0, 10) in found.arc(found.ids.index("a|b")).line


def test_rings_are_put_together_again() -> None:
    city = hands.city(6, 5, seed=3)
    cells = list(city.cells.values())
    found = arcs.of(cells)
    lines = [found.vertices[start:end] for start, end in zip(found.offsets, found.offsets[1:], strict=False)]
    drawn: dict[str, list[np.ndarray]] = {}
    for number, cell in enumerate(found.ring_cells.tolist()):
        signed = found.ring_arcs[found.ring_offsets[number] : found.ring_offsets[number + 1]].tolist()
        runs = [lines[one] if one >= 0 else lines[~one][::-1] for one in signed]
        assert all((one[-1] == next_[0]).all() for one, next_ in zip(runs, [*runs[1:], runs[0]], strict=True))
        drawn.setdefault(found.codes[cell], []).append(np.concatenate([one[:-1] for one in runs]) / 1000)
    for cell in cells:
        shape = Polygon(drawn[cell.code][0], drawn[cell.code][1:])
        assert shapely.equals_exact(shapely.normalize(shape), shapely.normalize(cell.geometry))
    every = {one for cell in cells for ring in rings(cell.geometry) for one in edges(ring)}
    assert sum(len(line) - 1 for line in lines) == len(every)


def test_ids_stay_when_a_junction_is_dragged() -> None:
    done = made(FOUR, MoveVertex(at(10, 10), at(13, 7)))
    before, after = arcs.of(list(FOUR.cells.values())), arcs.of(list(done.draft.cells.values()))
    assert sorted(before.ids) == sorted(after.ids)


def test_the_arcs_around_changed_cells_are_those_of_the_whole() -> None:
    city = hands.city(5, 5, seed=3)
    draft = edit.Draft.of(city)
    whole = arcs.of(list(city.cells.values()))
    every = {one.id: one for one in map(whole.arc, range(len(whole)))}
    for code in city.cells:
        for arc in arcs.around(draft, [code, "not there"]):
            assert every[arc.id] == arc
    found = {arc.id for code in city.cells for arc in arcs.around(draft, [code])}
    assert found == set(every)


def test_no_cell_has_no_arc() -> None:
    assert len(arcs.of([])) == 0
