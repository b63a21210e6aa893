"""What maps show: tiles, one by one or all in a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from geo_app.core import coords, db, facts
from geo_app.core.coords import Box
from geo_app.core.errors import BadInput, NotFound
from geo_app.maps import archive, pyramid, store
from geo_app.maps.model import ACROSS, ACROSS_NEAR, HALF, POINTS_FROM, Address, Choice, Standing, Theme, edges
from geo_app.organisation.model import City
from geo_app.responders import service as responders


def tile(tx: db.Transaction, city: City, address: Address, at: datetime) -> bytes:
    """Return a vector tile as it is at `at`, empty when nothing lies in it; NotFound outside the pyramid."""
    pyramid.check(address)
    if address.layer == "basemap":
        return store.basemap(tx, city, address)
    if address.layer == "thematic":
        return store.thematic(tx, city, address)
    if address.layer == "places":
        return store.places(tx, city, address)
    return store.outlines(tx, city, address, at)


def incidents(tx: db.Transaction, city: City, address: Address, at: datetime) -> bytes:
    """Return the vector tile of the open incidents the actor sees, empty when there are none; NotFound outside.

    From zoom POINTS_FROM on each stands by itself, below they are counted in squares; so are, in smaller squares,
    those that lie close together where there are more than MOST_POINTS.
    """
    pyramid.check(address)
    box = edges(address.z, address.x, address.y)
    if address.z < POINTS_FROM:
        return store.incident_groups(tx, city, box, at, across=ACROSS, names_alone=False)
    alone = store.incidents(tx, city, box, at)
    if alone is not None:
        return alone
    return store.incident_groups(tx, city, box, at, across=ACROSS_NEAR, names_alone=True)


def people(tx: db.Transaction, city: City, address: Address, at: datetime) -> bytes:
    """Return the vector tile of the responders whose positions the actor sees, empty when there are none.

    One by one as long as there are no more than MOST_POINTS in it, else counted in squares.
    """
    pyramid.check(address)
    box = edges(address.z, address.x, address.y)
    alone = store.responders(tx, city, box, at)
    across = ACROSS if address.z < POINTS_FROM else ACROSS_NEAR
    return alone if alone is not None else store.responder_groups(tx, city, box, across=across)


def track(tx: db.Transaction, city: City, address: Address, word: str) -> bytes:
    """Return the vector tile of the part of a track that the actor has opened; NotFound when it is of another city."""
    pyramid.check(address)
    home, opened = responders.opened_track(tx, word)
    if home.id != city.id:
        raise NotFound(f"there is no responder {opened.responder} in {city.name}")
    return store.track(tx, opened.responder, opened.since, opened.until, address)


def themes(tx: db.Transaction, city: City) -> list[Theme]:
    """Return the thematic layers that a map of this city can show beside its base map, by name."""
    return store.themes(tx, city)


def stamp(tx: db.Transaction, city: City, at: datetime) -> str:
    """Return a text that changes whenever a tile of this city could."""
    return store.stamp(tx, city, at)


def standing(tx: db.Transaction, city: City, at: datetime) -> Standing:
    """Return the state of the city at `at`, which is now."""
    return Standing(at, None, store.stamp(tx, city, at))


def released(
    tx: db.Transaction, city: City, layer: str, *, release: int | None = None, at: datetime | None = None
) -> Standing:
    """Return the state of the grid with a release, or with that in force at `at`, also one to come.

    NotFound when the city has no such release, BadInput for a layer that shows no grid.
    """
    if layer not in pyramid.LEVELS:
        raise BadInput(
            "release" if at is None else "at", layer, "a layer of the grid: only they have releases"
        )
    found = store.released(tx, city, release, at)
    if found is None and at is not None:
        raise NotFound(f"{city.name} has no release in force at {at.isoformat()}")
    if found is None:
        raise NotFound(f"{city.name} has no release {release}")
    return found


def addresses(tx: db.Transaction, city: City, choice: Choice) -> list[tuple[int, int, int]]:
    """Return zoom, column and row of every tile in which something of a choice may lie, in the order of a file."""
    west, south, east, north = _extent(tx, city, choice)
    found = []
    for z in range(choice.first, choice.last + 1):
        side, most = 2 * HALF / (1 << z), (1 << z) - 1
        columns = range(max(0, int((west + HALF) / side)), min(most, int((east + HALF) / side)) + 1)
        rows = range(max(0, int((HALF - north) / side)), min(most, int((HALF - south) / side)) + 1)
        found += [(z, x, y) for x in columns for y in rows]
    return sorted(found, key=lambda place: archive.number(*place))


def whole(tx: db.Transaction, city: City, choice: Choice, place: tuple[int, int, int], at: datetime) -> bytes:
    """Return what the layers of a choice show in one tile, one after the other; empty when it is nothing."""
    z, x, y = place
    return b"".join(tile(tx, city, Address(layer, z, x, y), at) for layer in pyramid.shown(choice, z))


def box(tx: db.Transaction, city: City, choice: Choice) -> archive.Box:
    """Return the box in degrees around what a choice shows, with its zooms."""
    west, south, east, north = _extent(tx, city, choice)
    corners = coords.convert(np.array([(west, south), (east, north)]), coords.MERCATOR, coords.WGS84)
    left, lower, right, upper = corners.ravel().tolist()
    return archive.Box(left, lower, right, upper, choice.first, choice.last)


def about(city: City, choice: Choice, version: str) -> dict[str, object]:
    """Return what a file of tiles says of itself: name, attribution, version, and the layers inside."""
    inside = [
        {
            "id": name, "fields": fields,
            "minzoom": max(choice.first, pyramid.ZOOMS[layer][0]), "maxzoom": min(choice.last, pyramid.ZOOMS[layer][1]),
        }
        for layer in choice.layers for name, fields in pyramid.FIELDS[layer].items()
    ]  # fmt: skip
    return {
        "name": city.name, "attribution": city.attribution, "version": version, "type": "baselayer",
        "vector_layers": inside,
    }  # fmt: skip


def exported(tx: db.Transaction, city: City, made: Mapping[str, Any]) -> None:
    """Record that the tiles of a city went into a file."""
    facts.record(tx, "export.tiles", None, city.jurisdiction, city=city.code, **made)


def _extent(tx: db.Transaction, city: City, choice: Choice) -> Box:
    found = store.extent(tx, city, choice.layers)
    if found is None:
        raise NotFound(f"{city.name} has nothing to show in {', '.join(choice.layers)}")
    return found
