"""Patrol routes of the demo city: rounds of two to four kilometres along real roads in a worker's own cells."""

from __future__ import annotations

import heapq
from collections import defaultdict

from shapely import LineString

from geo_app.cities.demo.luck import Luck
from geo_app.cities.demo.people import Streets
from geo_app.cities.model import CellRow, ResponderRow, RouteRow

ROUTES = 12
SHORTEST, WANTED, LONGEST = 2000.0, 3100.0, 3950.0
"""Metres."""
_Graph = dict[int, list[tuple[int, int]]]
"""For each junction its roads: (number of the road, junction at its other end)."""


def draw(
    responders: tuple[ResponderRow, ...], cells: tuple[CellRow, ...], streets: Streets, rng: Luck
) -> tuple[RouteRow, ...]:
    """Return one route for each of 12 grid workers, of as many communities."""
    names = {cell.code: cell.name for cell in cells}
    rows: list[RouteRow] = []
    taken: set[str] = set()
    workers = [one for one in responders if one.cells]
    for worker in rng.sample(workers, len(workers)):
        community = worker.cells[0][:12]
        line = None if community in taken else walk(worker.cells, streets, rng)
        if line is not None:
            taken.add(community)
            name = f"{names[worker.cells[0]].split('社区')[0]}社区巡查线"
            rows.append(RouteRow(f"R{len(rows) + 1:02d}", name, worker.code, line))
        if len(rows) == ROUTES:
            return tuple(rows)
    raise ValueError(f"only {len(rows)} of {ROUTES} patrol routes fit the roads; change the seed")


def walk(codes: tuple[str, ...], streets: Streets, rng: Luck) -> LineString | None:
    """Walk every road of the cells that can be reached in turn; None when there is too little to walk."""
    numbers = sorted({number for code in codes for number in streets.of_cell[code]})
    graph: _Graph = defaultdict(list)
    for number in numbers:
        road = streets.roads[number]
        graph[road.from_node].append((number, road.to_node))
        graph[road.to_node].append((number, road.from_node))
    here = max(sorted(graph), key=lambda node: len(graph[node]))
    walked: list[tuple[int, int]] = []
    seen: set[int] = set()
    length = 0.0
    while length < WANTED:
        fresh = [(number, there) for number, there in graph[here] if number not in seen]
        steps = [rng.choice(fresh)] if fresh else _way_to_fresh(here, graph, seen, streets)
        if not steps or length + _length(steps[0], streets) > LONGEST:
            break
        for step in steps:
            walked.append((step[0], here))
            length += _length(step, streets)
            seen.add(step[0])
            here = step[1]
    return _joined(walked, streets) if SHORTEST <= length <= LONGEST else None


def _length(step: tuple[int, int], streets: Streets) -> float:
    return float(streets.roads[step[0]].geometry.length)


def _way_to_fresh(start: int, graph: _Graph, seen: set[int], streets: Streets) -> list[tuple[int, int]]:
    """Return the shortest way to a junction with a road not walked yet."""
    queue: list[tuple[float, int, list[tuple[int, int]]]] = [(0.0, start, [])]
    done: set[int] = set()
    while queue:
        far, node, steps = heapq.heappop(queue)
        if node in done:
            continue
        done.add(node)
        if any(number not in seen for number, _ in graph[node]):
            return steps
        for step in graph[node]:
            if step[1] not in done:
                heapq.heappush(queue, (far + _length(step, streets), step[1], [*steps, step]))
    return []


def _joined(walked: list[tuple[int, int]], streets: Streets) -> LineString:
    points: list[tuple[float, ...]] = []
    for number, start in walked:
        road = streets.roads[number]
        stretch = list(road.geometry.coords)
        if road.from_node != start or (points and stretch[0] != points[-1]):
            stretch.reverse()
        points += stretch[1:] if points else stretch
    return LineString(points)
