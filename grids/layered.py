"""A mapping that is changed without being touched: what was there stays, a few changes lie over it.

Each change gives a new mapping that shares all but a handful of small nodes with the old one, so drafts can be kept
by the thousand, and a change costs the same among ten cells as among a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

Key = TypeVar("Key", bound=tuple[int, int] | str)
Value = TypeVar("Value")
Node = dict[Key, Value] | tuple["Node[Key, Value]", ...]
"""A leaf with a few entries, or a branch of nodes by the next bits of the hash."""

BITS = 4
BRANCHES = 1 << BITS
FULL = 16
"""Entries of a leaf before it becomes a branch."""
DEEPEST = 60
"""Bits of the hash that are told apart; what agrees in all of them shares a leaf."""


def _place(key: object, depth: int) -> int:
    return (hash(key) >> depth) & (BRANCHES - 1)


def _get(node: Node[Key, Value], key: Key) -> Value | None:
    depth = 0
    while isinstance(node, tuple):
        node = node[_place(key, depth)]
        depth += BITS
    return node.get(key)


def _put(node: Node[Key, Value], key: Key, value: Value, depth: int = 0) -> Node[Key, Value]:
    if isinstance(node, tuple):
        at = _place(key, depth)
        return (*node[:at], _put(node[at], key, value, depth + BITS), *node[at + 1 :])
    leaf = {**node, key: value}
    return _branch(leaf, depth) if len(leaf) > FULL and depth < DEEPEST else leaf


def _branch(leaf: dict[Key, Value], depth: int) -> Node[Key, Value]:
    parts: list[dict[Key, Value]] = [{} for _ in range(BRANCHES)]
    for key, value in leaf.items():
        parts[_place(key, depth)][key] = value
    return tuple(
        _branch(part, depth + BITS) if len(part) > FULL and depth + BITS < DEEPEST else part for part in parts
    )


def _leaves(node: Node[Key, Value]) -> Iterator[dict[Key, Value]]:
    if isinstance(node, dict):
        yield node
        return
    for one in node:
        yield from _leaves(one)


@dataclass(frozen=True, slots=True)
class _Gone:
    """Stands where a key was taken away."""


GONE = _Gone()


@dataclass(frozen=True, slots=True, eq=False)
class Layered(Mapping[Key, Value], Generic[Key, Value]):
    """A mapping in order of key: `base`, which nobody may change any more, under what was put or taken away."""

    base: Mapping[Key, Value]
    changes: Node[Key, Value | _Gone]
    count: int

    @classmethod
    def over(cls, base: Mapping[Key, Value]) -> Layered[Key, Value]:
        """Return `base` without a change."""
        return cls(base, {}, len(base))

    def __getitem__(self, key: Key) -> Value:
        found = _get(self.changes, key)
        if found is GONE:
            raise KeyError(key)
        return self.base[key] if found is None else cast("Value", found)

    def get(self, key: Key, default: Value | None = None) -> Value | None:  # type: ignore[override]
        """Return the value at `key`, or `default`; without the exception that `Mapping` would raise and catch."""
        found = _get(self.changes, key)
        if found is None:
            return self.base.get(key, default)
        return default if found is GONE else cast("Value", found)

    def changed(self) -> tuple[Key, ...]:
        """Return the keys that were put or taken away, whatever stands there now, in order."""
        return tuple(sorted(key for leaf in _leaves(self.changes) for key in leaf))

    def __contains__(self, key: object) -> bool:
        found = _get(self.changes, cast("Key", key))
        return key in self.base if found is None else found is not GONE

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Key]:
        changed = {key: value for leaf in _leaves(self.changes) for key, value in leaf.items()}
        kept = [key for key in self.base if key not in changed]
        return iter(sorted([*kept, *(key for key, value in changed.items() if value is not GONE)]))

    def put(self, key: Key, value: Value) -> Layered[Key, Value]:
        """Return the mapping with `value` at `key`."""
        return Layered(self.base, _put(self.changes, key, value), self.count + (key not in self))

    def without(self, key: Key) -> Layered[Key, Value]:
        """Return the mapping without `key`; KeyError when it is not there."""
        if key not in self:
            raise KeyError(key)
        return Layered(self.base, _put(self.changes, key, GONE), self.count - 1)
