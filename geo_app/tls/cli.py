"""`geo tls …`: the local certificate authority and the certificate of HTTPS."""

from __future__ import annotations

import click

from geo_app.core import clock, settings
from geo_app.core.command import echo, json_option, permit
from geo_app.tls import service, store
from geo_app.tls.model import MOST_DAYS, Certificate

NAMES = click.option(
    "--name",
    "names",
    multiple=True,
    help="A host name or address people reach the service by; repeatable. Else those of GEO_PUBLIC_NAMES.",
)
DAYS = click.option("--days", type=click.IntRange(1, MOST_DAYS), default=MOST_DAYS, show_default=True,
                    help="How long the server's certificate holds.")  # fmt: skip


@click.group()
def tls() -> None:
    """Certificates for HTTPS in a network of one's own."""


@tls.command("init")
@NAMES
@DAYS
@click.option(
    "--replace", is_flag=True, help="Put the present authority aside; every phone must trust the new one."
)
@permit("system.manage")
def init(names: tuple[str, ...], days: int, replace: bool) -> None:
    """Make a local authority and a server certificate."""
    here = settings.current()
    aside = service.init(here, service.spelled(names) or here.names, days, clock.now(), replace=replace)
    if aside is not None:
        click.echo(f"the earlier authority lies in {aside}")
    found = service.known(here)
    _tell(found[store.SERVER])
    click.echo(f"fingerprint of the authority (SHA-256): {found[store.AUTHORITY].grouped}")


@tls.command("renew")
@NAMES
@DAYS
@permit("system.manage")
def renew(names: tuple[str, ...], days: int) -> None:
    """Give the server a fresh certificate; phones notice nothing. A restart takes it up."""
    _tell(service.renew(settings.current(), service.spelled(names), days, clock.now()))


@tls.command("prepare")
@permit("system.manage")
def prepare() -> None:
    """Make or renew what a start needs, as `scripts/serve` does; changes nothing when all is there."""
    here = settings.current()
    if service.prepare(here, clock.now()):
        _tell(service.known(here)[store.SERVER])


@tls.command("show")
@json_option
@permit("system.manage")
def show(as_json: bool) -> None:
    """Show the authority and the server's certificate."""
    here = settings.current()
    rows = [
        {
            "which": whose, "subject": one.subject, "names": ", ".join(one.names), "since": one.since,
            "until": one.until, "sha256": one.fingerprint,
        }
        for whose, one in service.known(here).items()
    ]  # fmt: skip
    echo(rows, as_json)


def _tell(certificate: Certificate) -> None:
    click.echo(f"certificate for {', '.join(certificate.names)} until {certificate.until:%Y-%m-%d}")
