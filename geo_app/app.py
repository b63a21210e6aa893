"""The web application: every capability's doors on one Flask app, with health and OpenAPI."""

from __future__ import annotations

import threading
from typing import Any

from apiflask import APIFlask
from flask import redirect
from flask.typing import ResponseReturnValue

from geo_app.audit import api as audit
from geo_app.cities import api as cities
from geo_app.core import asgi, clock, db, describe, door, forms, kernels, log, settings, web
from geo_app.core.actor import SYSTEM
from geo_app.core.answers import Answer
from geo_app.core.at_hand import AtHand
from geo_app.core.errors import GeoError
from geo_app.core.files import Files
from geo_app.core.recall import Recall
from geo_app.core.sessions import Sessions
from geo_app.core.settings import Settings
from geo_app.core.turns import Turns
from geo_app.dispatch.api import assignments, incidents
from geo_app.exchange import api as exchange
from geo_app.exports import api as exports
from geo_app.identity import pages as identity_pages
from geo_app.identity.api import accounts, login, own
from geo_app.incidents import api as categories
from geo_app.insight import api as insight
from geo_app.live import api as live
from geo_app.live.service import Feed
from geo_app.maps import api as maps
from geo_app.maps import pages, scoped
from geo_app.organisation import api as organisation_doors
from geo_app.organisation import service as organisation
from geo_app.patrols import api as patrols
from geo_app.photos import api as photos
from geo_app.planning import api as planning
from geo_app.plans.api import drawing, plans, review, talking
from geo_app.privacy import api as privacy
from geo_app.privacy import pages as resident_pages
from geo_app.responders import api as responders
from geo_app.roads import service as roads
from geo_app.roads.api import match as track_doors
from geo_app.roads.api import roads as road_doors
from geo_app.roads.model import Mode
from geo_app.tls import pages as tls_pages
from geo_app.tls import service as tls
from layers.assets import BASE

DOORS = (
    pages.routes,
    maps.routes,
    scoped.routes,
    responders.routes,
    planning.routes,
    planning.grid,
    patrols.routes,
    categories.routes,
    incidents.routes,
    assignments.routes,
    photos.routes,
    plans.routes,
    insight.routes,
    drawing.routes,
    review.routes,
    talking.routes,
    privacy.routes,
    resident_pages.routes,
    exports.routes,
    exchange.routes,
    cities.routes,
    road_doors.routes,
    track_doors.routes,
    live.routes,
    tls_pages.routes,
    organisation_doors.routes,
    accounts.routes,
    own.routes,
    audit.routes,
    identity_pages.routes,
)
NOT_BY_ITSELF = ("AUTO_SERVERS", "AUTO_404_RESPONSE", "AUTO_VALIDATION_ERROR_RESPONSE")
"""What APIFlask would write into the description, and `core.describe` knows better."""
ABOUT = """The grid of a city (网格化管理): its cells, what happened in them, who can be there first.

Positions are GeoJSON, longitude and latitude in WGS 84; what comes in states its frame. A write carries an
`Idempotency-Key` and is answered once, an edit also `If-Match`. What is refused is answered by a problem report
(RFC 9457) that names the field, the value and the rule. Moments are RFC 3339 with their zone."""


class Alive(Answer):
    """The process lives."""

    alive: bool


class Ready(Answer):
    """Whether the service can work, each check by name (ok, or the reason), and what should be seen to soon."""

    ready: bool
    checks: dict[str, str]
    warnings: dict[str, str]


NOT_READY: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    503: {
        "description": "Something is not ready; each check says why.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ready"}}},
    }
}
FOR_STREAMS = 4
"""Database connections that are left to streams: to the feed, and to pages that come back from far behind."""
WORKER_SILENCE = 60.0
"""Seconds after which a job worker that says nothing counts as gone."""


def create_app(here: Settings, database: db.Database | None = None) -> APIFlask:
    """Return the application on the database of `here`; `database` shares one that is open already."""
    app = APIFlask(
        "geo_app", title="Wangge 网格", version="0.1.0", spec_path="/openapi.json", docs_path=None,
        static_folder=None,  # type: ignore[arg-type]  # it may be None as in Flask
    )  # fmt: skip
    app.config |= {
        "OPENAPI_VERSION": "3.1.0",
        "AUTO_OPERATION_ID": True,
        **dict.fromkeys(NOT_BY_ITSELF, False),
    }
    app.description, app.servers = ABOUT, [{"url": "/"}]
    app.spec_processor(describe.finish)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["settings"] = here
    app.extensions["database"] = database or db.Database(here.app_database_url, here)
    app.extensions["feed"] = Feed(app.extensions["database"])
    app.extensions["recall"] = Recall()
    app.extensions["engines"] = "ok" if kernels.is_compiled() else "the engines are compiling"
    web.guard(app, here)
    login.install(app, here)
    app.session_interface = Sessions()
    app.before_request(door.guard)
    for routes in DOORS:
        app.register_blueprint(routes)
    _files(app, here)
    door.permit(door.PUBLIC)(app.view_functions["openapi.spec"])
    _health(app, here)
    door.check(app)
    return app


