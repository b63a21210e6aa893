"""The rate of writes: a burst passes, what follows waits its turn, each address for itself."""

from __future__ import annotations

from geo_app.core.edges import BURST, MOST_ADDRESSES, RATE, Buckets


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def spent(buckets: Buckets, peer: str, count: int) -> int:
    """Return how many of `count` writes are let through."""
    return sum(buckets.take(peer) == 0 for _ in range(count))


def test_a_burst_passes_and_then_the_rate() -> None:
    clock = Clock()
    buckets = Buckets(clock)
    assert spent(buckets, "203.0.113.7", 500) == BURST
    clock.now += 2
    assert spent(buckets, "203.0.113.7", 500) == 2 * RATE
    clock.now += 3600
    assert spent(buckets, "203.0.113.7", 500) == BURST


def test_who_waits_as_long_as_told_gets_through() -> None:
    clock = Clock()
    buckets = Buckets(clock)
    spent(buckets, "203.0.113.7", 500)
    clock.now += buckets.take("203.0.113.7") + 1e-6
    assert buckets.take("203.0.113.7") == 0


def test_each_address_has_its_own_and_a_network_of_one_subscriber_is_one() -> None:
    buckets = Buckets(Clock())
    spent(buckets, "203.0.113.7", 500)
    assert buckets.take("203.0.113.8") == 0
    spent(buckets, "2001:db8::1", 500)
    assert buckets.take("2001:db8::ffff") > 0
    assert buckets.take("2001:db8:0:1::1") == 0


def test_the_machine_itself_is_not_counted() -> None:
    buckets = Buckets(Clock())
    assert spent(buckets, "127.0.0.1", 1000) == spent(buckets, "::1", 1000) == 1000


def test_a_door_may_have_a_rate_of_its_own() -> None:
    clock = Clock()
    buckets = Buckets(clock, rate=5, burst=20)
    assert spent(buckets, "203.0.113.7", 500) == 20
    clock.now += 2
    assert spent(buckets, "203.0.113.7", 500) == 10


def test_no_more_addresses_are_kept_than_fit() -> None:
    buckets = Buckets(Clock())
    for number in range(MOST_ADDRESSES + 100):
        buckets.take(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(buckets._left) == MOST_ADDRESSES
