"""The door to the residents' page: report a trouble without an account, and by a report's code see what became of it.

A code stands behind # in the address, so that no log of a server or proxy has it.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from geo_app.core import clock, db, door, pages, web
from geo_app.incidents import service as incidents
from geo_app.incidents.model import Category
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.privacy.model import KEPT_OF_TELLER
from layers import people

routes = Blueprint("residents", __name__)


@routes.get("/report")
@door.permit(door.PUBLIC)
def report() -> ResponseReturnValue:
    """Let a resident report."""
    with web.database().transaction(door.teller()) as tx:
        start = _start(tx, request.args.get("city"))
    chosen = start["city"]
    path = f"/report?{urlencode({'city': chosen})}" if chosen else "/report"
    return pages.show(people.page("report", pages.lang(), path=path, start=start))


def _start(tx: db.Transaction, code: str | None) -> dict[str, object]:
    """Return what the page starts from: the cities or, of the one that is meant, what may be reported there."""
    known = organisation.cities(tx)
    if not code and len(known) != 1:
        return {"city": None, "cities": [_named(one) for one in known]}
    city = organisation.city(tx, code)
    offered = incidents.categories(tx, city, clock.now()).values()
    ordered = sorted(offered, key=lambda one: (not one.is_urgent, one.code))
    categories = [{**_named(one), "is_urgent": one.is_urgent} for one in ordered]
    name = _named(city)
    return {"city": city.code, "name": name, "categories": categories, "days": KEPT_OF_TELLER.days}


def _named(one: City | Category) -> dict[str, object]:
    return {"code": one.code, "name": one.name, "name_en": one.name_en}
