"""The queue of the search gives its keys lowest first, however they came in."""

from __future__ import annotations

import heapq

import numpy as np

from geo_app.roads import heap


def test_what_is_put_in_and_taken_out_in_turn_comes_out_lowest_first() -> None:
    rng = np.random.default_rng(20260201)
    queue, truth, size = np.full(400 + heap.SPARE, -1), [], 0
    for step in range(2_000):
        if size == 0 or (size < 400 and rng.random() < 0.5):
            key = int(rng.integers(0, 50 if step % 2 else 1 << 62))
            size = heap.push(queue, size, key)
            heapq.heappush(truth, key)
        else:
            assert queue[0] == heapq.heappop(truth)
            size = heap.pop(queue, size)
        assert size == len(truth)


def test_keys_in_any_order_become_a_queue() -> None:
    rng = np.random.default_rng(20260202)
    for count in (0, 1, 2, 4, 5, 6, 21, 100):
        queue = np.full(count + heap.SPARE, -1)
        queue[:count] = rng.integers(0, 60, count)
        keys, size, found = sorted(queue[:count].tolist()), count, []
        heap.order(queue, count)
        while size:
            found.append(int(queue[0]))
            size = heap.pop(queue, size)
        assert found == keys
