"""What people do with cities: load one whole, or not at all; let a generated one live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import shapely
from shapely import Point

from geo_app.cities import check, gazetteer, store
from geo_app.cities.demo import trouble
from geo_app.cities.model import CityData, HouseholdRow, LayerRow
from geo_app.core import clock, coords, db, facts
from geo_app.core.errors import BadInput
from geo_app.geocoding import service as geocoding
from geo_app.identity import permissions
from geo_app.identity import service as identity
from geo_app.identity.model import Binding, NewAccount, Purpose
from geo_app.incidents import service as incidents
from geo_app.incidents.model import Channel, NewReport
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.patrols import service as patrols
from geo_app.patrols.model import NewRoute
from geo_app.planning import service as planning
from geo_app.planning.model import Draft
from geo_app.responders import service as responders
from geo_app.responders.model import Kind, NewResponder, Responder, Shift
from geo_app.roads import service as roads
from grids.model import Cell, Partition

STREAM_RUNS = timedelta(minutes=30)
STREAM_SEED = 7
MOST_OPEN = 2000
"""Open incidents, the newest, among which the demo's grid worker is chosen."""
DEMO_ROLES = (
    "worker", "dispatcher", "planner", "approver", "leader", "system_admin", "security_admin", "audit_admin",
)  # fmt: skip
DEMO_ACCOUNTS = {f"demo.{role}": (role, permissions.ROLES[role].name) for role in DEMO_ROLES}
DEMO_ACCOUNTS["demo.approver_2"] = ("approver", "审批人乙")
"""Role and name by account; a new outer border of the city takes two approvers."""


def load(tx: db.Transaction, data: CityData) -> City:
    """Store a whole city in this transaction and return it; whatever is wrong leaves nothing behind.

    The first release is published as every later one is, effective before the oldest incident.
    """
    check.check(data)
    at = clock.now()
    since = min([incident.occurred_at for incident in data.incidents], default=at) - timedelta(days=1)
    city = organisation.add_city(tx, data.info, at)
    store.add_layers(tx, city.id, data.layers)
    units = organisation.add_units(tx, city, data.units, since)
    departments = organisation.add_departments(tx, city, data.departments, since)
    planning.add_thematic(tx, city, data.thematic)
    cells = Partition.of([Cell(row.code, row.name, row.community, row.geometry) for row in data.cells])
    draft = Draft(base=None, partition=cells, effective_at=since, note="first release")
    planning.publish(tx, city, planning.prepare(tx, city, draft))
    planning.count_households(tx, city, data.households)
    roads.import_roads(tx, city.id, city.srid, data.roads, data.restrictions)
    geocoding.add_places(tx, city, gazetteer.names(data), units)
    people = responders.enlist(
        tx, city, _responders(city, data), planning.cell_ids(tx, city, at), departments, at
    )
    routes = [NewRoute(row.code, row.name, people[row.responder], row.geometry) for row in data.routes]
    patrols.lay_out(tx, city, routes, at)
    incidents.add_categories(tx, city, data.categories, since)
    incidents.load(tx, city, _incidents(city, data))
    facts.record(tx, "city.loaded", city.id, city.jurisdiction, city=city.code)
    return city


def count_households(tx: db.Transaction, city: City, rows: Sequence[HouseholdRow], source: LayerRow) -> None:
    """Put how many households live where in the place of all that a city had; `source` is where it stands."""
    planning.count_households(tx, city, rows)
    facts.record(
        tx, "households.counted", city.id, city.jurisdiction, city=city.code, file=source.file,
        sha256=source.sha256, frame=source.frame, places=len(rows), households=sum(row.households for row in rows),
    )  # fmt: skip


def replace(tx: db.Transaction, data: CityData) -> City:
    """Remove the city of the same code, with all its history, and store this one in its place."""
    for city in organisation.cities(tx):
        if city.code == data.info.code:
            remove(tx, city)
    return load(tx, data)


def remove(tx: db.Transaction, city: City) -> None:
    """Remove a city with its releases, people and incidents; the facts about it stay."""
    organisation.remove_city(tx, city)
    planning.forget(city)


