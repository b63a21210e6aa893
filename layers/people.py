"""The pages of accounts, and the residents' page: a heading and an empty place each; the module fills it."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from layers import words
from layers.plain import Plain
from layers.words import Lang

OPEN = ("login", "link", "report")
"""Pages for whoever has not logged in: they have no menu."""
WIDE = ("accounts", "organisation")
"""Pages that show a list and what was chosen of it side by side."""
TITLES = {
    "login": "login.title", "link": "link.title", "account": "account.title", "accounts": "accounts.title",
    "organisation": "organisation.title", "audit": "audit.title", "report": "resident.title",
}  # fmt: skip
BODY = Markup('<noscript><p class="notice">{noscript}</p></noscript>\n<div id="place"></div>')


def page(
    name: str, lang: Lang, *, path: str | None = None, start: Mapping[str, object] | None = None
) -> Plain:
    """Return the page `name`, one of `TITLES`; it starts from `start`, and the other language has the same `path`."""
    said = words.of(lang)
    body = BODY.format(noscript=said["page.noscript"])
    return Plain(
        said[TITLES[name]],
        lang,
        path or f"/{name}",
        body,
        name,
        {"page": name, **(start or {})},
        has_menu=name not in OPEN,
        is_wide=name in WIDE,
        sheets=("app", "work", "plain") if name == "report" else ("app", "plain"),
    )
