"""The session cookie, and which answers depend on it."""

from __future__ import annotations

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from geo_app.core.recall import LET_IN


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, but an answer that is the same for all who may have it does not vary with the cookie.

    The cookie is another one every few minutes: a browser would have to ask again for every tile it holds.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where it has changed, and say what the answer depends on."""
        super().save_session(app, session, response)
        if LET_IN in request.environ:
            response.vary.discard("cookie")  # in lower case, else werkzeug finds it and leaves it
