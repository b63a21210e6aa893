"""Doors to the page on which phones and other computers learn to trust the service; open to everyone."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import segno
from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from geo_app.core import door, hosts, pages
from geo_app.core.errors import NotFound
from geo_app.core.settings import Settings
from geo_app.tls import authority, service
from layers import install
from layers.install import Install

routes = Blueprint("tls", __name__)


@routes.get("/install")
@door.permit(door.PUBLIC)
def show() -> ResponseReturnValue:
    """Show how to install the local authority."""
    here = _settings()
    root = service.root(here)
    fingerprint = None if root is None else authority.read(root).grouped
    shown = Install(fingerprint, _page_address(here), _service_address(here))
    return pages.show(install.page(shown, pages.lang()))


@routes.get("/install/ca.crt")
@door.permit(door.PUBLIC)
def certificate() -> ResponseReturnValue:
    """Give the certificate of the local authority (DER)."""
    root = service.root(_settings())
    if root is None:
        raise NotFound("this service has no authority of its own; there is nothing to install")
    return Response(authority.binary(root), mimetype="application/x-x509-ca-cert")


@routes.get("/install/qr.svg")
@door.permit(door.PUBLIC)
def code() -> ResponseReturnValue:
    """Draw the page's address as a QR code."""
    drawn = io.BytesIO()
    made = segno.make(_page_address(_settings()), error="m", micro=False)
    made.save(drawn, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _page_address(here: Settings) -> str:
    """Return the page's address as a phone reaches it."""
    if here.install_port:
        return f"http://{_bracketed(_name(here))}:{here.install_port}/install"
    return f"{_base(here)}/install"


def _service_address(here: Settings) -> str:
    """Return the service's address; on the plain page it is another port."""
    if here.install_port and here.tls_cert:
        return f"https://{_bracketed(_name(here))}:{here.port}/"
    return "/"


def _base(here: Settings) -> str:
    """Return scheme, name and port of this request; a phone cannot reach loopback, so it gets the first name."""
    if hosts.is_loopback(_asked()) and here.names:
        scheme = "https" if here.tls_cert else request.scheme
        return f"{scheme}://{_bracketed(here.names[0])}:{here.port}"
    return request.host_url.rstrip("/")


def _name(here: Settings) -> str:
    asked = _asked()
    return here.names[0] if hosts.is_loopback(asked) and here.names else asked


def _asked() -> str:
    return urlsplit(request.host_url).hostname or ""


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
