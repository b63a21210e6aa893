"""The likeliest way of a track by trying every one: all spots, all ways through them, no search and no bound."""

from __future__ import annotations

import math
from itertools import product

import networkx as nx
import numpy as np

from geo_app.roads.match import Field, Settings
from geo_app.roads.model import Floats

OFF = -1
"""The state of a fix off the roads; others are chains."""


def least(field: Field, xy: Floats, settings: Settings) -> float:
    """Return the cost (nats) of the likeliest way through the fixes: the least over every way there is."""
    table = _Table(field, xy, settings)
    return min(table.cost(states) for states in product(*table.states))


class _Table:
    """Where each fix may have been, and what it costs to go from one place to the next."""

    def __init__(self, field: Field, xy: Floats, settings: Settings) -> None:
        self._chains, self._believed = field.terrain.chains, settings
        self._places = [_near(field, x, y, settings) for x, y in xy.tolist()]
        self._gaps = [0.0, *np.hypot(*np.diff(xy, axis=0).T).tolist()]
        self._ways = _ways(field)
        self.states = [self._pairs(places) for places in self._places]

    def _pairs(self, places: dict[int, tuple[float, float]]) -> list[tuple[int, int]]:
        """Return the states one can come in and go on in: the same one, or the way back."""
        back = self._chains.opposite
        turned = [(chain, int(back[chain])) for chain in places if int(back[chain]) in places]
        return [(OFF, OFF), *((chain, chain) for chain in places), *turned]

    def cost(self, states: tuple[tuple[int, int], ...]) -> float:
        """Return the cost of one way."""
        believed = self._believed
        total = 0.0
        for row, (come, gone) in enumerate(states):
            total += believed.off if come == OFF else self._places[row][come][1]
            total += believed.u_turn if come != gone else 0.0
            if row > 0:
                total += self._between(row, states[row - 1][1], come)
        if states[0][0] == OFF and len(states) > 1:
            total += believed.begin - believed.leave
        return total

    def _between(self, row: int, before: int, now: int) -> float:
        believed = self._believed
        if OFF in {before, now}:
            return 0.0 if before == now else believed.leave
        return min(2 * believed.leave, self._by_road(row, before, now))

    def _by_road(self, row: int, before: int, now: int) -> float:
        """Return what it costs by road, infinite where the way is too long."""
        believed, chains, gap = self._believed, self._chains, self._gaps[row]
        beta, longest = believed.beta + believed.beta_share * gap, believed.stretch * gap + believed.slack
        from_at, to_at = self._places[row - 1][before][0], self._places[row][now][0]
        costs = [math.inf]
        if before == now and -believed.back <= to_at - from_at <= longest:
            costs.append(abs(max(to_at - from_at, 0.0) - gap) / beta)
        head, tail = int(chains.heads[before]), int(chains.tails[now])
        between = self._ways.get(head, {}).get(tail, math.inf)
        metres = float(chains.lengths[before]) - from_at + between + to_at
        if metres <= longest:
            is_back = between == 0 and int(chains.opposite[before]) == now
            costs.append(abs(metres - gap) / beta + (believed.u_turn if is_back else 0.0))
        return min(costs)


def _near(field: Field, x: float, y: float, settings: Settings) -> dict[int, tuple[float, float]]:
    """Return by chain how many metres along it its nearest place is, and what the fix costs there."""
    chains, shape, lengths = field.terrain.chains, field.terrain.shape, field.terrain.lengths
    found: dict[int, tuple[float, float, float]] = {}
    for chain in range(len(chains.tails)):
        for travel in chains.travels[chains.first[chain] : chains.first[chain + 1]].tolist():
            for first in np.flatnonzero(shape.edge_of[:-1] == travel >> 1).tolist():
                if shape.edge_of[first + 1] != travel >> 1:
                    continue
                begin, end = shape.vertices[first], shape.vertices[first + 1]
                square = float((end - begin) @ (end - begin))
                part = (
                    float(np.clip((np.array([x, y]) - begin) @ (end - begin) / square, 0, 1))
                    if square
                    else 0.0
                )
                place = begin + part * (end - begin)
                away = math.hypot(place[0] - x, place[1] - y)
                along = float(shape.along[first]) + part * math.sqrt(square)
                inside = float(lengths[travel >> 1]) - along if travel & 1 else along
                if away <= settings.radius and away < found.get(chain, (math.inf,))[0]:
                    ratio = away / settings.sigma
                    knee = settings.knee
                    cost = ratio**2 / 2 if ratio <= knee else knee * (ratio - knee / 2)
                    found[chain] = away, float(chains.offset_of[travel]) + inside, cost
    return {chain: (at, cost) for chain, (_, at, cost) in found.items()}


def _ways(field: Field) -> dict[int, dict[int, float]]:
    """Return the metres of the shortest way between all nodes, over whole chains."""
    chains = field.terrain.chains
    graph = nx.MultiDiGraph()
    graph.add_nodes_from({*chains.tails.tolist(), *chains.heads.tolist()})
    for tail, head, metres in zip(
        chains.tails.tolist(), chains.heads.tolist(), chains.lengths.tolist(), strict=True
    ):
        graph.add_edge(tail, head, weight=metres)
    return dict(nx.all_pairs_dijkstra_path_length(graph, weight="weight"))
