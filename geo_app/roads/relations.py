"""OpenStreetMap's restrictions of turns as ways through the network: from a way, over a node or ways, to a way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from geo_app.roads.model import Mode, Problem, Restriction
from geo_app.roads.osm import Relation, Way

KINDS = frozenset({
    "no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit",
    "only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn",
})  # fmt: skip
VEHICLES = frozenset({Mode.EBIKE, Mode.CAR, Mode.EMERGENCY})
MEANT = {
    "restriction": VEHICLES,
    "restriction:bicycle": frozenset({Mode.EBIKE}),
    "restriction:motorcar": frozenset({Mode.CAR, Mode.EMERGENCY}),
    "restriction:motor_vehicle": frozenset({Mode.CAR, Mode.EMERGENCY}),
}
EXCEPT = {
    "bicycle": frozenset({Mode.EBIKE}),
    "motorcar": frozenset({Mode.CAR}),
    "motor_vehicle": frozenset({Mode.CAR, Mode.EMERGENCY}),
    "emergency": frozenset({Mode.EMERGENCY}),
}
LONGEST = 12
"""Stretches a restriction may lead over."""


class _Stretches:
    """The stretches of each way, and the travels along them that its one-way allows."""

    def __init__(self, ways: Sequence[Way]) -> None:
        self._ways = ways
        self._of: dict[int, list[int]] = defaultdict(list)
        for number, way in enumerate(ways):
            self._of[way.source_id] += [
                travel
                for travel, oneway in ((2 * number, 1), (2 * number + 1, -1))
                if way.oneway in (0, oneway)
            ]

    def of(self, source_id: int) -> list[int]:
        """Return the travels along a way."""
        return self._of.get(source_id, [])

    def tips(self, travel: int) -> tuple[int, int]:
        """Return the nodes where a travel begins and ends."""
        nodes = self._ways[travel >> 1].nodes
        return (nodes[-1], nodes[0]) if travel & 1 else (nodes[0], nodes[-1])

    def between(self, came: list[int], ways: Sequence[int], goes: list[int]) -> list[tuple[int, ...]]:
        """Return the shortest ways from one of `came` along `ways`, in their order, to one of `goes`."""
        found: list[tuple[int, ...]] = [(travel,) for travel in came]
        for way in ways:
            found = self._along(found, way)
        whole = [
            (*begun, travel)
            for begun in found
            for travel in goes
            if self.tips(begun[-1])[1] == self.tips(travel)[0]
        ]
        shortest = min(map(len, whole), default=0)
        return [one for one in whole if len(one) == shortest]

    def _along(self, begun: list[tuple[int, ...]], way: int) -> list[tuple[int, ...]]:
        """Return every continuation of `begun` by stretches of one way, without turning round."""
        made, last = [], begun
        for _ in range(LONGEST):
            last = [
                (*one, travel)
                for one in last
                for travel in self.of(way)
                if self.tips(one[-1])[1] == self.tips(travel)[0]
                and travel ^ 1 not in one
                and travel not in one
            ]
            made += last
        return made


def resolve(ways: Sequence[Way], relations: Sequence[Relation]) -> tuple[list[Restriction], list[Problem]]:
    """Return the restrictions that hold on `ways`, which are the network's roads in order, and what is wrong."""
    stretches = _Stretches(ways)
    restrictions: list[Restriction] = []
    problems: list[Problem] = []
    for relation in relations:
        try:
            restrictions += _resolve(stretches, relation)
        except _WrongError as wrong:
            problems.append(Problem(wrong.rule, f"r{relation.source_id}", f"{wrong}: left out"))
    return restrictions, problems


class _WrongError(Exception):
    def __init__(self, rule: str, text: str) -> None:
        super().__init__(text)
        self.rule = rule


def _resolve(stretches: _Stretches, relation: Relation) -> list[Restriction]:
    kinds = [(relation.tags[key], modes) for key, modes in MEANT.items() if key in relation.tags]
    if not kinds:
        raise _WrongError(
            "restriction_kind", f"no kind that is known among {', '.join(sorted(relation.tags))}"
        )
    excepted = [EXCEPT.get(word.strip(), frozenset()) for word in relation.tags.get("except", "").split(";")]
    made = []
    for kind, meant in kinds:
        if kind not in KINDS:
            raise _WrongError("restriction_kind", f"{kind} is not known")
        for way in _ways(stretches, relation, kind):
            modes = meant - frozenset().union(*excepted)
            made.append(Restriction(relation.source_id, kind.startswith("only_"), way, modes))
    return [one for one in made if one.modes]


def _ways(stretches: _Stretches, relation: Relation, kind: str) -> list[tuple[int, ...]]:
    """Return the ways a relation of this `kind` speaks of: one, but for no_entry and no_exit."""
    members = {role: [(kind_, ref) for role_, kind_, ref in relation.members if role_ == role]
               for role in ("from", "via", "to")}  # fmt: skip
    froms, tos = ([ref for type_, ref in members[role] if type_ == "w"] for role in ("from", "to"))
    via_nodes = [ref for type_, ref in members["via"] if type_ == "n"]
    via_ways = [ref for type_, ref in members["via"] if type_ == "w"]
    if not froms or not tos or (len(via_nodes) != 1) == (not via_ways):
        raise _WrongError("restriction_members", "needs from, to, and one node or ways between")
    if (len(froms) > 1 and kind != "no_entry") or (len(tos) > 1 and kind != "no_exit"):
        raise _WrongError("restriction_members", f"{kind} has {len(froms)} from and {len(tos)} to")
    missing = [ref for ref in (*froms, *via_ways, *tos) if not stretches.of(ref)]
    if missing:
        raise _WrongError("restriction_missing", f"way {missing[0]} is no road of the file")
    return [_one(stretches, (start, via_ways, end), via_nodes, kind) for start in froms for end in tos]


def _one(
    stretches: _Stretches, ways: tuple[int, list[int], int], via: list[int], kind: str
) -> tuple[int, ...]:
    """Return the one way meant; more than one, or none, is a problem."""
    came, between, goes = stretches.of(ways[0]), ways[1], stretches.of(ways[2])
    if via:
        came = [travel for travel in came if stretches.tips(travel)[1] == via[0]]
    found = stretches.between(came, between, goes)
    if via and ways[0] == ways[2]:
        found = [one for one in found if (one[1] == one[0] ^ 1) == kind.endswith("u_turn")]
    if not found:
        raise _WrongError(
            "restriction_apart", "its ways do not follow each other in a direction that is allowed"
        )
    if len(found) > 1:
        raise _WrongError("restriction_ambiguous", f"it may mean {len(found)} different turns")
    return found[0]
