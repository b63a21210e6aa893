"""The bench of matching everything again notices a wrong answer: one thing of many in another cell."""

from __future__ import annotations

import numpy as np
import pytest

from geo_app.core import db
from geo_app.organisation.model import City
from tests.bench import rematch


def test_one_thing_in_another_cell_makes_the_results_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rematch.matched_again(4, 300).equal is True
    right = rematch.matches

    def wrong(tx: db.Transaction, city: City, xy: np.ndarray) -> list[int | None]:
        cells = right(tx, city, xy)
        place = next(number for number, cell in enumerate(cells) if cell is not None)
        cells[place] = next(cell for cell in cells if cell not in {None, cells[place]})
        return cells

    monkeypatch.setattr(rematch, "matches", wrong)
    assert rematch.matched_again(4, 300).equal is False
