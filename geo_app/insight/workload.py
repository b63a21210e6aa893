"""What an incident weighs: formula `workload`, version 1.

An incident's handling time runs from the report until it was done: closed, or its lead assignment done, whichever was
first. An incident weighs the mean handling time of all incidents of its category that were reported and done in the
window, in whole seconds, so that sums do not depend on their order; of a category of which none was done it weighs
the mean over all categories. Where nothing was done in the window each incident weighs one. Waiting counts: the
service does not know when somebody worked. A cell's workload is the sum over the incidents in it.
"""

from __future__ import annotations

import numpy as np

from geo_app.insight.model import Basis, Integers, Past, Weights


def weigh(past: Past) -> Weights:
    """Return what each incident of a history weighs."""
    done = past.handled >= 0
    if not done.any():
        return Weights(Basis.INCIDENTS, np.ones(len(past.handled), dtype=np.int64))
    known, which = np.unique(past.category, return_inverse=True)
    count = np.bincount(which[done], minlength=len(known))
    total = np.bincount(which[done], weights=past.handled[done], minlength=len(known))
    mean = np.where(count > 0, total / np.maximum(count, 1), total.sum() / count.sum())
    each: Integers = np.rint(mean).astype(np.int64)[which]
    return Weights(Basis.MINUTES, each)
