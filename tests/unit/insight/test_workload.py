"""What an incident weighs is the mean handling time of its category, or one where nothing was done."""

from __future__ import annotations

import numpy as np

from geo_app.insight import workload
from geo_app.insight.model import Basis, Past


def past(*incidents: tuple[int, int]) -> Past:
    """Return incidents of a category each, handled in so many seconds or -1."""
    category, handled = (np.array(one, dtype=np.int64) for one in zip(*incidents, strict=True))
    return Past(
        np.zeros((len(category), 2)), np.zeros_like(category), np.zeros_like(category), category, handled
    )


def test_an_incident_weighs_what_its_category_took_on_average() -> None:
    found = workload.weigh(past((7, 60), (7, 121), (7, -1), (9, 600)))
    assert (found.basis, found.each.tolist()) == (Basis.MINUTES, [90, 90, 90, 600])
    assert found.told(90) == 1.5


def test_a_category_of_which_nothing_was_done_weighs_the_mean_of_all() -> None:
    assert workload.weigh(past((1, 100), (1, 300), (2, -1))).each.tolist() == [200, 200, 200]


def test_where_nothing_was_done_incidents_are_counted() -> None:
    found = workload.weigh(past((1, -1), (2, -1)))
    assert (found.basis, found.each.tolist(), found.told(2)) == (Basis.INCIDENTS, [1, 1], 2)
