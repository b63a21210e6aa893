"""The timer that warns of a certificate's end."""

from __future__ import annotations

from geo_app.core import clock, db, log, settings
from geo_app.tls import service


def watch(_tx: db.Transaction) -> None:
    """Log once a day that the certificate in use should be renewed; `/readyz` says it too."""
    reason = service.warning(settings.current(), clock.now())
    if reason is not None:
        log.warn("tls.ends_soon", reason=reason)
