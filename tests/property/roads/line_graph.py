"""Travel times with forbidden turns by networkx, on a graph of travels: every turn is an arc of its own.

A node is a travel that was made, with the restrictions it is in the middle of. Slow and plain on purpose; nothing of
ours but the speeds. Times are microseconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import networkx as nx

from geo_app.roads import speeds
from geo_app.roads.model import Mode, Restriction, Road
from tests.property.roads import oracle
from tests.property.roads.oracle import Snap

State = tuple[Any, ...]
AT_TIP = 5e-5
"""Metres within which a place is the junction itself."""


class Lines:
    """The travels of one mode; `closed` roads are not travelled, `slow` ones take so many times as long."""

    def __init__(
        self,
        roads: Sequence[Road],
        restrictions: Sequence[Restriction],
        mode: Mode,
        closed: frozenset[int] = frozenset(),
        slow: Mapping[int, float] | None = None,
    ) -> None:
        self._roads, self._mode = roads, mode
        self._closed, self._slow = closed, slow or {}
        self._rules = [
            one for one in restrictions
            if mode in one.modes and all(self._is_allowed(travel) for travel in one.travels)
        ]  # fmt: skip
        self._beginning: dict[int, list[int]] = {}
        for number, one in enumerate(self._rules):
            self._beginning.setdefault(one.travels[0], []).append(number)
        self._times: dict[int, int] = {}
        self._leaving: dict[int, list[int]] = {}
        for travel in range(2 * len(roads)):
            if self.is_open(travel):
                self._leaving.setdefault(self._tips(travel)[0], []).append(travel)

    def is_open(self, travel: int) -> bool:
        """Return whether the travel may be made now."""
        return self._is_allowed(travel) and travel >> 1 not in self._closed

    def time(self, road: int) -> int:
        """Return how long the whole road takes."""
        if road not in self._times:
            found = self._roads[road]
            speed = oracle.usable(found, self._mode) or 0.0
            usual = round(found.geometry.length / speed * 1e6)
            self._times[road] = round(usual * self._slow.get(road, 1.0))
        return self._times[road]

    def usable(self) -> list[int]:
        """Return the roads a place can be on."""
        return [
            number
            for number in range(len(self._roads))
            if self.is_open(2 * number) or self.is_open(2 * number + 1)
        ]

    def graph(self, starts: Mapping[str, Snap | None], targets: Mapping[str, Snap | None]) -> Any:
        """Return the graph of every way from `starts` to `targets`, explored from the starts."""
        made = nx.DiGraph()
        ends: dict[int, list[tuple[str, Snap]]] = {}
        for name, snap in targets.items():
            made.add_node(name)
            for road in () if snap is None else self._touching(snap):
                ends.setdefault(road, []).append((name, snap))
        waiting: deque[State] = deque()
        for name, snap in starts.items():
            made.add_node(name)
            if snap is not None:
                waiting.extend(self._enter(made, name, snap, targets))
        seen: set[State] = set()
        while waiting:
            state = waiting.popleft()
            if state not in seen:
                seen.add(state)
                for name, cost in self._finish(state, ends):
                    self._join(made, state, name, cost)
                for after, cost in self._steps(state):
                    self._join(made, state, after, cost)
                    waiting.append(after)
        return made

    def _enter(self, made: Any, name: str, snap: Snap, targets: Mapping[str, Snap | None]) -> list[State]:
        """Join a start with what it reaches at once; return the states."""
        begun = list(self._begin(snap))
        for state, cost in begun:
            self._join(made, name, state, cost)
        for target, other in targets.items():
            if other is not None:
                self._straight(made, (name, snap), (target, other))
        return [state for state, _ in begun]

    def _is_allowed(self, travel: int) -> bool:
        road = self._roads[travel >> 1]
        if oracle.usable(road, self._mode) is None:
            return False
        oneway = oracle.oneway(road, self._mode)
        return oneway <= 0 if travel & 1 else oneway >= 0

    def _tips(self, travel: int) -> tuple[int, int]:
        road = self._roads[travel >> 1]
        return (road.to_node, road.from_node) if travel & 1 else (road.from_node, road.to_node)

    def _turn(self, state: State, travel: int) -> tuple[int, frozenset[tuple[int, int]]] | None:
        """Return the cost and what one is in the middle of after turning into `travel`; None when forbidden."""
        came, active = state[1], state[2]
        only: dict[tuple[int, ...], set[int]] = {}
        for number, done in active:
            rule = self._rules[number]
            if done == len(rule.travels) - 1:
                if rule.is_only:
                    only.setdefault(rule.travels[:-1], set()).add(rule.travels[-1])
                elif rule.travels[-1] == travel:
                    return None
        if any(travel not in kept for kept in only.values()):
            return None
        after = {
            (number, done + 1)
            for number, done in active | {(number, 0) for number in self._beginning.get(travel, ())}
            if done < len(self._rules[number].travels) - 1 and self._rules[number].travels[done] == travel
        }
        back = came is not None and travel == came ^ 1
        return (round(speeds.U_TURNS[self._mode] * 1e6) if back else 0), frozenset(after)

    def _steps(self, state: State) -> Iterator[tuple[State, int]]:
        for travel in self._leaving.get(state[0], ()):
            turn = self._turn(state, travel)
            if turn is not None:
                yield (self._tips(travel)[1], travel, turn[1]), turn[0] + self.time(travel >> 1)

    def _begin(self, snap: Snap) -> Iterator[tuple[State, int]]:
        """Yield where somebody who stands beside a road gets onto the network."""
        whole = self._roads[snap.road].geometry.length
        for travel, rest, tip in (
            (2 * snap.road, whole - snap.offset, whole),
            (2 * snap.road + 1, snap.offset, 0.0),
        ):
            node = self._tips(travel)[1]
            if abs(snap.offset - tip) < AT_TIP:
                yield (node, None, frozenset()), self._walk(snap) + self._share(snap.road, rest)
            elif self.is_open(travel):
                turn = self._turn((None, None, frozenset()), travel)
                assert turn is not None
                yield (node, travel, turn[1]), self._walk(snap) + self._share(snap.road, rest)

    def _touching(self, snap: Snap) -> tuple[int, ...]:
        return tuple({self._roads[snap.road].from_node, self._roads[snap.road].to_node})

    def _finish(self, state: State, ends: Mapping[int, list[tuple[str, Snap]]]) -> Iterator[tuple[str, int]]:
        """Yield the targets on roads at the state's junction, with what is left of the way."""
        for name, snap in ends.get(state[0], ()):
            whole = self._roads[snap.road].geometry.length
            for travel, rest in ((2 * snap.road, snap.offset), (2 * snap.road + 1, whole - snap.offset)):
                if self._tips(travel)[0] != state[0]:
                    continue
                cost = self._share(snap.road, rest) + self._walk(snap)
                if rest < AT_TIP:
                    yield name, cost
                elif self.is_open(travel):
                    turn = self._turn(state, travel)
                    if turn is not None:
                        yield name, cost + turn[0]

    def _straight(self, made: Any, start: tuple[str, Snap], target: tuple[str, Snap]) -> None:
        """Join two places on one road in the direction that is allowed."""
        (one, here), (other, there) = start, target
        ahead = there.offset - here.offset
        road = here.road
        if road == there.road and (
            (ahead >= 0 and self.is_open(2 * road)) or (ahead <= 0 and self.is_open(2 * road + 1))
        ):
            self._join(made, one, other, self._walk(here) + self._share(road, abs(ahead)) + self._walk(there))

    def _share(self, road: int, metres: float) -> int:
        whole = self._roads[road].geometry.length
        return round(self.time(road) * metres / whole) if whole else 0

    @staticmethod
    def _walk(snap: Snap) -> int:
        return round(snap.away / (speeds.WALKING / 3.6) * 1e6)

    @staticmethod
    def _join(made: Any, one: object, other: object, cost: int) -> None:
        if not made.has_edge(one, other) or made[one][other]["cost"] > cost:
            made.add_edge(one, other, cost=cost)


def times(made: Any, start: str) -> dict[str, int]:
    """Return the microseconds from `start` to everything it reaches."""
    found: dict[str, int] = nx.single_source_dijkstra_path_length(made, start, weight="cost")
    return found
