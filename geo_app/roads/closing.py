"""What people do with roads that cannot be used as usual: close, slow, change, open; point at a road.

A road is the whole city's: only who is bound to the whole city closes one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shapely import Point

from geo_app.core import clock, coords, facts, masking
from geo_app.core.db import Transaction
from geo_app.core.errors import BadInput, NotFound, OutOfScope, Stale
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.roads import store
from geo_app.roads.model import FoundRoad, NewOverride, Override, Stretch

LONGEST_REASON = 200
MOST_STRETCHES = 500
REACH = 100.0
"""Metres from a place within which roads are meant by pointing at it."""


def override(tx: Transaction, city: City, new: NewOverride) -> tuple[Override, bool]:
    """Close or slow roads (道路管制) and return how they are now, and whether that is new.

    The same for a time that is already covered is answered by what stands. BadInput names a stretch that is no
    road, or a time that is over.
    """
    _check_scope(tx, city)
    now = clock.now()
    _check(new.share, new.reason, new.ends_at, now)
    if not new.stretches or len(new.stretches) > MOST_STRETCHES:
        raise BadInput("stretches", len(new.stretches), f"1 to {MOST_STRETCHES}")
    if not new.modes:
        raise BadInput("modes", [], "one or more")
    if new.ends_at <= new.begins_at:
        raise BadInput("ends_at", new.ends_at.isoformat(), "after begins_at")
    if not store.bump(tx, city.id):
        raise NotFound(f"{city.name} has no roads")
    standing = next((one for one in store.overrides(tx, city, now) if _covers(one, new)), None)
    if standing is not None:
        return standing, False
    added = store.add_override(tx, city.id, replace(new, reason=masking.text(new.reason)))
    (made,) = store.overrides(tx, city, None, added)
    found = {(road.stretch.source_id, road.stretch.from_node, road.stretch.to_node) for road in made.roads}
    sources = {source for source, _, _ in found}
    for one in new.stretches:
        whole = one.from_node is None and one.source_id in sources
        if not whole and (one.source_id, one.from_node, one.to_node) not in found:
            raise BadInput("stretches", one.source_id, f"a road of {city.name}")
    _tell(tx, city, "roads.closed" if new.share is None else "roads.slowed", made)
    return made, True


def change(
    tx: Transaction, override_id: int, version: int, share: float | None, ends_at: datetime, reason: str
) -> Override:
    """Change how much is left, until when, or why; Stale when somebody else did since `version`."""
    city, was = _looked_at(tx, override_id, version)
    _check(share, reason, ends_at, clock.now())
    if ends_at <= was.begins_at:
        raise BadInput("ends_at", ends_at.isoformat(), "after begins_at")
    return _move(tx, city, was, replace(was, share=share, ends_at=ends_at, reason=masking.text(reason)))


def lift(tx: Transaction, override_id: int, version: int) -> Override:
    """Open the roads of an override again (解除管制); what is over or was taken back stays as it is."""
    city, was = _looked_at(tx, override_id, version)
    ends_at = max(was.begins_at, clock.now())
    return was if was.ends_at <= ends_at else _move(tx, city, was, replace(was, ends_at=ends_at))


def overrides(tx: Transaction, city: City, *, also_past: bool) -> list[Override]:
    """Return what is closed or slowed, or will be, newest first; with `also_past` what ever was."""
    return store.overrides(tx, city, None if also_past else clock.now())


def get(tx: Transaction, override_id: int) -> Override:
    """Return one override; NotFound names it."""
    return _of(tx, override_id)[1]


def near(tx: Transaction, city: City, place: Point, most: int) -> list[FoundRoad]:
    """Return up to `most` roads at a lon/lat place, the nearest first; none when there is none within 100 m."""
    return store.roads_near(tx, city, coords.to_metric(place, city.srid), REACH, most)


def named(tx: Transaction, city: City, name: str) -> list[FoundRoad]:
    """Return all stretches of the street with this name."""
    return store.roads_named(tx, city, name)


def stretches(found: Sequence[FoundRoad]) -> tuple[Stretch, ...]:
    """Return what roads are by name of their sources."""
    return tuple(dict.fromkeys(Stretch(one.stretch.source_id) for one in found))


def _check_scope(tx: Transaction, city: City) -> None:
    if not tx.actor.scope.everything and city.id not in tx.actor.scope.cities:
        raise OutOfScope(f"the roads of {city.name}")


def _check(share: float | None, reason: str, ends_at: datetime, now: datetime) -> None:
    if share is not None and not 0.01 <= share <= 0.99:
        raise BadInput("share", share, "0.01 to 0.99 of the usual speed, or null for closed")
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise BadInput("reason", reason, f"1 to {LONGEST_REASON} characters")
    if ends_at <= now:
        raise BadInput("ends_at", ends_at.isoformat(), "later than now")


def _covers(one: Override, new: NewOverride) -> bool:
    return (
        one.share == new.share
        and one.modes >= new.modes
        and set(one.stretches) >= set(new.stretches)
        and one.begins_at <= new.begins_at
        and one.ends_at >= new.ends_at
    )


def _of(tx: Transaction, override_id: int) -> tuple[City, Override]:
    city_id = store.override_city(tx, override_id)
    if city_id is None:
        raise NotFound(f"there is no override {override_id}")
    city = organisation.city_by_id(tx, city_id)
    (found,) = store.overrides(tx, city, None, override_id)
    return city, found


def _looked_at(tx: Transaction, override_id: int, version: int) -> tuple[City, Override]:
    """Return an override somebody may change, who looked at its `version`; the city's others wait."""
    city, found = _of(tx, override_id)
    _check_scope(tx, city)
    if found.version != version:
        raise Stale(f"override {override_id} is at version {found.version}, not {version}")
    store.bump(tx, city.id)
    return city, found


def _move(tx: Transaction, city: City, was: Override, after: Override) -> Override:
    if not store.move_override(tx, was, after.share, after.ends_at, after.reason):
        raise Stale(f"override {was.id} changed meanwhile")
    is_over = after.ends_at <= max(was.begins_at, clock.now())
    (moved,) = store.overrides(tx, city, None, was.id)
    _tell(tx, city, "roads.opened" if is_over else "roads.changed", moved)
    return moved


def _tell(tx: Transaction, city: City, kind: str, told: Override) -> None:
    facts.record(
        tx, kind, told.id, city.jurisdiction, reason=told.reason, share=told.share, modes=sorted(told.modes),
        begins_at=told.begins_at.isoformat(), ends_at=told.ends_at.isoformat(), stretches=len(told.stretches),
    )  # fmt: skip
