"""What maps show: tiles, one by one or all in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from geo_app.core import coords, db, facts
from geo_app.core.coords import Box
from geo_app.core.errors import BadInput, NotFound
from geo_app.maps import archive, pyramid, store
from geo_app.maps.model import (
    ACROSS,
    ACROSS_NEAR,
    HALF,
    POINTS_FROM,
    Address,
    Choice,
    Part,
    Standing,
    Theme,
    edges,
)
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
    if address.z < POINTS_FROM:
        return store.incident_groups(tx, city, address, at, across=ACROSS, names_alone=False)
    alone = store.incidents(tx, city, address, at)
    if alone is not None:
        return alone
    return store.incident_groups(tx, city, address, at, across=ACROSS_NEAR, names_alone=True)


def people(tx: db.Transaction, city: City, address: Address, at: datetime) -> bytes:
    """Return the vector tile of the responders whose positions the actor sees, empty when there are none.

    One by one as long as there are no more than MOST_POINTS in it, else counted in squares.
    """
    pyramid.check(address)
    return store.responders(tx, city, address, at, ACROSS if address.z < POINTS_FROM else ACROSS_NEAR)


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


def parts(tx: db.Transaction, city: City, choice: Choice, at: datetime) -> list[Part]:
    """Return every tile in which something of a choice may lie, in the order of a file.

    From the top down: where nothing lies in a tile, nothing lies in those below it.
    """
    found, last = [], _top(tx, city, choice)
    for z in range(choice.first, choice.last + 1):
        if z > choice.first:
            last = [
                Part(z, 2 * one.x + i, 2 * one.y + j, one.layers)
                for one in last
                for i in (0, 1)
                for j in (0, 1)
            ]
        last = _occupied(tx, city, last, at)
        found += [replace(one, layers=layers) for one in last if (layers := pyramid.shown(one.layers, z))]
    return sorted(found, key=lambda one: archive.number(one.z, one.x, one.y))


def _top(tx: db.Transaction, city: City, choice: Choice) -> list[Part]:
    """Return the tiles of the first zoom over what a choice shows."""
    west, south, east, north = _extent(tx, city, choice)
    z, most = choice.first, (1 << choice.first) - 1
    side = 2 * HALF / (1 << z)
    columns = range(max(0, int((west + HALF) / side)), min(most, int((east + HALF) / side)) + 1)
    rows = range(max(0, int((HALF - north) / side)), min(most, int((HALF - south) / side)) + 1)
    return [Part(z, x, y, choice.layers) for x in columns for y in rows]


def _occupied(tx: db.Transaction, city: City, several: list[Part], at: datetime) -> list[Part]:
    """Return those tiles in which something lies, or close beside: what is drawn in one reaches a little beyond it."""
    boxes = []
    for one in several:
        west, south, east, north = edges(one.z, one.x, one.y)
        beside = (east - west) / 16
        boxes.append((west - beside, south - beside, east + beside, north + beside))
    kinds = store.occupied(tx, city, boxes, at) if boxes else []
    kept = (
        (one, tuple(layer for layer in one.layers if layer in here))
        for one, here in zip(several, kinds, strict=True)
    )
    return [replace(one, layers=layers) for one, layers in kept if layers]


def whole(tx: db.Transaction, city: City, part: Part, at: datetime) -> bytes:
    """Return what the layers of a tile show, one after the other; empty when it is nothing."""
    return b"".join(tile(tx, city, Address(layer, part.z, part.x, part.y), at) for layer in part.layers)


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
