"""What maps show: tiles."""

from __future__ import annotations

from datetime import datetime

from geo_app.core import db
from geo_app.core.errors import NotFound
from geo_app.maps import pyramid, store
from geo_app.maps.model import ACROSS, ACROSS_NEAR, POINTS_FROM, Address, Theme, edges
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