def layers(tx: db.Transaction, city: City) -> list[LayerRow]:
    """Return the files a city was made from, by layer; none for a generated one."""
    return store.layers(tx, city.id)


def start_stream(tx: db.Transaction, city: City) -> datetime:
    """Let new incidents come in every few seconds for half an hour; return until when."""
    if not city.is_generated:
        raise BadInput("city", city.code, "only a generated city has a made-up live stream")
    until = clock.now() + STREAM_RUNS
    store.start_stream(tx, city.id, until)
    facts.record(tx, "stream.started", city.id, city.jurisdiction)
    return until


def stop_stream(tx: db.Transaction, city: City) -> None:
    """End the stream of a generated city."""
    store.stop_stream(tx, city.id, clock.now())
    facts.record(tx, "stream.stopped", city.id, city.jurisdiction)


def is_streaming(tx: db.Transaction, city: City) -> bool:
    """Return whether the stream of a city runs."""
    until = store.runs_until(tx, city.id)
    return until is not None and until > clock.now()


def play(tx: db.Transaction, city: City, number: int) -> None:
    """Take in the made-up incident `number` of a generated city; the same number makes the same incident."""
    at = clock.now()
    spots = [trouble.Spot(place.name, place.road, place.position) for place in geocoding.places(tx, city)]
    scene = trouble.Scene.of(incidents.categories(tx, city, at).values(), spots, "lonlat")
    made = trouble.next_incident(scene, STREAM_SEED, number, at)
    new = NewReport(
        category=made.category, channel=Channel(made.channel), description=made.description,
        position=made.position, occurred_at=at,
    )  # fmt: skip
    incidents.report(tx, city, new)


def _lonlat(city: City, shapes: list[Point]) -> list[Point]:
    moved = coords.convert(shapely.get_coordinates(shapes), city.srid, coords.WGS84)
    return list(np.asarray(shapely.points(np.round(moved, 9)), dtype=object))


def _responders(city: City, data: CityData) -> list[NewResponder]:
    positions = _lonlat(city, [row.position for row in data.responders])
    return [
        NewResponder(
            row.code,
            row.name,
            Kind(row.kind),
            row.department,
            row.skills,
            row.cells,
            tuple(Shift(shift.weekday, shift.start, shift.end) for shift in row.shifts),
            position,
            row.given,
        )
        for row, position in zip(data.responders, positions, strict=True)
    ]


def _incidents(city: City, data: CityData) -> list[NewReport]:
    positions = _lonlat(city, [row.position for row in data.incidents])
    return [
        NewReport(
            category=row.category,
            channel=Channel(row.channel),
            description=row.description,
            position=position,
            given=row.given,
            occurred_at=row.occurred_at,
            closed_at=row.closed_at,
        )
        for row, position in zip(data.incidents, positions, strict=True)
    ]


def demo_links(tx: db.Transaction, city: City) -> dict[str, str]:
    """Return the secret of a one-time link into each demo account, made and bound when it is missing.

    The worker is the grid worker with the most open incidents in their cells.
    """
    at = clock.now()
    worker = _busiest(tx, city, at)
    known = {one.username: one for one in identity.accounts(tx)}
    links = {}
    for username, (role, name) in DEMO_ACCOUNTS.items():
        responder = worker.id if worker is not None and role == "worker" else None
        owner = known.get(username)
        if owner is None:
            owner, _ = identity.invite(tx, NewAccount(username, name, (role,), responder, is_demo=True))
            identity.bind(tx, Binding(0, owner.id, city.id, None, None, at, None))
        if owner.is_demo and owner.is_active:
            links[username] = identity.link(tx, owner.id, Purpose.DEMO)
    return links


def _busiest(tx: db.Transaction, city: City, at: datetime) -> Responder | None:
    """Return the grid worker in whose cells most is open, the first of equals; None when there is no grid worker."""
    is_open = Counter(one.cell for one in incidents.incidents(tx, city, True, MOST_OPEN))
    workers = [one for one in responders.responders(tx, city, at) if one.kind is Kind.GRID_WORKER]
    return max(workers, key=lambda one: sum(is_open[code] for code in one.cells), default=None)