def _files(app: APIFlask, here: Settings) -> None:
    """Add the door to our files; before it the web server asks the same Files."""
    files = app.extensions["files"] = Files(here.names)

    @app.get(f"{BASE}/<path:filename>")
    @app.doc(hide=True)
    @door.permit(door.PUBLIC)
    def static(filename: str) -> ResponseReturnValue:
        """Return a file for the browser."""
        return files.give(filename)


def _health(app: APIFlask, here: Settings) -> None:
    """Add the doors that say whether the service lives and can work."""

    @app.get("/healthz")
    @app.doc(tags=["Health"], **describe.door(Alive))
    @door.permit(door.PUBLIC)
    def healthz() -> ResponseReturnValue:
        """Answer while the process lives."""
        return web.ok({"alive": True})

    @app.get("/readyz")
    @app.doc(tags=["Health"], **describe.door(Ready), responses=NOT_READY)
    @door.permit(door.PUBLIC)
    def readyz() -> ResponseReturnValue:
        """Answer 200 when database, job worker and engines are ready, else 503 with the reason of each."""
        checks = {"database": _database(app), "worker": _worker(app), "engines": app.extensions["engines"]}
        is_ready = all(reason == "ok" for reason in checks.values())
        soon = tls.warning(here, clock.now())
        warnings = {} if soon is None else {"certificate": soon}
        body = {"ready": is_ready, "checks": checks, "warnings": warnings}
        return web.ok(body, 200 if is_ready else 503)


def application() -> asgi.Front:
    """Return the application as the web server runs it: settings from the environment, feed running."""
    here = settings.connected()
    log.configure(here.log_level)
    app = create_app(here)
    feed, recall = app.extensions["feed"], app.extensions["recall"]
    feed.start()
    recall.start(app.extensions["database"].url)
    app.extensions["engines"] = "the engines are starting"
    threading.Thread(target=_warm, args=(app,), name="engines", daemon=True).start()
    threads = max(1, int(here.pool_size) - FOR_STREAMS)
    largest, turns = asgi.Largest(web.LARGEST_BODY, forms.LARGEST), Turns(login.HASHING, here.proxies)
    at_hand = AtHand(app.extensions["files"], recall)
    return asgi.Front(app, threads, largest, feed.stop, in_turn=turns, at_hand=at_hand)


def install_page() -> APIFlask:
    """Return an application of the page for phones and nothing else; it is the only one for plain HTTP."""
    here = settings.current()
    log.configure(here.log_level)
    app = APIFlask("geo_app", enable_openapi=False, static_folder=None)  # type: ignore[arg-type]
    app.extensions["settings"] = here
    _files(app, here)
    web.guard(app, here)
    app.register_blueprint(tls_pages.routes)

    @app.get("/")
    @door.permit(door.PUBLIC)
    def home() -> ResponseReturnValue:
        """Lead to the page."""
        return redirect("/install")

    return app


def _database(app: APIFlask) -> str:
    try:
        with app.extensions["database"].transaction(SYSTEM) as tx:
            tx.one(web.SQL.versions, dict)
    except GeoError as error:
        return str(error)
    return "ok"


def _worker(app: APIFlask) -> str:
    try:
        with app.extensions["database"].transaction(SYSTEM) as tx:
            silent = tx.value(web.SQL.worker_beat)
    except GeoError as error:
        return str(error)
    if silent is None:
        return "no job worker has started yet"
    return "ok" if silent < WORKER_SILENCE else f"the job worker has been silent for {silent:.0f} s"


def _warm(app: APIFlask) -> None:
    """Compile what is not compiled and load every city's roads, so that no request waits for it."""
    if not kernels.is_compiled():
        app.extensions["engines"] = "the engines are compiling"
        kernels.compile_all()
    try:
        with app.extensions["database"].transaction(SYSTEM, patient=True) as tx:
            for city in organisation.cities(tx):
                roads.engine(tx, city.id, Mode.EBIKE)
    except GeoError as error:
        log.warn("engines.cold", reason=str(error))
    app.extensions["engines"] = "ok"
